package spec

import (
	"time"

	"github.com/tggen/tggen/gen/diag"
)

// The defaults of the keys. The runtime has defaults of its own for bots that are configured by hand; a test checks that
// they are the same.
const (
	DefaultConcurrency         = 500
	DefaultBacklog             = 16384
	DefaultBacklogBytes        = 64 << 20
	DefaultSink                = SinkSharded
	DefaultTimeout             = 30 * time.Second
	DefaultTimeoutKey          = TimeoutHold
	DefaultBackoff             = time.Second
	DefaultMaxBackoff          = time.Minute
	DefaultStopTimeout         = 20 * time.Second
	DefaultDelivery            = DeliverAtMostOnce
	DefaultMatch               = MatchFirst
	DefaultPollTimeout         = 30 * time.Second
	DefaultMaxDelay            = 500 * time.Millisecond
	DefaultMaxElapsed          = 15 * time.Hour
	DefaultRetry               = RetryExponential
	DefaultOnConflict          = ConflictWait
	DefaultCallAttempts        = 3
	DefaultCallMaxWait         = 20 * time.Second
	DefaultSource              = SourceAuto
	DefaultListen              = ":8080"
	DefaultWebhookPath         = "/telegram"
	DefaultConnections         = 40
	DefaultAnswerWithin        = 45 * time.Second
	DefaultRegister            = RegisterChanged
	DefaultPartitions          = 16
	DefaultQueueAttempts       = 5
	DefaultPrefixes            = "/"
	DefaultConstraint          = ConstraintChat
	DefaultSpeedTrafficBalance = 0.0
)

// A Spec is a whole spec.yaml. The fields of absent keys are zero: see [Value.IsSet] and the Default constants.
type Spec struct {
	// File is the name of the file, as given to [Parse].
	File string

	// Version is always 1.
	Version Value[int]
	// Workers is the number of shards, 1 to 1024. Absent: GOMAXPROCS where the bot runs.
	Workers Value[int]
	// Concurrency is the largest number of handlers that run at once, 1 to 1,000,000. Absent: [DefaultConcurrency].
	Concurrency Value[int]
	// Backlog bounds the updates that the bot holds, including those that are being handled.
	Backlog Backlog
	// Sink is how updates are given to handlers. Absent: [DefaultSink].
	Sink Value[Sink]
	// Timeout is the time that a handler has. Nil: [DefaultTimeout] and [DefaultTimeoutKey].
	Timeout *Timeout
	// Retry says how often an update is handled again after its handler has failed. Nil: it is not.
	Retry *HandlerRetry
	// StopTimeout is how long Run waits for handlers after its context has ended. 0: it does not wait. Absent:
	// [DefaultStopTimeout].
	StopTimeout Value[time.Duration]
	// Delivery says when an update is confirmed. Absent: [DefaultDelivery].
	Delivery Value[Delivery]
	// Source says how the bot gets its updates, and what becomes of a webhook. Absent: [DefaultSource].
	Source Value[Source]
	// AllowedUpdates are the update kinds that the bot asks for. Nil: those that the handlers need.
	AllowedUpdates *AllowedUpdates
	// Polling is how updates are fetched.
	Polling Polling
	// Webhook is how the bot takes updates that Telegram delivers.
	Webhook Webhook
	// Queue is the durable queue between the source and the handlers. Nil means that the bot has no queue.
	Queue *Queue
	// Calls is what happens to calls that fail.
	Calls Calls
	// Constraints are what updates must share to be handled in order. Nil: [DefaultConstraint].
	Constraints *Constraints
	// Middleware are methods that wrap every handler. The first is the outermost.
	Middleware []String
	// OnError is the method that gets the errors of handlers. Absent: they are logged.
	OnError String
	// OnTimeout is the method that is called when a handler's time is up. Absent: it is logged.
	OnTimeout String
	// OnUsage is the method that is called when the arguments of a command do not parse. Absent: the bot replies with the
	// usage.
	OnUsage String
	// Match says which handlers run for an update. Absent: [DefaultMatch].
	Match Value[Match]
	// RegisterCommands makes the bot set its menus of commands after it has started, those that differ. Absent: false.
	RegisterCommands Value[bool]
	// Sessions are what the bot remembers between updates.
	Sessions []*Session
	// Handlers are the handlers, at least one, in the order in which they are tried.
	Handlers []*Handler
}

// Sink is how updates are given to handlers.
type Sink string

// The sinks.
const (
	SinkSharded    Sink = "sharded"    // in order for each key
	SinkConcurrent Sink = "concurrent" // all at once, in no order
	SinkBatch      Sink = "batch"      // a batch at once, and the next batch when all of it is done
	SinkSequential Sink = "sequential" // one after another
)

// Delivery is when an update is confirmed to Telegram.
type Delivery string

// The kinds of delivery.
const (
	DeliverAtMostOnce  Delivery = "at_most_once"  // once it is fetched
	DeliverAtLeastOnce Delivery = "at_least_once" // once it is handled
)

// Source is how the bot gets its updates, and what becomes of a webhook that is set while it polls.
type Source string

// The sources.
const (
	SourceAuto    Source = "auto"    // a webhook if BOT_WEBHOOK_URL is set; else the bot polls, and ends with an error if a webhook is set
	SourcePolling Source = "polling" // the bot polls; if a webhook is set, it deletes the webhook
	SourceWebhook Source = "webhook" // Telegram delivers the updates
)

// Match says which handlers run for an update.
type Match string

// The ways to match.
const (
	MatchFirst Match = "first" // the first that matches; after a handler with continue, also the next that matches
	MatchAll   Match = "all"   // all that match
)

// A Backlog bounds the updates that the bot holds.
type Backlog struct {
	// Updates is their largest number: 1 to 10,000,000, and not less than Concurrency. Absent: [DefaultBacklog].
	Updates Value[int]
	// Bytes is the memory that they may take: 1 MiB to 1 TiB. Absent: [DefaultBacklogBytes].
	Bytes Value[int64]
}

// HandlerRetry says how often an update is handled again after its handler has returned an error.
type HandlerRetry struct {
	// Pos is where the value of the key retry begins.
	Pos diag.Pos
	// Attempts is the largest number of attempts: 1 to 100.
	Attempts Value[int]
	// Backoff is the wait before the second attempt. Absent: [DefaultBackoff].
	Backoff Value[time.Duration]
	// MaxBackoff is the longest wait, at least Backoff. Absent: [DefaultMaxBackoff].
	MaxBackoff Value[time.Duration]
}

// A Timeout is the time that a handler has.
type Timeout struct {
	// Pos is where the value of the key timeout begins.
	Pos diag.Pos
	// None is set by `timeout: none`. There is no limit then, and the other fields are absent.
	None bool
	// After is the limit, at least a millisecond.
	After Value[time.Duration]
	// Key says what happens to the keys when the time is up. Absent: [DefaultTimeoutKey].
	Key Value[TimeoutKey]
	// Hold is how long the keys are held after that, at least a millisecond. If it is set, Key is not
	// [TimeoutRelease]. Absent: as long again as the limit.
	Hold Value[time.Duration]
}

// TimeoutKey says what happens to the keys of a handler whose time is up.
type TimeoutKey string

// The rules for the keys.
const (
	TimeoutHold    TimeoutKey = "hold"    // kept until the handler returns
	TimeoutRelease TimeoutKey = "release" // freed at once, so that the next update can run
)

// AllowedUpdates is the value of the key allowed_updates.
type AllowedUpdates struct {
	// Pos is where the value of the key begins.
	Pos diag.Pos
	// Auto is set by `allowed_updates: auto`. Kinds is empty then, and the bot asks for the kinds that the handlers need.
	Auto bool
	// Kinds are the update kinds that the bot asks for: at least one, and all different. Package plan checks whether they
	// exist.
	Kinds []String
}

// Polling is how updates are fetched.
type Polling struct {
	// Pos is where the value of the key begins, or the zero Pos if the key is absent.
	Pos diag.Pos
	// Timeout is how long Telegram holds a poll if there are no updates, 0 to 50 whole seconds. Absent:
	// [DefaultPollTimeout].
	Timeout Value[time.Duration]
	// SpeedTrafficBalance is 0 (fetch at once) to 1 (wait for fuller batches). Absent: [DefaultSpeedTrafficBalance].
	SpeedTrafficBalance Value[float64]
	// MaxDelay is the longest wait for a fuller batch. Absent: [DefaultMaxDelay].
	MaxDelay Value[time.Duration]
	// Retry is what happens after a failed fetch.
	Retry Retry
	// OnConflict says what the bot does if another process polls with the same token. Absent: [DefaultOnConflict].
	OnConflict Value[Conflict]
	// DropPending drops the updates that arrived while the bot was not polling. Absent: false.
	DropPending Value[bool]
}

// Retry is what happens after a failed fetch.
type Retry struct {
	// Pos is where the value of the key begins, or the zero Pos if the key is absent.
	Pos diag.Pos
	// Interval is the wait between two attempts. Absent: [DefaultRetry].
	Interval Value[RetryInterval]
	// MaxElapsed is how long the bot tries again before it stops with the error. Absent: [DefaultMaxElapsed].
	MaxElapsed Value[time.Duration]
}

// RetryInterval is the wait between two attempts.
type RetryInterval struct {
	// Kind is how the wait grows.
	Kind RetryKind
	// Every is the wait of [RetryFixed], at least a millisecond; 0 for the others.
	Every time.Duration
}

// RetryKind is how the wait between two attempts grows.
type RetryKind string

// The ways for the wait to grow.
const (
	RetryExponential RetryKind = "exponential"
	RetryQuadratic   RetryKind = "quadratic"
	RetryFixed       RetryKind = "fixed" // it does not grow; written as a duration
)

// Calls is what happens to calls that fail, to calls that Telegram asks to wait with, and to calls of updates that are handled again.
type Calls struct {
	// Pos is where the value of the key begins, or the zero Pos if the key is absent.
	Pos diag.Pos
	// Retry says when a call is made again.
	Retry CallRetry
	// Journal keeps the results of calls that may not be made twice. Absent: false.
	Journal Value[bool]
}

// CallRetry says when a call is made again, and how long it waits.
type CallRetry struct {
	// Pos is where the value of the key begins, or the zero Pos if the key is absent.
	Pos diag.Pos
	// Attempts is how often a call is made at most, 1 to 100. Absent: [DefaultCallAttempts].
	Attempts Value[int]
	// MaxWait is the longest wait that Telegram may ask for. 0: no call waits. Absent: [DefaultCallMaxWait].
	MaxWait Value[time.Duration]
}

// Conflict says what the bot does if another process polls with the same token.
type Conflict string

// The ways to handle a conflict.
const (
	ConflictWait Conflict = "wait" // the bot takes over when the other process is gone
	ConflictFail Conflict = "fail" // the bot stops with an error
)

// Constraints say what updates must share to be handled in order.
type Constraints struct {
	// Pos is where the value of the key begins.
	Pos diag.Pos
	// Default are the constraints of the update kinds that are not in ByKind. Default is empty only if the spec has a
	// mapping without the key default.
	Default []Constraint
	// ByKind are the constraints of single update kinds, in the order of the spec.
	ByKind []KindConstraints
}

// KindConstraints are the constraints of one update kind.
type KindConstraints struct {
	// Kind is the update kind. Package plan checks whether it exists.
	Kind String
	// Constraints has at least one element.
	Constraints []Constraint
}

// A Constraint is the name of a built-in constraint, or of a method of Handlers.
type Constraint struct {
	// Name is one of the Constraint constants, or an exported Go identifier.
	Name String
	// Method is set if Name is a method.
	Method bool
}

// The built-in constraints.
const (
	ConstraintChat     = "chat"
	ConstraintUser     = "user"
	ConstraintChatUser = "chat_user"
	ConstraintTopic    = "topic" // the chat and the message thread in it
	ConstraintNone     = "none"  // no order; it cannot be combined with others
)
