package runtime_test

import (
	"context"
	"fmt"

	"github.com/tggen/tggen/runtime"
)

// channelSource is a source that reads a channel. Any producer can send to the channel.
type channelSource chan string

// Fetch waits for one item, and takes more only if they are there already.
func (s channelSource) Fetch(ctx context.Context, limit int) ([]string, error) {
	var items []string
	select {
	case item := <-s:
		items = append(items, item)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for len(items) < limit {
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

// A source of your own: here the items come from a channel.
func ExampleSource_ownSource() {
	handled := make(chan string)
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Handle: func(_ context.Context, item string) error {
			handled <- item
			return nil
		},
	})
	source := make(channelSource)
	runner := runtime.NewRunner(source, sink)
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
