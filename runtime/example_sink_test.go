package runtime_test

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/tggen/tggen/runtime"
)

// queueSink is a sink that writes items to a queue, for others to read. An item is done as soon as it is in the queue.
// A real queueSink would write to a disk or a server, and return from Put when the items are safe.
type queueSink struct {
	mu    sync.Mutex
	queue []string
}

func (s *queueSink) Put(_ context.Context, items []string, done func(string, error)) (taken int, err error) {
	s.mu.Lock()
	s.queue = append(s.queue, items...)
	s.mu.Unlock()
	for _, item := range items {
		done(item, nil)
	}
	return len(items), nil
}

func (s *queueSink) Room(context.Context) (free int, err error) { return 100, nil } // the queue is never full

func (s *queueSink) Drain(context.Context) error { return nil } // no item is ever unfinished

func (s *queueSink) Len() int { return 0 }

func (s *queueSink) Pending() []string { return nil }

func (s *queueSink) read() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queue)
}

// A queue as a sink: the process that fetches the items does not handle them.
func ExampleSink_queue() {
	source, sink := make(channelSource), &queueSink{}
	runner := runtime.NewRunner[string](source, sink)
	if err := runner.Start(context.Background()); err != nil {
		fmt.Println(err)
	}
	source <- "first"
	source <- "second"
	fmt.Println(runner.Stop(context.Background()))
	fmt.Println(sink.read())
	// Output:
	// <nil>
	// [first second]
}
