//go:build linux

package bench

import (
	"sync"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/telegram"
)

// TestContenders checks what the benchmarks rely on. Both bots handle every update that they are granted, once and decoded,
// and this project's bot keeps the order of each chat.
func TestContenders(t *testing.T) {
	const n = corpusSize + 50 // so that the corpus begins again
	var mu sync.Mutex
	handled := make(map[int64]int)
	note := func(u *gotgbot.Update) {
		mu.Lock()
		defer mu.Unlock()
		handled[u.UpdateId]++
		if got := *u; got == (gotgbot.Update{UpdateId: u.UpdateId}) {
			t.Errorf("update %d is not decoded", u.UpdateId)
		}
	}
	verify := func(who string) {
		t.Helper()
		if len(handled) != n {
			t.Errorf("%s handled %d updates of %d", who, len(handled), n)
		}
		for id, times := range handled {
			if times != 1 || id < firstID || id >= firstID+n {
				t.Errorf("%s handled update %d %d times", who, id, times)
			}
		}
		clear(handled)
	}

	last := make(map[int64]int64) // by chat
	ours := startBot(theServer(), func(c *contender, ev *telegram.Event) {
		note(ev.Update)
		mu.Lock()
		if chat := ev.Header.Chat; chat != 0 {
			if last[chat] > ev.Header.ID {
				t.Errorf("chat %d: update %d before %d", chat, last[chat], ev.Header.ID)
			}
			last[chat] = ev.Header.ID
		}
		mu.Unlock()
		c.handled()
	}, nil)
	ours.run(n)
	ours.stop()
	verify("tggen")

	theirs := startGotgbot(theServer(), func(c *contender, _ *gotgbot.Bot, u *gotgbot.Update) {
		note(u)
		c.handled()
	}, 0)
	theirs.run(n)
	theirs.stop()
	verify("gotgbot")
}
