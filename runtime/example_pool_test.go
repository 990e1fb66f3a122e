package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime"
)

// put gives items to a sink and waits until all are finished.
func put(sink *runtime.Handlers[string], items ...string) {
	ctx := context.Background()
	if _, _, err := sink.Put(ctx, items, func(string, error) {}); err != nil {
		log.Fatal(err)
	}
	if err := sink.Drain(ctx); err != nil {
		log.Fatal(err)
	}
}

// byChat is the key of the text before the colon.
func byChat(item string, keys []runtime.Key) []runtime.Key {
	chat, _, _ := strings.Cut(item, ":")
	return append(keys, runtime.KeyOf(chat))
}

// Items that share a key are handled in order, others at once.
func ExampleHandlers() {
	var mu sync.Mutex
	said := make(map[string][]string)
	sink := runtime.NewSharded(runtime.SinkConfig[string]{
		Handle: func(_ context.Context, item string) error {
			chat, text, _ := strings.Cut(item, ":")
			mu.Lock()
			defer mu.Unlock()
			said[chat] = append(said[chat], text)
			return nil
		},
		Constraints: byChat,
	})
	put(sink, "ann:hello", "bob:hi", "ann:how are you?", "bob:fine", "ann:bye")
	fmt.Println(said["ann"])
	fmt.Println(said["bob"])
	// Output:
	// [hello how are you? bye]
	// [hi fine]
}

// One item at a time, in arrival order.
func ExampleNewSequential() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Handle: func(_ context.Context, item string) error {
			fmt.Println(item)
			return nil
		},
	})
	put(sink, "one", "two", "three")
	// Output:
	// one
	// two
	// three
}

// A handler may fail, panic, or take too long; its item is done in any case.
func ExampleSinkConfig() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Timeout: 200 * time.Millisecond,
		Handle: func(ctx context.Context, item string) error {
			switch item {
			case "fail":
				return errors.New("no such order")
			case "panic":
				panic("index out of range")
			case "hang":
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		},
		OnError:   func(_ context.Context, item string, err error) { fmt.Printf("%s: %v\n", item, err) },
		OnTimeout: func(context.Context, string) {},
	})
	put(sink, "fail", "panic", "hang", "work")
	// Output:
	// fail: no such order
	// panic: the handler panicked: index out of range
	// hang: after its time-out: context deadline exceeded
}

// A handler can be given a time-out of its own.
func ExampleLimit() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Timeout: time.Hour,
		Handle: func(ctx context.Context, item string) error {
			if item == "quick" {
				runtime.Limit(ctx, time.Millisecond, false)
				<-ctx.Done()
			}
			return ctx.Err()
		},
		OnError:   func(context.Context, string, error) {},
		OnTimeout: func(_ context.Context, item string) { fmt.Println(item, "timed out") },
	})
	put(sink, "quick", "slow")
	// Output: quick timed out
}

// The error hook can tell a panic and where it came from.
func ExamplePanicError() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Handle: func(context.Context, string) error { panic("index out of range") },
		OnError: func(_ context.Context, item string, err error) {
			if p, ok := errors.AsType[*runtime.PanicError](err); ok {
				fmt.Println(item, "panicked with", p.Value, "and a stack:", len(p.Stack) > 0)
			}
		},
	})
	put(sink, "one")
	// Output: one panicked with index out of range and a stack: true
}

// An error that comes after the time-out is marked.
func ExampleLateError() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Timeout: time.Millisecond,
		Handle: func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return errors.New("gave up")
		},
		OnTimeout: func(context.Context, string) {},
		OnError: func(_ context.Context, item string, err error) {
			late, ok := errors.AsType[*runtime.LateError](err)
			fmt.Println(item, ok, late.Err)
		},
	})
	put(sink, "one")
	// Output: one true gave up
}

// Drain returns what it had to leave when its context ends.
func ExampleLeftError() {
	started := make(chan string)
	release := make(chan struct{})
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Backlog: 10,
		Handle: func(_ context.Context, item string) error {
			started <- item
			<-release // deaf to its context
			return nil
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-started
		cancel()
	}()
	sink.Put(ctx, []string{"one", "two", "three"}, func(string, error) {}) // a sequential sink waits for the batch
	err := sink.Drain(ctx)
	if left, ok := errors.AsType[*runtime.LeftError](err); ok {
		fmt.Println(left.Running, "running,", left.Queued, "queued:", sink.Pending())
	}
	close(release)
	// Output: 1 running, 2 queued: [one two three]
}

// What a sink has done so far, and what it is at.
func ExampleSinkStats() {
	sink := runtime.NewConcurrent(runtime.SinkConfig[string]{
		Handle: func(_ context.Context, item string) error {
			if item == "two" {
				return errors.New("no")
			}
			return nil
		},
		OnError: func(context.Context, string, error) {},
	})
	put(sink, "one", "two", "three")
	stats := sink.Stats()
	fmt.Println(stats.Finished, "finished,", stats.Failed, "of them with an error,", stats.Running, "running")
	// Output: 3 finished, 1 of them with an error, 0 running
}

// counter counts what it observes, and has no interest in the rest.
type counter struct {
	runtime.NopObserver[string]
	mu       sync.Mutex
	failures int
}

func (c *counter) Finished(_ string, _ int, _ time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.failures++
	}
}

// An observer is told of each step of an item. It embeds NopObserver for the steps it has no interest in.
func ExampleNopObserver() {
	c := &counter{}
	sink := runtime.NewConcurrent(runtime.SinkConfig[string]{
		Handle:   func(context.Context, string) error { return errors.New("no") },
		OnError:  func(context.Context, string, error) {},
		Observer: c,
	})
	put(sink, "one", "two")
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
func (tracer) TimedOut(item string, _ int) { fmt.Println(item, "timed out") }
func (tracer) Returned(item string, _ int, _ time.Duration, err error) {
	fmt.Println(item, "returned:", err)
}

// The life of an item, and of one whose time was up.
func ExampleObserver() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Handle: func(ctx context.Context, item string) error {
			if item == "slow" {
				runtime.Limit(ctx, time.Millisecond, false)
				<-ctx.Done()
			}
			return nil
		},
		OnTimeout: func(context.Context, string) {},
		Observer:  tracer{},
	})
	put(sink, "quick")
	put(sink, "slow")
	// Output:
	// quick queued
	// quick started
	// quick finished: <nil>
	// slow queued
	// slow started
	// slow timed out
	// slow returned: <nil>
}

// Constraints are hashed to keys, and a key's shard is the same everywhere and for ever.
func ExampleKey() {
	key := runtime.KeyOfInt(-1001234567890)
	fmt.Println(key == runtime.KeyOf("-1001234567890"))
	fmt.Printf("%#x is on shard %d of 4\n", uint64(key), key.Shard(4))
	// Output:
	// true
	// 0xbac38fd4483a183a is on shard 2 of 4
}

// The handle of a runner.
func ExampleRunner() {
	handled := make(chan string)
	source := make(channelSource)
	runner := runtime.NewRunner[string](source, runtime.NewConcurrent(runtime.SinkConfig[string]{
		Handle: func(_ context.Context, item string) error {
			handled <- item
			return nil
		},
	}))
	ctx := context.Background()
	fmt.Println(runner.Start(ctx), runner.Running())
	fmt.Println(runner.Start(ctx))
	source <- "one"
	fmt.Println(<-handled)
	fmt.Println(runner.Stop(ctx), runner.Running(), runner.Len(), runner.Err())
	// Output:
	// <nil> true
	// the runner is already started
	// one
	// <nil> false 0 <nil>
}

// Items leave a deque from any position.
func ExampleDeque() {
	deque := runtime.NewDeque(runtime.DequeConfig[string]{Capacity: 4})
	entries := deque.Add("one", "two", "three")
	fmt.Println(deque.Pending(), deque.Free())
	deque.Start(entries[1], 0)
	deque.Done(entries[1])
	fmt.Println(deque.Pending(), deque.Free())
	// Output:
	// [one two three] 1
	// [one three] 2
}

// An item whose time is up leaves by itself.
func ExampleDequeConfig() {
	left := make(chan string)
	deque := runtime.NewDeque(runtime.DequeConfig[string]{OnTimeout: func(item string) { left <- item }})
	for _, entry := range deque.Add("one", "two") {
		if entry.Item() == "two" {
			deque.Start(entry, time.Millisecond)
		}
	}
	fmt.Println(<-left, "timed out;", deque.Pending(), "waits")
	deque.Close()
	// Output: two timed out; [one] waits
}

// An entry is done once.
func ExampleEntry() {
	deque := runtime.NewDeque(runtime.DequeConfig[string]{})
	entry := deque.Add("one")[0]
	fmt.Println(entry.Item(), deque.Start(entry, time.Hour), deque.Done(entry), deque.Done(entry))
	deque.Close()
	// Output: one true true false
}
