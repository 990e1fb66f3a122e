package runtime_test

import (
	"fmt"
	"time"

	"github.com/tggen/tggen/runtime"
)

// Keep track of work in progress: items leave a deque from any position.
func ExampleDeque_workInProgress() {
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

// Time out what takes too long: the clock runs from Start, so an item that waits does not time out.
func ExampleDequeConfig_timeout() {
	timedOut := make(chan string)
	deque := runtime.NewDeque(runtime.DequeConfig[string]{OnTimeout: func(item string) { timedOut <- item }})
	entries := deque.Add("one", "two")
	deque.Start(entries[1], time.Millisecond)
	fmt.Println(<-timedOut, "timed out;", deque.Pending(), "waits")
	deque.Close()
	// Output: two timed out; [one] waits
}

// Finish an item exactly once: only the first Done returns true, and none after a time-out.
func ExampleEntry_doneOnce() {
	deque := runtime.NewDeque(runtime.DequeConfig[string]{})
	entry := deque.Add("one")[0]
	fmt.Println(entry.Item(), deque.Start(entry, time.Hour), deque.Done(entry), deque.Done(entry))
	deque.Close()
	// Output: one true true false
}
