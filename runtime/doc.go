/*
Package runtime moves items from a source through a sink to handlers. It handles items concurrently, and in order where
order matters. It knows nothing of Telegram: package runtime/telegram brings the Bot API.

# Source, sink, runner

A [Source] yields items in arrival order and is told when each of them is finished. A [Sink] takes items and has them
handled. A [Runner] connects the two. It waits until the sink has room, fetches as many items as fit, puts them into the
sink, and starts again:

	sink := runtime.NewSharded(runtime.SinkConfig[Order]{
		Handle:      ship,
		Constraints: byCustomer,
		Timeout:     30 * time.Second,
	})
	runner := runtime.NewRunner(source, sink)
	err := runner.Start(ctx) // returns at once
	...
	err = runner.Wait(ctx)   // until the source fails or the fetching is stopped
	err = runner.Stop(ctx)   // waits for the handlers

The sinks of this package are [Pool] values. [SinkConfig] configures them, and its fields say their defaults. There are
four kinds:

  - [NewSharded] keeps items that share a key in order, and handles all others concurrently.
  - [NewConcurrent] handles everything concurrently, in no order.
  - [NewBatch] handles a batch concurrently, and takes the next batch when all items of the last one are finished.
  - [NewSequential] handles one item at a time, in arrival order.

# Order and keys

SinkConfig.Constraints returns the keys of an item. Items that share a key are handled one after another, in arrival
order. Items that share no key never wait for each other while a handler may still be started. A [Key] is the hash of a
text, or of a number such as a chat's id:

	func byCustomer(o Order, keys []runtime.Key) []runtime.Key {
		return append(keys, runtime.KeyOfInt(o.Customer), runtime.KeyOf("stock:"+o.Article))
	}

An item may have several keys. It then waits for the last unfinished item of each of them. This cannot deadlock. A waiting
item is a few hundred bytes and no goroutine, and it does not count towards Concurrency.

A pool divides its keys among shards, so that several processors do not contend for one lock. The hash and the shard of a
key, see [Key.Shard], are the same in every process and every release. Several machines can use them to divide work.

# Bounds

Concurrency bounds the handlers that run at once. Backlog bounds the items that the pool holds, waiting or running. A full
pool has no room, so the runner does not fetch; OnFull tells when that lasts. BacklogBytes bounds the size of the items in
the same way. Memory depends on these two bounds and the size of the items, and not on
the number of keys ever seen.

# Errors, panics and time-outs

The error of a handler goes to SinkConfig.OnError. A panic becomes a [*PanicError] with its stack, and the pool goes on.
The next item with the same key runs in any case.

The clock of SinkConfig.Timeout starts when the handler starts. [Limit] changes the time-out of one handler from within.
At the time-out, four things happen:

  - The handler's context is cancelled.
  - OnTimeout is called.
  - The handler's slot is free for another item, and the source is told that the item is done, with [ErrTimeout].
  - The item's keys are still held until the handler returns, so that order holds, but no longer than SinkConfig.Hold says.
    With Release, they are released now.

From then on the handler counts as abandoned in [SinkStats], until it returns. An error that it returns then goes to
OnError as a [*LateError]. At the end of the hold, the keys are released and OnStuck is called. Nothing waits for a stuck
handler: it costs a goroutine, and nothing else.

# Retries

With SinkConfig.Retry, an item whose handler fails is handled again after a back-off, see [Retry]. Meanwhile it keeps its
keys and holds no slot. [Permanent] marks an error that another attempt would not change, and [Attempt] returns which
attempt a handler is.

# Stopping

[Runner.Stop] interrupts the fetch at once, waits for the items that were taken, and closes the source. Give it a context
with a time limit. When that context ends, Stop cancels the handlers' contexts and gives them at most one more second. An
item whose handler returns an error then is unfinished. Stop waits for no back-off and for no stuck handler. It returns an
[*UnfinishedError] that counts what is unfinished, and [Runner.Pending] returns the items. Afterwards no goroutine is left,
except those of handlers and hooks that ignore their contexts. A stopped runner can be started again.

Pass Start a context that does not end with the signal that stops the program, and call Stop when the signal comes. See
the example of a graceful stop at [Runner].

# Delivery

The runner calls [Source].Done exactly once for every item that is finished, also if its handler failed or timed out. An
item that is unfinished when a stop gives up is not done. What follows from this is up to the source. A source that
confirms an item when it is fetched delivers at most once. A source that confirms an item when it is done delivers at
least once: after a crash, unfinished items are fetched again.

# A source of your own

Implement three methods. Fetch waits for items, retries what can be retried, and returns at once when its context ends.
An error that it returns ends the run. Done confirms one item, or notes that it may be confirmed. Close confirms what is
left to confirm and releases connections. See the example at [Source], which reads a channel.

# A sink of your own

A sink need not run handlers. It can write to a queue and call done when the queue has stored the item, so that another
process handles it. Put takes items and Room says for how many more there is room: a sink that reports its room honestly
slows down its source. See the example at [Sink].

# Seeing what happens

An [Observer] is told each step of each item, for metrics and traces. Embed [NopObserver] to implement only some of its
methods. [Pool.Stats] returns a [SinkStats] at any time, for a status page or a health check.

# The deque

A [Deque] holds unfinished items in arrival order, removes each when it is done or times out, and waits for room. Pool is
built on it. Use it alone to track work that runs elsewhere: Add returns an [Entry] for each item, Start starts its clock,
Done removes it, and [DequeConfig] holds the capacity and a function that is called at a time-out.
*/
package runtime
