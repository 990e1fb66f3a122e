package telegram

import (
	"context"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A SinkMode says how updates are handed to their handlers.
type SinkMode uint8

const (
	// Sharded handles updates that share a constraint one after another, and all others at once.
	Sharded SinkMode = iota
	// Concurrent handles every update at once, in no order.
	Concurrent
	// Batch handles the updates of one poll at once, and polls again when all are finished.
	Batch
	// Sequential handles one update at a time, all in order.
	Sequential
)

// A TimeoutKey says what becomes of an update's constraints when its handler times out.
type TimeoutKey uint8

const (
	// Hold keeps them until the handler returns, so that nothing ever runs beside it.
	Hold TimeoutKey = iota
	// Release frees them at the time-out, so that a handler that never returns does not hold up its chat.
	Release
)

// DefaultStopTimeout is how long Run waits for handlers after its context has ended.
const DefaultStopTimeout = 20 * time.Second

// Config is what generated code tells [New] of the bot: what stands in spec.yaml, and the functions made of it. Its zero
// fields have the defaults of [runtime.SinkConfig] and [PollerConfig].
type Config struct {
	AllowedUpdates   []string             // the kinds to ask the server for; nil: as it was told last
	Kinds            wire.KindSet         // the kinds that have a handler; all others are dropped undecoded
	Commands         []gotgbot.BotCommand // for the menu, with RegisterCommands
	RegisterCommands bool                 // set the menu at Start, if it differs

	Workers     int           // shards; default GOMAXPROCS
	Concurrency int           // handlers at once; default 500
	Backlog     int           // updates held at once; default 16,384
	Sink        SinkMode      // default Sharded
	Timeout     time.Duration // of a handler; default 0: none
	TimeoutKey  TimeoutKey    // default Hold
	StopTimeout time.Duration // how long Run waits for handlers at its end; default 20 s, negative: not at all

	Delivery Delivery // default AtMostOnce
	Polling  PollingConfig

	// Constraints adds the update's constraints. Default nil: no update has one.
	Constraints func(u *Envelope, keys *Keys) error

	// Dispatch finds the update's handlers and runs them. It is required.
	Dispatch func(ctx context.Context, ev *Event) error

	// OnError is told the error of a dispatch. Default: the logger.
	OnError func(ctx context.Context, ev *Event, err error)

	// OnTimeout is told an update whose handler's time was up. Default: the logger.
	OnTimeout func(ctx context.Context, ev *Event)
}

// PollingConfig is the part of [PollerConfig] that stands in spec.yaml, where its fields are described.
type PollingConfig struct {
	Timeout             time.Duration
	SpeedTrafficBalance float64
	MaxDelay            time.Duration
	Retry               RetryPolicy
	OnConflict          Conflict
}
