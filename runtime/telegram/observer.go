package telegram

import (
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// An Observer is told what a bot does. Its methods are called concurrently, on the goroutines that do the work, so they
// must be quick and must not block. Embed [NopObserver] to implement some of them.
type Observer interface {
	runtime.Observer[*Envelope]

	// Fetched: a poll was answered, with so many new updates, after it took so long.
	Fetched(updates int, took time.Duration)
	// Dropped: an update was dropped, because no handler wants its kind.
	Dropped(header wire.Header)
	// FetchFailed: a poll failed, and is tried again after wait.
	FetchFailed(err error, wait time.Duration)
}

// NopObserver is an Observer that does nothing.
type NopObserver struct{ runtime.NopObserver[*Envelope] }

// Fetched does nothing.
func (NopObserver) Fetched(int, time.Duration) {}

// Dropped does nothing.
func (NopObserver) Dropped(wire.Header) {}

// FetchFailed does nothing.
func (NopObserver) FetchFailed(error, time.Duration) {}
