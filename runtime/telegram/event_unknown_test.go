package telegram

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestUnknownVariantIsLoggedOnce checks that an update with a variant that is not known is handled, and that the log says so
// once for each variant. The number of variants that a bot remembers has a limit.
func TestUnknownVariantIsLoggedOnce(t *testing.T) {
	var log strings.Builder
	var handled []string
	bot, err := New(Config{Dispatch: func(_ context.Context, ev *Event) error {
		handled = append(handled, ev.Update.Message.Text)
		return nil
	}}, WithToken("123456789:AA"), WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	handle := func(id int, origin string) {
		t.Helper()
		u, err := NewEnvelope(fmt.Appendf(nil,
			`{"update_id":%d,"message":{"chat":{"id":7},"text":"t%d","reply_to_message":{"forward_origin":{"type":%q}}}}`, id, id, origin))
		if err != nil {
			t.Fatal(err)
		}
		if err := bot.handle(t.Context(), u); err != nil {
			t.Errorf("update %d: %v", id, err)
		}
	}
	handle(1, "story")
	handle(2, "story")
	handle(3, "hologram")
	handle(4, "hidden_user")
	if got := strings.Join(handled, " "); got != "t1 t2 t3 t4" {
		t.Errorf("handled were %s", got)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("the log is\n%s", &log)
	}
	for i, want := range []string{"left out\" chat=7 update=1 kind=message type=MessageOrigin variant=story", "left out\" chat=7 update=3 kind=message type=MessageOrigin variant=hologram"} {
		if !strings.Contains(lines[i], "level=WARN") || !strings.Contains(lines[i], want) {
			t.Errorf("line %d is %s, want %s", i, lines[i], want)
		}
	}
	for i := range 2 * maxUnknownVariants {
		handle(10+i, fmt.Sprint("new", i))
	}
	if n := len(bot.unknown.seen); n != maxUnknownVariants {
		t.Errorf("the bot remembers %d variants", n)
	}
}
