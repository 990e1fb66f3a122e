package telegram

import (
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// An Observer is told what a bot does: a [Poller] or a [Webhook] and the chain of [WithCalls] call the methods listed here, the sink those of
// [runtime.Observer].
// The goroutines that do the work make the calls, concurrently, and wait for them. So the methods must be quick and must
// not block. Embed [NopObserver] to implement only some of them.
type Observer interface {
	runtime.Observer[*Envelope]

	// Fetched is called after each answered poll, with the number of new updates, dropped ones included, and the time
	// from the request to the end of the answer. A [Webhook] calls it for the updates that Fetch returns, with the time for which the
	// first of them has waited.
	Fetched(updates int, took time.Duration)
	// Dropped is called for each update that is dropped because no handler wants its kind.
	Dropped(header wire.Header)
	// FetchFailed is called when a poll failed, with the time until it is tried again.
	FetchFailed(err error, wait time.Duration)
	// Stalled is called when fetching has stood still for 10 seconds for want of room, and then every minute.
	Stalled(reason string, waited time.Duration)
	// Resumed is called when fetching goes on after Stalled was called.
	Resumed(waited time.Duration)

	// Called is called when a call of the bot has ended, with its method, its error, and the time that it took. That
	// includes waits and all attempts. A call whose result is in the journal is not made, and counts as one that succeeded.
	Called(method string, took time.Duration, err error)
	// CallRetried is called when an attempt of a call failed and the call will be made again, with the time that it
	// waits. After a 429 (too many requests) that is the time that the server asks for; the call may wait longer, because
	// calls that wait go one after another.
	CallRetried(method string, err error, wait time.Duration)

	// StoreCalled is called after each call of the store of the sessions, unless that is in memory, with what it did
	// ("load", "commit" or "scan"), and how long that took. failed is nil unless the store is down; then the updates that
	// need it wait.
	StoreCalled(operation string, took time.Duration, failed error)
}

// NopObserver is an Observer that does nothing.
type NopObserver struct{ runtime.NopObserver[*Envelope] }

// Fetched does nothing.
func (NopObserver) Fetched(int, time.Duration) {}

// Dropped does nothing.
func (NopObserver) Dropped(wire.Header) {}

// FetchFailed does nothing.
func (NopObserver) FetchFailed(error, time.Duration) {}

// Stalled does nothing.
func (NopObserver) Stalled(string, time.Duration) {}

// Resumed does nothing.
func (NopObserver) Resumed(time.Duration) {}

// Called does nothing.
func (NopObserver) Called(string, time.Duration, error) {}

// CallRetried does nothing.
func (NopObserver) CallRetried(string, error, time.Duration) {}

// StoreCalled does nothing.
func (NopObserver) StoreCalled(string, time.Duration, error) {}
