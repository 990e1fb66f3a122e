package plan

// The codes of the diagnostics of [Resolve].
const (
	CodeUnknownQuery    = "unknown-query"     // a filter query that gotgbot's types do not offer
	CodeUnknownKind     = "unknown-kind"      // an update kind that there is not
	CodeUnreachable     = "unreachable"       // an earlier handler gets every update that this one would
	CodeNotAllowed      = "not-allowed"       // no allowed update can reach the handler
	CodeNoChat          = "no-chat"           // a condition on the chat of updates that have none
	CodeCallbackTooLong = "callback-too-long" // callback data that may not fit Telegram's 64 bytes
	CodeFieldClash      = "field-clash"       // two fields of one Go name
	CodeWindow          = "delivery-window"   // more concurrency than at_least_once has use for
	CodeNeedsSharded    = "needs-sharded"     // a key that does nothing with the sink
	CodeTypeClash       = "type-clash"        // two generated declarations of one name
	CodeNameTaken       = "name-taken"        // a generated declaration of a name that the author's package has
	CodeSignature       = "wrong-signature"   // a method of the author's type that does not fit
)
