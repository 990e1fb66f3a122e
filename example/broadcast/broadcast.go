package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// senders is how many calls are made at once. More would wait for each other: see [telegram.Bulk].
const senders = 3

// A Broadcast sends a text to many chats.
type Broadcast struct {
	API  *gotgbot.Bot
	Text string
	Done *Done // remembers the chats that need nothing more

	sent, refused, unknown, skipped atomic.Int64
}

// Send sends the text to each of the chats that Done does not have. It returns an error if ctx ended, if Done cannot be
// written, or if no further chat can be reached, such as with a wrong token.
func (b *Broadcast) Send(ctx context.Context, chats []int64) error {
	ctx, cancel := context.WithCancelCause(telegram.Bulk(ctx))
	defer cancel(nil)
	next := make(chan int64)
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for chat := range next {
				if err := b.one(ctx, chat); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	for _, chat := range chats {
		if b.Done.Has(chat) {
			b.skipped.Add(1)
			continue
		}
		select {
		case next <- chat:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// one sends the text to one chat and notes that it is done. Its error ends the broadcast.
func (b *Broadcast) one(ctx context.Context, chat int64) error {
	to := chat
	for {
		_, err := b.API.SendMessageWithContext(ctx, to, b.Text, nil)
		flood, waits := errors.AsType[*telegram.FloodError](err)
		migrated, moved := errors.AsType[*telegram.MigratedError](err)
		answer, refused := errors.AsType[*gotgbot.TelegramError](err)
		switch {
		case err == nil:
			b.sent.Add(1)
		case ctx.Err() != nil:
			return ctx.Err() // the chat is not done
		case waits: // for longer than a bot's answers may wait, but a broadcast has time
			select {
			case <-time.After(flood.RetryAfter):
			case <-ctx.Done():
			}
			continue
		case moved:
			to = migrated.To
			continue
		case refused && answer.Code == http.StatusUnauthorized:
			return err
		case refused: // the user blocked the bot, or the chat is gone
			b.refused.Add(1)
		default: // the answer was lost, so the message may have arrived: better not at all than twice
			b.unknown.Add(1)
		}
		return b.Done.Add(chat)
	}
}

// Progress says how far the broadcast is.
func (b *Broadcast) Progress(chats int) string {
	sent, refused, unknown, skipped := b.sent.Load(), b.refused.Load(), b.unknown.Load(), b.skipped.Load()
	return fmt.Sprintf("%d of %d chats: %d sent, %d refused, %d without an answer, %d done before",
		sent+refused+unknown+skipped, chats, sent, refused, unknown, skipped)
}
