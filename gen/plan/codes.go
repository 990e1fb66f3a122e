package plan

// The codes of the diagnostics of [Resolve].
const (
	CodeUnknownQuery    = "unknown-query"     // a filter query that gotgbot's types do not offer
	CodeUnknownKind     = "unknown-kind"      // an update kind that there is not
	CodeUnreachable     = "unreachable"       // an earlier handler gets every update that this one would
	CodeRedundant       = "redundant-query"   // a filter query that another of the handler's says already
	CodeNotAllowed      = "not-allowed"       // no allowed update can reach the handler
	CodeNoChat          = "no-chat"           // a condition on the chat that never holds
	CodeCallbackTooLong = "callback-too-long" // callback data that may not fit Telegram's 64 bytes
	CodeCallbackClash   = "callback-clash"    // two patterns that can write the same callback data
	CodeFieldClash      = "field-clash"       // a field with the Go name of another, or of a method
	CodeWindow          = "delivery-window"   // more concurrency than at_least_once has use for
	CodeNeedsSharded    = "needs-sharded"     // a key that does nothing with the sink
	CodeTypeClash       = "type-clash"        // two generated declarations of one name
	CodeNameTaken       = "name-taken"        // a generated declaration of a name that the author's package has
	CodeSignature       = "wrong-signature"   // a method of the author's type that does not fit
)
