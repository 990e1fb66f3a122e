package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime"
)

// failureCounter counts failures. It embeds NopObserver for the methods that it does not need.
type failureCounter struct {
	runtime.NopObserver[string]
	mu       sync.Mutex
	failures int
}

func (c *failureCounter) Finished(_ string, _ int, _ time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.failures++
	}
}

// A metric from one of the observer's methods.
func ExampleNopObserver_countFailures() {
	c := &failureCounter{}
	sink := runtime.NewConcurrent(runtime.SinkConfig[string]{
		Handle:   func(context.Context, string) error { return errors.New("no such order") },
		OnError:  func(context.Context, string, error) {},
		Observer: c,
	})
	handleAll(sink, "one", "two")
	fmt.Println(c.failures, "failures")
	// Output: 2 failures
}

// tracer prints every step.
type tracer struct{}

func (tracer) Queued(item string, _ int)                   { fmt.Println(item, "queued") }
func (tracer) Started(item string, _ int, _ time.Duration) { fmt.Println(item, "started") }
func (tracer) Finished(item string, _ int, _ time.Duration, err error) {
	fmt.Println(item, "finished:", err)
}
func (tracer) Retrying(item string, _ int, _ time.Duration, attempt int, _ time.Duration, err error) {
	fmt.Println(item, "failed:", err)
}
func (tracer) TimedOut(item string, _ int)               { fmt.Println(item, "timed out") }
func (tracer) Stuck(item string, _ int, _ time.Duration) { fmt.Println(item, "is stuck") }
func (tracer) Stopped(item string, _ int, _ time.Duration, err error) {
	fmt.Println(item, "stopped:", err)
}
func (tracer) Returned(item string, _ int, _ time.Duration, err error) {
	fmt.Println(item, "returned:", err)
}

// A trace of one item that finishes and of one that times out.
func ExampleObserver_trace() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Handle: func(ctx context.Context, item string) error {
			if item == "slow" {
				runtime.Limit(ctx, time.Millisecond, time.Minute, false)
				<-ctx.Done()
			}
			return nil
		},
		OnTimeout: func(context.Context, string) {},
		Observer:  tracer{},
	})
	handleAll(sink, "quick")
	handleAll(sink, "slow")
	// Output:
	// quick queued
	// quick started
	// quick finished: <nil>
	// slow queued
	// slow started
	// slow timed out
	// slow returned: <nil>
}
