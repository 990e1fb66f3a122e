package runtime

import "time"

// An Observer is told what a [Pool] does with its items. Its methods are called concurrently, on the goroutines that
// do the work, so they must be quick and must not block. Embed [NopObserver] to implement only some of them.
type Observer[T any] interface {
	// Queued is called when Put takes an item.
	Queued(item T, shard int)
	// Started is called when the item's handler starts. waited is the time since Put took the item.
	Started(item T, shard int, waited time.Duration)
	// Finished is called when the handler returned before its time-out. took is the time since it started.
	Finished(item T, shard int, took time.Duration, err error)
	// TimedOut is called when the item times out. From then on the handler counts as abandoned.
	TimedOut(item T, shard int)
	// Stuck is called when the handler has not returned at the end of its hold, and its keys are released. took is
	// the time since it started. It still counts as abandoned.
	Stuck(item T, shard int, took time.Duration)
	// Retrying is called in place of Finished when the handler's attempt, counted from 1, failed with err, and
	// another one is made after wait. took is the time since the attempt started. Started is called for each attempt.
	Retrying(item T, shard int, took time.Duration, attempt int, wait time.Duration, err error)
	// Stopped is called in place of Finished when the handler returned an error after Drain had cancelled it. The
	// item is unfinished. took is the time since the handler started.
	Stopped(item T, shard int, took time.Duration, err error)
	// Returned is called when a handler returned after its time-out. It is no longer abandoned. took is the time
	// since it started.
	Returned(item T, shard int, took time.Duration, err error)
}

// NopObserver is an [Observer] that does nothing.
type NopObserver[T any] struct{}

func (NopObserver[T]) Queued(T, int)                                             {}
func (NopObserver[T]) Started(T, int, time.Duration)                             {}
func (NopObserver[T]) Finished(T, int, time.Duration, error)                     {}
func (NopObserver[T]) TimedOut(T, int)                                           {}
func (NopObserver[T]) Stuck(T, int, time.Duration)                               {}
func (NopObserver[T]) Retrying(T, int, time.Duration, int, time.Duration, error) {}
func (NopObserver[T]) Stopped(T, int, time.Duration, error)                      {}
func (NopObserver[T]) Returned(T, int, time.Duration, error)                     {}
