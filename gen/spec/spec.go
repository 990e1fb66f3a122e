package spec

import (
	"time"

	"github.com/tggen/tggen/gen/diag"
)

// The values of keys that the spec does not have.
const (
	DefaultConcurrency         = 500
	DefaultBacklog             = 16384
	DefaultSink                = SinkSharded
	DefaultTimeout             = 30 * time.Second
	DefaultTimeoutKey          = TimeoutHold
	DefaultStopTimeout         = 20 * time.Second
	DefaultDelivery            = DeliverAtMostOnce
	DefaultMatch               = MatchFirst
	DefaultPollTimeout         = 30 * time.Second
	DefaultMaxDelay            = 500 * time.Millisecond
	DefaultMaxElapsed          = 15 * time.Hour
	DefaultRetry               = RetryExponential
	DefaultOnConflict          = ConflictWait
	DefaultPrefixes            = "/"
	DefaultConstraint          = ConstraintChat
	DefaultSpeedTrafficBalance = 0.0
)

// A Spec is a whole spec.yaml. Keys that it does not have are zero: see [Value.IsSet] and the Default constants.
type Spec struct {
	// File is the name that [Parse] was given.
	File string

	// Version is always 1.
	Version Value[int]
	// Workers is the number of shards, 1 to 1024. Absent: GOMAXPROCS of the machine that runs the bot.
	Workers Value[int]
	// Concurrency is the most handlers that run at once, 1 to 1,000,000. Absent: [DefaultConcurrency].
	Concurrency Value[int]
	// Backlog is the most updates that are held, running ones included, 1 to 10,000,000, never less than
	// Concurrency. Absent: [DefaultBacklog].
	Backlog Value[int]
	// Sink is how updates are handed to handlers. Absent: [DefaultSink].
	Sink Value[Sink]
	// Timeout is the time a handler has, or nil. Nil: [DefaultTimeout], [DefaultTimeoutKey].
	Timeout *Timeout
	// StopTimeout is how long Run waits for handlers after its context ended; 0 does not wait. Absent:
	// [DefaultStopTimeout].
	StopTimeout Value[time.Duration]
	// Delivery says when an update is confirmed. Absent: [DefaultDelivery].
	Delivery Value[Delivery]
	// AllowedUpdates is which update kinds are asked for, or nil. Nil: what the handlers need.
	AllowedUpdates *AllowedUpdates
	// Polling is how updates are fetched.
	Polling Polling
	// Constraints is what updates are kept in order by, or nil. Nil: [DefaultConstraint].
	Constraints *Constraints
	// Middleware are methods that wrap every handler, the first outermost.
	Middleware []String
	// OnError is the method that gets the errors of handlers. Absent: they are logged.
	OnError String
	// OnTimeout is the method that is called when a handler's time is up. Absent: it is logged.
	OnTimeout String
	// OnUsage is the method that is called instead of the usage reply when an argument does not parse.
	OnUsage String
	// Match says how many handlers an update gets. Absent: [DefaultMatch].
	Match Value[Match]
	// RegisterCommands makes the bot call setMyCommands at its start when the list differs. Absent: false.
	RegisterCommands Value[bool]
	// Handlers are in the order in which they are tried; there is at least one.
	Handlers []*Handler
}

// Sink is how updates are handed to handlers.
type Sink string

// The sinks.
const (
	SinkSharded    Sink = "sharded"    // by key, each key on its own shard
	SinkConcurrent Sink = "concurrent" // all at once, in no order
	SinkBatch      Sink = "batch"      // a batch at once, the next when all are done
	SinkSequential Sink = "sequential" // one after another
)

// Delivery is when an update is confirmed to Telegram.
type Delivery string

// The kinds of delivery.
const (
	DeliverAtMostOnce  Delivery = "at_most_once"  // when it was fetched
	DeliverAtLeastOnce Delivery = "at_least_once" // when it was handled
)

// Match is how many handlers an update gets.
type Match string

// The ways to match.
const (
	MatchFirst Match = "first" // the first that matches, and those before it that have continue
	MatchAll   Match = "all"   // every one that matches
)

// A Timeout is the time that a handler has.
type Timeout struct {
	// Pos is where the value of the key timeout begins.
	Pos diag.Pos
	// None is set by `timeout: none`: there is no limit, and the other fields are absent.
	None bool
	// After is the limit, at least a millisecond.
	After Value[time.Duration]
	// Key says what becomes of the keys of a handler that overstays. Absent: [DefaultTimeoutKey].
	Key Value[TimeoutKey]
}

// TimeoutKey is what becomes of the keys of a handler whose time is up.
type TimeoutKey string

// What may become of the keys.
const (
	TimeoutHold    TimeoutKey = "hold"    // kept until the handler returns
	TimeoutRelease TimeoutKey = "release" // given to the next update
)

// AllowedUpdates is the key allowed_updates.
type AllowedUpdates struct {
	// Pos is where the value of the key begins.
	Pos diag.Pos
	// Auto is set by `allowed_updates: auto`: Kinds is empty and what the handlers need is asked for.
	Auto bool
	// Kinds are the update kinds to ask for: at least one, no two alike. Whether each exists is not checked here.
	Kinds []String
}

// Polling is how updates are fetched.
type Polling struct {
	// Pos is where the value of the key begins, or the zero Pos when the key is absent.
	Pos diag.Pos
	// Timeout is how long Telegram holds a poll when there is nothing, 0 to 50 whole seconds. Absent:
	// [DefaultPollTimeout].
	Timeout Value[time.Duration]
	// SpeedTrafficBalance is 0 (fetch at once) to 1 (wait for fuller batches). Absent: 0.
	SpeedTrafficBalance Value[float64]
	// MaxDelay is the most that is waited for a fuller batch. Absent: [DefaultMaxDelay].
	MaxDelay Value[time.Duration]
	// Retry is what happens after a failed fetch.
	Retry Retry
	// OnConflict says what to do when another process polls with the same token. Absent: [DefaultOnConflict].
	OnConflict Value[Conflict]
}

// Retry is what happens after a failed fetch.
type Retry struct {
	// Pos is where the value of the key begins, or the zero Pos when the key is absent.
	Pos diag.Pos
	// Interval is the wait between two attempts. Absent: [DefaultRetry].
	Interval Value[RetryInterval]
	// MaxElapsed is how long attempts go on before the bot stops with the error. Absent: [DefaultMaxElapsed].
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
	RetryFixed       RetryKind = "fixed" // not at all; written as a duration
)

// Conflict is what to do when another process polls with the same token.
type Conflict string

// What to do in a conflict.
const (
	ConflictWait Conflict = "wait" // take over when the other is gone
	ConflictFail Conflict = "fail" // stop with an error
)

// Constraints say what updates are kept in order by.
type Constraints struct {
	// Pos is where the value of the key begins.
	Pos diag.Pos
	// Default is the constraints of the update kinds that are not in ByKind. It is empty only when the spec has a
	// map without the key default.
	Default []Constraint
	// ByKind are the update kinds with constraints of their own, in the order of the spec.
	ByKind []KindConstraints
}

// KindConstraints are the constraints of one update kind.
type KindConstraints struct {
	// Kind is the update kind. Whether it exists is not checked here.
	Kind String
	// Constraints has at least one element.
	Constraints []Constraint
}

// A Constraint is the name of a built-in constraint, or of a method of Handlers.
type Constraint struct {
	// Name is one of the Constraint constants, or an exported Go identifier.
	Name String
	// Method is set when Name is a method.
	Method bool
}

// The built-in constraints.
const (
	ConstraintChat     = "chat"
	ConstraintUser     = "user"
	ConstraintChatUser = "chat_user"
	ConstraintTopic    = "topic" // the chat and the thread in it
	ConstraintNone     = "none"  // no order; stands alone
)
