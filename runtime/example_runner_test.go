package runtime_test

import (
	"context"
	"fmt"
	"time"

	"github.com/tggen/tggen/runtime"
)

// A graceful stop: the handlers that run may finish, but only for so long.
func ExampleRunner_gracefulStop() {
	// A program would use signal.NotifyContext(context.Background(), os.Interrupt) here.
	interrupted, interrupt := context.WithCancel(context.Background())
	sink := runtime.NewConcurrent(runtime.SinkConfig[string]{
		Handle: func(_ context.Context, item string) error {
			interrupt() // the signal comes while the handler runs
			time.Sleep(10 * time.Millisecond)
			fmt.Println(item, "is handled")
			return nil
		},
	})
	source := make(channelSource)
	runner := runtime.NewRunner(source, sink)
	if err := runner.Start(context.Background()); err != nil { // a context of its own: interrupted must not end the handlers
		fmt.Println(err)
	}
	source <- "one"
	<-interrupted.Done()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := runner.Stop(ctx); err != nil {
		fmt.Println("not everything is finished:", err)
	}
	fmt.Println(runner.Len(), "items are unfinished")
	// Output:
	// one is handled
	// 0 items are unfinished
}

// A failing source ends the run. Wait returns the error, and Stop is still needed to wait for the handlers.
func ExampleRunner_waitForAFailure() {
	runner := runtime.NewRunner(brokenSource{}, runtime.NewConcurrent(runtime.SinkConfig[string]{
		Handle: func(context.Context, string) error { return nil },
	}))
	ctx := context.Background()
	fmt.Println(runner.Start(ctx))
	fmt.Println(runner.Start(ctx)) // a second Start is refused
	fmt.Println(runner.Wait(ctx))
	fmt.Println(runner.Stop(ctx))
	// Output:
	// <nil>
	// the runner is already started
	// fetching: the queue does not exist
	// <nil>
}

// brokenSource is a source whose Fetch fails.
type brokenSource struct{}

func (brokenSource) Fetch(context.Context, int) ([]string, error) {
	return nil, fmt.Errorf("the queue does not exist")
}
func (brokenSource) Done(string, error)          {}
func (brokenSource) Close(context.Context) error { return nil }
