package tgtest

import (
	"context"
	"fmt"
	"time"
)

// Push queues any update and returns its id. [Encode] describes the forms of an update. The id is 0 if the server
// drops the update, as the official server does if the bot did not ask for its kind, if it is larger than 512 KiB, or
// if 100,000 updates are pending. Push fails the test if the update is malformed.
//
// From then on, the bot may write to the chats and users in the update.
func (b *Bot) Push(update any) int64 {
	b.server.tbHelper()
	body, err := Encode(update)
	if err != nil {
		b.server.failf("%v", err)
	}
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	return b.enqueue(body, time.Now())
}

// PushBatch queues encoded updates in order. It takes the lock only once, so that a load test can push tens of
// thousands of updates a second. It returns the id of the first queued update and the number of queued updates; their
// ids are consecutive. Like [Bot.Push] it drops the updates that the official server would drop.
func (b *Bot) PushBatch(bodies ...Body) (first int64, queued int) {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	now := time.Now()
	for _, body := range bodies {
		if id := b.enqueue(body, now); id != 0 {
			if queued == 0 {
				first = id
			}
			queued++
		}
	}
	return first, queued
}

// enqueue queues an update if its kind is allowed and returns its id, or 0. The lock must be held.
func (b *Bot) enqueue(body Body, now time.Time) int64 {
	id := int64(0)
	if body.bit&b.allowed != 0 {
		id = b.queue.push(body.data, now.Add(body.keep))
	}
	if id == 0 {
		b.dropped++
		return 0
	}
	b.queued++
	b.updates.add(&loggedUpdate{id: id, at: now, body: body.data})
	for _, chat := range body.chats {
		if b.server.world.chats[chat] == nil {
			b.server.world.seen[chat] = struct{}{}
		}
	}
	if _, known := b.server.world.queries[body.query]; body.query != "" && !known {
		b.server.world.ask(body.query, nil, b)
	}
	b.active = now
	b.wakeWaiting(now)
	if b.webhook.push != nil {
		b.webhook.push.signal()
	}
	b.server.changes.notify()
	return id
}

// Pending returns the number of updates that are not confirmed.
func (b *Bot) Pending() int {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	return b.queue.pending()
}

// Confirmed returns the lowest id that is not confirmed: the id of the oldest pending update or, if no update is pending,
// the id of the next update. It is 0 before the first update if the first id is random.
func (b *Bot) Confirmed() int64 {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	return b.queue.oldest()
}

// WaitPending waits until at most n updates are not confirmed. A load test uses it to push updates no faster than the
// bot fetches them. Like all methods that wait, it ends with an error when ctx or the server's patience ([WithPatience])
// ends.
func (b *Bot) WaitPending(ctx context.Context, n int) error {
	return b.awaitPatiently(ctx, fmt.Sprintf("at most %d pending updates", n), func() bool { return b.queue.pending() <= n })
}

// WaitConfirmed waits until every update with an id below id is confirmed.
func (b *Bot) WaitConfirmed(ctx context.Context, id int64) error {
	what := fmt.Sprintf("the updates below %d to be confirmed", id)
	return b.awaitPatiently(ctx, what, func() bool { return b.queue.oldest() >= id })
}

// RestartIDs drops all pending updates and gives the next update the id next, which may be lower than the ids before.
// The official server does this when the ids run out or when a bot has received no update for a week.
func (b *Bot) RestartIDs(next int64) {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	b.queue.restart(next)
	if p := b.webhook.push; p != nil { // it holds updates that are dropped now
		b.stopPush()
		b.startPush(p.target.URL)
	}
	b.server.changes.notify()
}

// Polls returns the getUpdates requests so far in the order of their arrival.
func (b *Bot) Polls() []Poll {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	return append([]Poll(nil), b.polls.from(0)...)
}

// Polling returns the number of getUpdates requests that are not answered yet, including those whose 409 is held back.
func (b *Bot) Polling() int {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	return b.poll.inFlight
}

// WaitPolling waits until a getUpdates request waits for updates: the bot has started, and fetched all that was
// pending. [Bot.WaitReady] does the same for a bot that may have a webhook.
func (b *Bot) WaitPolling(ctx context.Context) error {
	return b.awaitPatiently(ctx, "a getUpdates that waits", func() bool { return b.poll.waiting != nil })
}

// WaitNotPolling waits until no getUpdates request is open. The bot has then stopped or does not fetch. Its handlers may
// still run.
func (b *Bot) WaitNotPolling(ctx context.Context) error {
	return b.awaitPatiently(ctx, "the end of getUpdates", func() bool { return b.poll.inFlight == 0 })
}

// WaitPoll waits for a getUpdates request with a sequence number of at least seq and returns the first one.
func (b *Bot) WaitPoll(ctx context.Context, seq int) (Poll, error) {
	var found Poll
	err := b.awaitPatiently(ctx, fmt.Sprintf("getUpdates number %d", seq), func() bool {
		polls := b.polls.from(seq)
		if len(polls) > 0 {
			found = polls[0]
		}
		return len(polls) > 0
	})
	return found, err
}
