package runtime_test

import (
	"context"
	"fmt"

	"github.com/tggen/tggen/runtime"
)

// channelSource is a source that reads a channel: any producer can feed a runner with it.
type channelSource chan string

func (s channelSource) Fetch(ctx context.Context, limit int) ([]string, error) {
	var items []string
	select {
	case item := <-s: // at least one
		items = append(items, item)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for len(items) < limit { // and what else is there
		select {
		case item := <-s:
			items = append(items, item)
		default:
			return items, nil
		}
	}
	return items, nil
}

func (s channelSource) Done(string, error) {} // a channel has nothing to confirm

func (s channelSource) Close(context.Context) error { return nil }

// A source of one's own: a channel. The handlers run concurrently, but those of one chat in order.
func ExampleSource() {
	handled := make(chan string)
	sink := runtime.NewSharded(runtime.SinkConfig[string]{
		Handle: func(_ context.Context, item string) error {
			handled <- item
			return nil
		},
		Constraints: func(string, []runtime.Key) []runtime.Key { return []runtime.Key{runtime.KeyOf("chat")} },
	})
	source := make(channelSource)
	runner := runtime.NewRunner[string](source, sink)
	if err := runner.Start(context.Background()); err != nil {
		fmt.Println(err)
	}
	go func() {
		source <- "first"
		source <- "second"
	}()
	fmt.Println(<-handled)
	fmt.Println(<-handled)
	fmt.Println(runner.Stop(context.Background()))
	// Output:
	// first
	// second
	// <nil>
}
