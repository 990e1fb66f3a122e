package plan

// The codes of the diagnostics of [Resolve].
const (
	CodeUnknownQuery    = "unknown-query"     // a filter query that does not exist
	CodeUnknownKind     = "unknown-kind"      // an update kind that does not exist
	CodeUnreachable     = "unreachable"       // earlier handlers get every update that this one would
	CodeRedundant       = "redundant-query"   // a query that another query of the handler covers
	CodeNotAllowed      = "not-allowed"       // allowed_updates leaves out all updates of the handler
	CodeNoChat          = "no-chat"           // a condition on the chat that never holds
	CodeCallbackTooLong = "callback-too-long" // callback data that may not fit Telegram's 64 bytes
	CodeCallbackClash   = "callback-clash"    // two patterns that can write the same callback data
	CodeFieldClash      = "field-clash"       // a field with the Go name of another field or of a method
	CodeLongMenu        = "menu-too-long"     // more described commands than Telegram's menu takes
	CodeWindow          = "delivery-window"   // more concurrency than at_least_once can use
	CodeNeedsDelivery   = "needs-delivery"    // a key that is of no use with at_most_once
	CodeNeedsSharded    = "needs-sharded"     // a key that has no effect with the sink
	CodeNeedsWebhook    = "needs-webhook"     // a key that has no effect for a bot that polls
	CodeNeedsPolling    = "needs-polling"     // a key that has no effect for a bot with a webhook
	CodeQueue           = "queue"             // what does not fit a queue
	CodeTypeClash       = "type-clash"        // two generated declarations of one name
	CodeNameTaken       = "name-taken"        // a generated declaration with a name of the author's package
	CodePackages        = "several-packages"  // files of two packages in the author's folder
	CodeUnknownType     = "unknown-type"      // a type that the author's package does not declare
	CodeUnknownSession  = "unknown-session"   // a session that does not exist
	CodeUnknownState    = "unknown-state"     // a state that the session does not have
	CodeSessionKind     = "session-kind"      // the key session for a session with states, or the key state for one without
	CodeOtherSession    = "other-session"     // states of two sessions where there can be those of one
	CodeNeedsState      = "needs-state"       // the key to without the key state
	CodeDeadState       = "dead-state"        // a state that nothing leads to, or that nothing leads out of
	CodeTimeoutTarget   = "timeout-target"    // a state to which a time-out cannot lead
	CodeNoKey           = "no-session-key"    // updates that never have the key of a session
	CodeUncovered       = "uncovered-session" // a session that two updates could use at once
	CodeSessionVersion  = "session-version"   // a session that changed without a new version
	CodeNotEncodable    = "not-encodable"     // a type that cannot be stored
	CodeSignature       = "wrong-signature"   // a method of the author's type with another signature
)
