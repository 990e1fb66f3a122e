package runtime

import "time"

// An Observer is told what a sink does with its items. Its methods are called concurrently, on the goroutines
// that do the work, so they must be quick and must not block. Embed [NopObserver] to implement some of them.
type Observer[T any] interface {
	// Queued: Put took the item.
	Queued(item T, shard int)
	// Started: its handler starts, after it waited for that long.
	Started(item T, shard int, waited time.Duration)
	// Finished: its handler returned within its time, after it ran for that long.
	Finished(item T, shard int, took time.Duration, err error)
	// TimedOut: its time was up; from now on the handler counts as abandoned.
	TimedOut(item T, shard int)
	// Returned: its handler returned after its time-out, and is no longer abandoned.
	Returned(item T, shard int, took time.Duration, err error)
}

// NopObserver is an Observer that does nothing.
type NopObserver[T any] struct{}

func (NopObserver[T]) Queued(T, int)                         {}
func (NopObserver[T]) Started(T, int, time.Duration)         {}
func (NopObserver[T]) Finished(T, int, time.Duration, error) {}
func (NopObserver[T]) TimedOut(T, int)                       {}
func (NopObserver[T]) Returned(T, int, time.Duration, error) {}
