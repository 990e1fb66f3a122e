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
