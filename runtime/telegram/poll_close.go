package telegram

import (
	"context"
	"fmt"
	"time"
)

const (
	// closeTime bounds the time of the confirmation on Close, and closeTries the number of its tries.
	closeTime  = 10 * time.Second
	closeTries = 3

	// sameOffsetHold is how long the server holds a request that repeats the offset of the request before.
	sameOffsetHold = 3 * time.Second
)

// Close confirms to Telegram exactly the updates that are done: those below the lowest unfinished one. It makes no
// request if there is nothing to confirm. Otherwise it tries up to three times, for at most 10 s, until ctx ends. The
// server sends again what is not confirmed, to this process or to the next one.
//
// A later Fetch opens the poller again. It hands out again the updates that were not done.
func (p *Poller) Close(ctx context.Context) error {
	target := p.window.next
	if lowest := p.window.lowest(); lowest != nil {
		target = lowest.id
	}
	var err error
	if p.window.countFrom(target) < len(p.window.marks) {
		if err = p.confirm(ctx, target); err == nil {
			p.forget(p.window.before(target))
		}
	}
	p.window.giveUp(func(m *mark) { p.seen.forget(m.id, m.sum) })
	p.retry.reset()
	p.dropped = false
	p.idle = 0
	if p.own != nil {
		p.own.CloseIdleConnections()
	}
	return err
}

// confirm makes the server forget the updates below the offset. The updates in its answer stay unconfirmed.
func (p *Poller) confirm(ctx context.Context, offset int64) error {
	ctx, cancel := context.WithTimeout(ctx, closeTime)
	defer cancel()
	deadline, _ := ctx.Deadline()
	retry := retrier{policy: p.config.Retry, onConflict: ConflictFail, maxTries: closeTries, deadline: deadline}
	if err := retry.do(ctx, func() error { return p.confirmOnce(ctx, offset) }); err != nil {
		return fmt.Errorf("confirming the updates below %d: %w", offset, err)
	}
	return nil
}

func (p *Poller) confirmOnce(ctx context.Context, offset int64) error {
	if p.sent == offset && time.Since(p.sentAt) < sameOffsetHold {
		// A poll with this offset was interrupted, and nobody knows whether it reached the server. If it did, the server
		// would hold a second request with this offset for 3 s. A request with another offset in between prevents that;
		// this one confirms one update less.
		if _, err := p.request(ctx, offset-1, 1, 0); err != nil {
			return err
		}
	}
	_, err := p.request(ctx, offset, 1, 0)
	return err
}
