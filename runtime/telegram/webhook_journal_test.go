package telegram_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
)

// With a webhook, a message that was sent before a stop interrupted its handler is not sent again when the update is delivered
// again. The records of an update are deleted when 1,024 later ones are done.
func TestJournal_Webhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const later = 1100
		store := newWatchedStore()
		var runs atomic.Int32
		config := journaled(func(ctx context.Context, ev *telegram.Event) error {
			if _, err := ev.Reply(ctx, fmt.Sprint("sent for ", ev.Update.Message.MessageId), nil); err != nil {
				return err
			}
			if runs.Add(1) == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		config.Source = telegram.SourceWebhook
		bot, _, server := hooked(t, config, telegram.WithStore(store))
		server.DeliverTo(bot.Webhook())
		wait := func() {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			if err := server.WaitPending(ctx, 0); err != nil {
				t.Fatal(err)
			}
		}
		start(t, bot)
		push(t, server, message(1, 1))
		time.Sleep(time.Second)
		stopping, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := bot.Stop(stopping); err == nil {
			t.Error("the handler was not interrupted")
		}
		start(t, bot)
		wait()
		if runs.Load() != 2 || len(texts(server)) != 1 {
			t.Errorf("%d runs, and sent %q", runs.Load(), texts(server))
		}
		if n := len(store.keys()); n != 1 {
			t.Errorf("%d records before the update is forgotten", n)
		}
		for i := range later {
			push(t, server, message(1+i%20, 2+i))
		}
		wait()
		time.Sleep(time.Minute) // until the deletions are made
		if n := len(store.keys()); n != 1024 {
			t.Errorf("%d records after %d updates", n, 1+later)
		}
		stop(t, bot)
	})
}
