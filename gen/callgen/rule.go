package callgen

// verbs says for the first word of a method's name whether a call may be made twice when the answer to the first one was
// lost. It may if the second call leaves everything as the first one left it, or is refused. It may not if it sends, adds
// or creates something again, or moves money.
var verbs = map[string]bool{
	"add":      false,
	"answer":   true, // a query is answered once; the second answer is refused
	"approve":  true,
	"ban":      true,
	"close":    true,
	"convert":  false,
	"copy":     false,
	"create":   false,
	"decline":  true,
	"delete":   true,
	"edit":     true,
	"export":   false, // each call makes another link
	"forward":  false,
	"get":      true,
	"gift":     false,
	"hide":     true,
	"leave":    true,
	"log":      false,
	"pin":      true,
	"post":     false,
	"promote":  true,
	"read":     true,
	"refund":   false,
	"remove":   true,
	"reopen":   true,
	"replace":  false,
	"repost":   false,
	"restrict": true,
	"revoke":   true,
	"save":     false,
	"send":     false,
	"set":      true,
	"stop":     true,
	"transfer": false,
	"unban":    true,
	"unhide":   true,
	"unpin":    true,
	"upgrade":  false,
	"upload":   false,
	"verify":   true,
}

// exceptions are the methods for which the rule of their verb is wrong.
var exceptions = map[string]bool{
	"close":                             false, // of the bot's instance on the server, not of a topic
	"removeBusinessAccountProfilePhoto": false, // the photo before becomes the current one; the second call removes it
	"removeMyProfilePhoto":              false, // likewise
	"setBusinessAccountProfilePhoto":    false, // each call adds a photo
	"setMyProfilePhoto":                 false, // likewise
	"setChatPhoto":                      false, // each call puts a notice into the chat
}
