package telegram

import (
	"context"
	"time"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A SinkMode says how updates are handed to their handlers.
type SinkMode uint8

const (
	// Sharded handles updates that share a constraint one after another, and all others concurrently.
	Sharded SinkMode = iota
	// Concurrent handles all updates concurrently, in no order.
	Concurrent
	// Batch handles the updates of one poll concurrently, and polls again when all of them are finished.
	Batch
	// Sequential handles one update at a time, in arrival order.
	Sequential
)

// A TimeoutKey says what happens to an update's constraints when its handler times out.
type TimeoutKey uint8

const (
	// Hold keeps them until the handler returns, but no longer than [Config].Hold, so that no other update with the same
	// constraint runs beside a handler that ends when its context does, and no handler blocks its chat for ever.
	Hold TimeoutKey = iota
	// Release frees them at the time-out, so that a handler that never returns does not block its chat.
	Release
)

// DefaultStopTimeout is how long Run waits for handlers after its context has ended.
const DefaultStopTimeout = 20 * time.Second

// DefaultBacklogBytes is the memory that the updates in the backlog may take.
const DefaultBacklogBytes = 64 << 20

// QueueConfig configures the durable queue between the source of updates and their handlers: see [WithQueue].
type QueueConfig struct {
	// Partitions is the number of partitions. A partition has the updates whose first constraint has this shard: see
	// [runtime.Key.Shard]. An update without a constraint is in any partition. The number cannot be changed later. Default 0: the
	// bot has no queue.
	Partitions int

	// Attempts is how often an update may be begun by a process that dies before the handlers have returned. Then it becomes a dead letter,
	// and its [*PoisonError] goes to the error hook. Default 5.
	Attempts int
}

// Config describes a bot to [New]: the settings of its spec.yaml, and the functions that were generated from it. A field
// that is zero has the default that stands here, or in [PollingConfig] and [WebhookSettings].
//
// Workers, Concurrency, Backlog, BacklogBytes, Timeout and Hold are those of [runtime.SinkConfig]. Config repeats them instead of embedding
// that struct, because the other fields of a SinkConfig are functions that take an [Envelope]. The bot fills those in
// itself, and calls the functions below with an [Event]. What New is told by an [Option], such as the token, is in
// neither.
type Config struct {
	AllowedUpdates   []string     // the kinds to ask the server for; nil: the list that the server knows
	Kinds            wire.KindSet // the kinds that have a handler; others are dropped undecoded; 0: all
	Menus            []Menu       // the menus of commands; set only with RegisterCommands
	RegisterCommands bool         // set the menus after Start, those that differ

	Workers      int           // shards; default GOMAXPROCS
	Concurrency  int           // handlers that run at once; default 500
	Backlog      int           // updates held at once; default 16,384
	BacklogBytes int64         // the memory that they may take, as estimated; default 64 MiB, negative: no bound
	Sink         SinkMode      // default Sharded
	Timeout      time.Duration // of a handler; default 0: none
	TimeoutKey   TimeoutKey    // default Hold
	Hold         time.Duration // how long Hold keeps the constraints; default: Timeout, negative: until the handler returns
	Retry        Retry         // for updates whose handlers fail; default: one attempt
	StopTimeout  time.Duration // how long Run waits for handlers at its end; default 20 s, negative: not at all

	Source   UpdateSource // default SourceAuto: a webhook if the environment says where it is, or else polling
	Delivery Delivery     // default AtMostOnce
	Polling  PollingConfig
	Webhook  WebhookSettings
	Queue    QueueConfig // needs WithQueue; default: none
	Calls    CallsConfig

	// Constraints adds the constraints of an update to keys. Default nil: no update has a constraint.
	Constraints func(u *Envelope, keys *Keys) error

	// Dispatch finds the handlers of an update and runs them. It is required.
	Dispatch func(ctx context.Context, ev *Event) error

	// Sessions are the sessions of the spec. Default nil: none.
	Sessions []Session

	// Expire runs the handler of a state of a session that has timed out. The event is that of the update that entered the
	// state. If Expire fails, it is called again after the state has lasted for as long again. Default nil: no state has a
	// time-out.
	Expire func(ctx context.Context, ev *Event) error

	// OnError is called with the error of a Dispatch or of Expire. Default nil: the error is logged.
	OnError func(ctx context.Context, ev *Event, err error)

	// OnTimeout is called for an update whose handler timed out. Default nil: the time-out is logged.
	OnTimeout func(ctx context.Context, ev *Event)
}

// Contract ties generated code to this version of the runtime. A bot.gen.go declares a value of this type and spells the
// type out. If generator and runtime belong to different contracts, the two types differ, and the compiler's message
// shows the tag, which tells the author what to do. A change to what generated code may call, or must provide, gives
// the field another number.
type Contract = struct {
	V2 struct{} `tggen:"bot.gen.go and the tggen runtime disagree: run go generate"`
}
