package runtime_test

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/tggen/tggen/runtime"
)

// queueSink is a sink that writes items to a queue. It is done with an item when the queue has it; who reads the queue
// is another matter. A real one would write to a disk or to a server, and block until the item is safe.
type queueSink struct {
	mu    sync.Mutex
	queue []string
}

func (s *queueSink) Put(_ context.Context, items []string, done func(string, error)) (taken, free int, err error) {
	s.mu.Lock()
	s.queue = append(s.queue, items...)
	s.mu.Unlock()
	for _, item := range items {
		done(item, nil)
	}
	return len(items), 100, nil // the queue has room for another hundred at any time
}

func (s *queueSink) Drain(context.Context) error { return nil } // nothing is ever unfinished

func (s *queueSink) Len() int { return 0 }

func (s *queueSink) Pending() []string { return nil }

func (s *queueSink) read() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queue)
}

// A sink of one's own: a queue that somebody else reads.
func ExampleSink() {
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
