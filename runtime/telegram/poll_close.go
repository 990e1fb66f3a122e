package telegram

import (
	"context"
	"fmt"
	"time"
)

const (
	// closeTime bounds the confirmation on Close, and closeTries how often it is tried.
	closeTime  = 10 * time.Second
	closeTries = 3

	// sameOffsetHold is how long after a request the server holds another one with the same offset.
	sameOffsetHold = 3 * time.Second
)

// Close confirms to Telegram exactly what is done: every update below the lowest unfinished one. It makes no request
// when there is nothing to confirm, and else tries up to three times, for 10 s at most, until ctx ends. What is not
// confirmed comes again, to this process or the next.
//
// A later Fetch opens the poller again. It hands out what was fetched before and not done.
func (p *Poller) Close(ctx context.Context) error {
	target := p.window.next
	if lowest := p.window.lowest(); lowest != nil {
		target = lowest.id
	}
	var err error
	if p.window.countFrom(target) < len(p.window.marks) {
		err = p.confirm(ctx, target)
	}
	p.window.giveUp(func(m *mark) { p.seen.forget(m.id, m.sum) })
	p.failed, p.idle = failures{}, 0
	if p.own != nil {
		p.own.CloseIdleConnections()
	}
	return err
}

// confirm tells the server to forget the updates below the offset. What it answers with stays unconfirmed.
func (p *Poller) confirm(ctx context.Context, offset int64) error {
	ctx, cancel := context.WithTimeout(ctx, closeTime)
	defer cancel()
	var failed failures
	for {
		err := p.confirmOnce(ctx, offset)
		if err == nil {
			return nil
		}
		wait, final := failed.next(err, p.config.Retry, ConflictFail, 0)
		if final != nil {
			err = final
		} else if end, _ := ctx.Deadline(); failed.tries < closeTries && time.Until(end) > wait && p.sleep(ctx, wait, nil) == nil {
			continue
		}
		return fmt.Errorf("confirming the updates below %d: %w", offset, err)
	}
}

func (p *Poller) confirmOnce(ctx context.Context, offset int64) error {
	if p.sent == offset && time.Since(p.sentAt) < sameOffsetHold {
		// A poll with this offset was under way, and may have been lost. The server would hold another one for 3 s,
		// unless a different one comes between: this one confirms one update less.
		if _, err := p.request(ctx, offset-1, 1, 0); err != nil {
			return err
		}
	}
	_, err := p.request(ctx, offset, 1, 0)
	return err
}
