package telegram_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A bot with a webhook handles what package tgtest delivers, over several stops and starts, in order and each once, although
// answers are lost and updates come twice.
func TestG8_WebhookOfTgtest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory(), tgtest.WithPatience(time.Hour))
		var mu sync.Mutex
		times, last := map[int64]int{}, map[int64]int64{}
		bot := newBot(t, server, telegram.Config{
			Source: telegram.SourceWebhook, Delivery: telegram.AtLeastOnce, Constraints: chatOrder,
			Webhook: telegram.WebhookSettings{URL: "http://bot.example.com", Listen: telegram.ListenNone},
			Dispatch: func(_ context.Context, ev *telegram.Event) error {
				time.Sleep(rand.N(20 * time.Millisecond))
				mu.Lock()
				defer mu.Unlock()
				times[ev.Header.ID]++
				if m := ev.Update.Message.MessageId; m != last[ev.Header.Chat]+1 {
					t.Errorf("chat %d: message %d after %d", ev.Header.Chat, m, last[ev.Header.Chat])
				}
				last[ev.Header.Chat]++
				return nil
			},
		}, telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.DiscardHandler)))
		server.DeliverTo(bot.Webhook())
		const chats = 7
		pushed := 0
		for range 5 {
			start(t, bot)
			server.FailDelivery("message", tgtest.DeliveryFault{LoseAnswer: true, Times: 3})
			server.FailDelivery("message", tgtest.DeliveryFault{Duplicate: true, Times: 3})
			for range 200 {
				push(t, server, message(1+pushed%chats, 1+pushed/chats))
				pushed++
				time.Sleep(rand.N(5 * time.Millisecond))
			}
			stop(t, bot)
		}
		start(t, bot)
		if err := server.WaitPending(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		stop(t, bot)
		if len(times) != pushed {
			t.Errorf("%d of %d updates were handled", len(times), pushed)
		}
		for id, n := range times {
			if n != 1 {
				t.Errorf("update %d was handled %d times", id, n)
			}
		}
		if n := bot.Stats().Webhook.Duplicates; n == 0 {
			t.Error("no update came twice")
		}
	})
}
