package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/tggen/tggen/runtime"
)

// The error hook can find out what a handler panicked with, and where.
func ExamplePanicError_stackOfAPanic() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Handle: func(context.Context, string) error { panic("index out of range") },
		OnError: func(_ context.Context, item string, err error) {
			if p, ok := errors.AsType[*runtime.PanicError](err); ok {
				fmt.Println(item, "panicked with", p.Value, "and a stack:", len(p.Stack) > 0)
			}
		},
	})
	handleAll(sink, "one")
	// Output: one panicked with index out of range and a stack: true
}

// The error hook can tell an error that came after the time-out.
func ExampleLateError_afterTheTimeout() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Timeout: time.Millisecond,
		Handle: func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return errors.New("gave up")
		},
		OnTimeout: func(context.Context, string) {},
		OnError: func(_ context.Context, item string, err error) {
			if late, ok := errors.AsType[*runtime.LateError](err); ok {
				fmt.Println(item, "was late:", late.Err)
			}
		},
	})
	handleAll(sink, "one")
	// Output: one was late: gave up
}

// A stop with a time limit reports what it could not finish.
func ExampleUnfinishedError_stopWithATimeLimit() {
	started, unblock := make(chan string), make(chan struct{})
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Handle: func(_ context.Context, item string) error {
			started <- item
			<-unblock // ignores its context
			return nil
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := sink.Put(ctx, []string{"one", "two", "three"}, func(string, error) {}); err != nil {
		log.Fatal(err)
	}
	<-started
	cancel() // time is up
	err := sink.Drain(ctx)
	if unfinished, ok := errors.AsType[*runtime.UnfinishedError](err); ok {
		fmt.Println(unfinished.Running, "running,", unfinished.Queued, "queued:", sink.Pending())
	}
	close(unblock)
	// Output: 1 running, 2 queued: [one two three]
}

// An error that no further attempt would change is permanent, and is not tried again.
func ExamplePermanentError() {
	retry := runtime.Retry{Attempts: 3}
	_, again := retry.Next(1, errors.New("the database is away"))
	fmt.Println(again)
	_, again = retry.Next(1, runtime.Permanent(errors.New("no such order")))
	fmt.Println(again)
	// Output:
	// true
	// false
}

// A retry waits twice as long after each failure. A random part of each wait, at most a half, is left out.
func ExampleRetry() {
	retry := runtime.Retry{Attempts: 3, Backoff: time.Second}
	wait, again := retry.Next(2, errors.New("away"))
	fmt.Println(again, wait > 999*time.Millisecond, wait <= 2*time.Second)
	_, again = retry.Next(3, errors.New("away"))
	fmt.Println(again)
	// Output:
	// true true true
	// false
}
