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

// handleAll puts items into a sink and waits until all of them are finished.
func handleAll(sink *runtime.Pool[string], items ...string) {
	ctx := context.Background()
	if _, err := sink.Put(ctx, items, func(string, error) {}); err != nil {
		log.Fatal(err)
	}
	if err := sink.Drain(ctx); err != nil {
		log.Fatal(err)
	}
}

// byChat appends the key of the chat, which is the text before the colon.
func byChat(item string, keys []runtime.Key) []runtime.Key {
	chat, _, _ := strings.Cut(item, ":")
	return append(keys, runtime.KeyOf(chat))
}

// Order per chat: the items of one chat are handled in order, those of different chats concurrently.
func ExamplePool_orderPerChat() {
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
	handleAll(sink, "ann:hello", "bob:hi", "ann:how are you?", "bob:fine", "ann:bye")
	fmt.Println(said["ann"])
	fmt.Println(said["bob"])
	// Output:
	// [hello how are you? bye]
	// [hi fine]
}

// One item at a time, in arrival order.
func ExamplePool_oneAtATime() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Handle: func(_ context.Context, item string) error {
			fmt.Println(item)
			return nil
		},
	})
	handleAll(sink, "one", "two", "three")
	// Output:
	// one
	// two
	// three
}

// A stuck handler: at the time-out its slot goes to the next item, but its chat waits until it returns. Set Release to
// let the chat go on.
func ExamplePool_stuckHandler() {
	unblock := make(chan struct{})
	handled, timedOut := make(chan string, 3), make(chan string, 3)
	sink := runtime.NewSharded(runtime.SinkConfig[string]{
		Concurrency: 1,
		Timeout:     50 * time.Millisecond,
		Constraints: byChat,
		Handle: func(_ context.Context, item string) error {
			if item == "ann:hang" {
				<-unblock // ignores its context
			}
			handled <- item
			return nil
		},
		OnTimeout: func(_ context.Context, item string) { timedOut <- item },
	})
	ctx := context.Background()
	if _, err := sink.Put(ctx, []string{"ann:hang", "ann:hello", "bob:hi"}, func(string, error) {}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-timedOut, "timed out")
	fmt.Println(<-handled, "is handled")
	stats := sink.Stats()
	fmt.Println(stats.Abandoned, "handler is stuck,", stats.Queued, "item waits for it")
	close(unblock)
	fmt.Println(sink.Drain(ctx))
	// Output:
	// ann:hang timed out
	// bob:hi is handled
	// 1 handler is stuck, 1 item waits for it
	// <nil>
}

// Handlers that fail, panic or take too long: OnError receives the error, and the next item is handled.
func ExampleSinkConfig_failingHandlers() {
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
	handleAll(sink, "fail", "panic", "hang", "work")
	// Output:
	// fail: no such order
	// panic: panic: index out of range
	// hang: after its time-out: context deadline exceeded
}

// A time-out of its own for one kind of item.
func ExampleLimit_shorterTimeout() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Timeout: time.Hour,
		Handle: func(ctx context.Context, item string) error {
			if item == "quick" {
				runtime.Limit(ctx, time.Millisecond, time.Minute, false)
				<-ctx.Done()
			}
			return ctx.Err()
		},
		OnError:   func(context.Context, string, error) {},
		OnTimeout: func(_ context.Context, item string) { fmt.Println(item, "timed out") },
	})
	handleAll(sink, "quick", "slow")
	// Output: quick timed out
}

// A wait for a database takes neither the time of the handler nor its slot.
func ExampleOutside_slowDatabase() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Timeout: 10 * time.Millisecond,
		Handle: func(ctx context.Context, item string) error {
			var price int
			err := runtime.Outside(ctx, func(context.Context) error {
				time.Sleep(50 * time.Millisecond) // the database is slow
				price = 7
				return nil
			})
			fmt.Println(item, "costs", price)
			return err
		},
		OnTimeout: func(_ context.Context, item string) { fmt.Println(item, "timed out") },
	})
	handleAll(sink, "tea")
	// Output: tea costs 7
}

// A handler commits its work only if it has not timed out, and the time-out cannot cut the commit.
func ExampleUntimed_commit() {
	sink := runtime.NewSequential(runtime.SinkConfig[string]{
		Timeout: 10 * time.Millisecond,
		Handle: func(ctx context.Context, item string) error {
			if item == "slow" {
				<-ctx.Done()
			}
			return runtime.Untimed(ctx, func(context.Context) error {
				fmt.Println(item, "is committed")
				return nil
			})
		},
		OnError:   func(context.Context, string, error) {},
		OnTimeout: func(context.Context, string) {},
	})
	handleAll(sink, "quick", "slow")
	// Output: quick is committed
}

// A status page shows what a sink is doing and what it has done.
func ExampleSinkStats_statusPage() {
	sink := runtime.NewConcurrent(runtime.SinkConfig[string]{
		Handle: func(_ context.Context, item string) error {
			if item == "two" {
				return errors.New("no such order")
			}
			return nil
		},
		OnError: func(context.Context, string, error) {},
	})
	handleAll(sink, "one", "two", "three")
	stats := sink.Stats()
	fmt.Println(stats.Finished, "finished,", stats.Failed, "of them with an error,", stats.Running, "running")
	// Output: 3 finished, 1 of them with an error, 0 running
}

// A key's shard is the same in every process and every release, so that machines can share work by shard.
func ExampleKey_fixedShard() {
	key := runtime.KeyOfInt(-1001234567890)
	fmt.Println(key == runtime.KeyOf("-1001234567890"))
	fmt.Printf("%#x is on shard %d of 4\n", uint64(key), key.Shard(4))
	// Output:
	// true
	// 0xbac38fd4483a183a is on shard 2 of 4
}

// A hook for OnFull writes one line that says why there is no room. The pool calls it after ten seconds; here it is called
// by hand.
func ExampleFull_logLine() {
	config := runtime.SinkConfig[string]{
		OnFull: func(full runtime.Full[string]) {
			if full.Over {
				fmt.Println("there is room again after", full.Waited)
				return
			}
			fmt.Printf("full for %v: %d running, %d queued, the oldest is %s\n", full.Waited, full.Stats.Running, full.Stats.Queued, full.Oldest)
		},
	}
	config.OnFull(runtime.Full[string]{Waited: 10 * time.Second, Stats: runtime.SinkStats{Running: 500, Queued: 15884}, Oldest: "ann:hang", Any: true})
	config.OnFull(runtime.Full[string]{Waited: 12 * time.Second, Over: true})
	// Output:
	// full for 10s: 500 running, 15884 queued, the oldest is ann:hang
	// there is room again after 12s
}
