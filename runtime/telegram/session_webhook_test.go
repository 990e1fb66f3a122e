package telegram_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
)

// TestSession_Webhook checks that an update with a lower id than the last one is handled, since a webhook delivers the messages of a
// chat and the presses of a user in no common order, and that an update that comes again to another process is not.
func TestSession_Webhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := session.NewMemory(session.MemoryConfig{})
		var handled []int64
		deliver := func(ids ...int64) {
			t.Helper()
			signups := dispatch.NewSession(signupConfig())
			bot, p, _ := hooked(t, telegram.Config{
				Delivery: telegram.AtLeastOnce, Constraints: chatOrder, Sessions: []telegram.Session{signups},
				Dispatch: func(ctx context.Context, ev *telegram.Event) error {
					if _, err := signups.At(ctx, ev); err != nil {
						return err
					}
					handled = append(handled, ev.Header.ID)
					return signups.Set(ev, signup{State: signupName})
				},
			}, telegram.WithStore(store))
			start(t, bot)
			for _, id := range ids {
				if status, _ := p.try(pushed{id: id, body: press(id, 7, 7, 1)}); status != 200 {
					t.Errorf("update %d: status %d", id, status)
				}
			}
			time.Sleep(time.Second)
			if err := bot.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		}
		deliver(10, 9)
		deliver(10, 9, 8, 11)
		if want := []int64{10, 9, 8, 11}; !slices.Equal(handled, want) {
			t.Errorf("handled %v, want %v", handled, want)
		}
	})
}
