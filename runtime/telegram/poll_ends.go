package telegram

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

// requestOrTakeOver calls getUpdates. If a webhook is set, and the source is SourcePolling, it deletes the webhook and calls
// getUpdates again. It does so once: if another process sets the webhook again and again, the retry policy says how
// often the two take it from each other.
func (p *Poller) requestOrTakeOver(ctx context.Context, offset int64, limit int, timeout time.Duration) ([]wire.RawUpdate, error) {
	updates, err := p.request(ctx, offset, limit, timeout)
	if p.config.Source != SourcePolling {
		return updates, err
	}
	if api, ok := errors.AsType[*APIError](err); !ok || !api.webhook() {
		return updates, err
	}
	if err := p.deleteWebhook(ctx); err != nil {
		return nil, err
	}
	return p.request(ctx, offset, limit, timeout)
}

func (p *Poller) deleteWebhook(ctx context.Context) error {
	client := Client{apiURL: p.config.APIURL, authors: p.client, timeout: pollGrace}
	if _, err := client.RequestWithContext(ctx, p.config.Token, "deleteWebhook", nil, nil); err != nil {
		return fmt.Errorf("deleting the webhook: %w", asAPIError("deleteWebhook", err))
	}
	p.config.Logger.WarnContext(ctx, "a webhook was set and is deleted, because the bot polls")
	return nil
}

// dropPending makes the next poll confirm every update that is pending now. The server answers a request with the offset
// -1 with the newest update, and forgets those before. Updates that arrive later are not dropped.
func (p *Poller) dropPending(ctx context.Context) error {
	newest, err := p.requestOrTakeOver(ctx, -1, 1, 0)
	if err != nil {
		return err
	}
	p.window = window{}
	if n := len(newest); n > 0 {
		p.window.passed(newest[n-1].ID)
		p.config.Logger.InfoContext(ctx, "dropped the updates that were pending", "up_to", newest[n-1].ID)
	}
	return nil
}

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
