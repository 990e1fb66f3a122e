// Package script writes what people did with a bot, and what the bot answered, as a Go test.
//
// The test runs the bot as a process against a server of package tgtest, does what the people did, and waits for what the bot
// answered each time. The same recording always makes the same test.
package script

import "time"

// A Recording is what happened since the recording began.
type Recording struct {
	// Package is the name of the package that the test is for. The default is main.
	Package string
	// Test is the name of the test. The default is TestPlayed.
	Test string
	// BotName and BotUsername are those of the bot. The test uses them if a text holds one of them.
	BotName, BotUsername string
	// People and Chats are all that exist. The test makes those that occur in it. A private chat is not among the chats: its id is
	// that of the person.
	People []Person
	Chats  []Chat
	Events []Event // in the order in which they happened
}

// A Person is a user.
type Person struct {
	ID                                      int64
	FirstName, LastName, Username, Language string
}

// A Chat is a group, a supergroup or a channel.
type Chat struct {
	ID              int64
	Type            string // group, supergroup or channel
	Title, Username string
	Forum           bool
}

// An Event is something that a person, the author or the bot did. Which fields are used depends on Do.
type Event struct {
	Do Action
	// At is when it happened. If it is set, the test is as patient as the bot was slow.
	At time.Time
	// Update is the update that came of what a person did. For [Redeliver] it is the update that came again. For what the bot
	// did, it is the update that the bot handled. 0 means none, or that it is not known.
	Update int64
	// UpdateKind is the kind of the update that [Redeliver] delivered again, such as message.
	UpdateKind string

	Chat, User int64
	Message    int64 // the message that was sent, changed, pressed, paid or reacted to
	ReplyTo    int64 // the message that Send replies to; 0: none

	// Text is what was sent, or the new text of an edit, or the caption of a file, or the answer to a query. For Ask it is the
	// inline query, for Choose the id of the result, for Press the text of the button, and for React the emoji, or nothing if the
	// reaction was taken away.
	Text string
	Data string // Press: the callback data of the button
	// Query is the id of the query that Press, Ask and Pay made, that Choose chose from, and that the bot answered.
	Query string

	Buttons [][]Button // Said and Changed: the inline keyboard
	Media   string     // SendFile, Said and Changed: photo, document and so on; empty for a text
	File    File       // SendFile

	Phone               string  // SendContact; the name is that of the person
	Latitude, Longitude float64 // SendLocation

	Method     string // Fail, Heal and Called: the method of the Bot API; empty for every method
	Fault      string // Fail: 429, 500, reset or timeout
	Times      int    // Fail: how many calls fail; 0 means one, and a negative number all
	RetryAfter int64  // Fail: in seconds, for 429
	Met        bool   // Kill, Stop and Restart: every fault had met its call by then
}

// A Button is a button of an inline keyboard.
type Button struct{ Text, Data string }

// A File is what a person sent.
type File struct {
	Name string
	Data []byte
}

// An Action says what an Event is.
type Action string

// What people do. A key of the reply keyboard is a Send of its text, or a SendContact or SendLocation.
const (
	Send         Action = "send"
	Edit         Action = "edit"
	Press        Action = "press"
	React        Action = "react"
	SendFile     Action = "file"
	SendContact  Action = "contact"
	SendLocation Action = "location"
	Pay          Action = "pay"
	Ask          Action = "ask"
	Choose       Action = "choose"
	Join         Action = "join"
	Leave        Action = "leave"
	Block        Action = "block"
	Unblock      Action = "unblock"
)

// What the author does.
const (
	Fail      Action = "fail"
	Heal      Action = "heal"
	Redeliver Action = "redeliver"
	Kill      Action = "kill"
	Stop      Action = "stop"
	Start     Action = "start"
	Restart   Action = "restart"
)

// What the bot does.
const (
	Said     Action = "said"     // it sent a message
	Changed  Action = "changed"  // it edited a message
	Answered Action = "answered" // it answered a query
	Called   Action = "called"   // it called another method whose effect people see, such as deleteMessage or setMessageReaction
)

// byBot reports whether the bot does it.
func (a Action) byBot() bool { return a == Said || a == Changed || a == Answered || a == Called }
