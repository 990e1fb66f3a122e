package bottest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// TestFullDisk fills the disk of a bot with a server in its process. The bot says that it is not ready. When there is room again, it is
// started again, because a server does not write to a file any more after that has failed. Nothing is lost or reordered.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	server := tgtest.NewServer(t, tgtest.WithPatience(time.Minute))
	c := child{Token: server.Token, API: server.URL, Dir: filepath.Join(dir, "data")}
	var mu sync.Mutex
	last, repeats := make(map[int64]int64), 0
	config := telegram.Config{
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			mu.Lock()
			defer mu.Unlock()
			switch seq := ev.Update.Message.MessageId; {
			case seq <= last[ev.Header.Chat]:
				repeats++
			case seq != last[ev.Header.Chat]+1:
				t.Errorf("chat %d: message %d came after %d", ev.Header.Chat, seq, last[ev.Header.Chat])
			default:
				last[ev.Header.Chat] = seq
			}
			return nil
		},
	}
	var bot *telegram.Bot
	start := func() (stop func() error) {
		t.Helper()
		connection, err := jetstream.Open(t.Context(), jetstream.Config{Dir: c.Dir})
		if err != nil {
			t.Fatal(err)
		}
		if bot, err = c.bot(connection, config); err == nil {
			err = bot.Start(t.Context())
		}
		if err != nil {
			connection.Close()
			t.Fatal(err)
		}
		return sync.OnceValue(func() error {
			defer connection.Close()
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			return bot.Stop(ctx)
		})
	}
	stop := start()
	defer func() { _ = stop() }()
	eventually := func(what string, f func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !f(); time.Sleep(20 * time.Millisecond) { // nothing tells that
			if time.Now().After(end) {
				t.Fatalf("not within a minute: %s", what)
			}
		}
	}
	handled := func(seq int64) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			for chat := int64(1); chat <= chats; chat++ {
				if last[chat] < seq {
					return false
				}
			}
			return true
		}
	}
	send := func(from, to int) {
		for seq := from; seq <= to; seq++ {
			for chat := 1; chat <= chats; chat++ {
				push(t, server, chat, seq)
			}
		}
	}
	probe := func() (code int, body string) {
		answer := httptest.NewRecorder()
		bot.Health().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/readyz", http.NoBody))
		return answer.Code, answer.Body.String()
	}
	send(1, 5)
	eventually("the first messages are handled", handled(5))
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	send(6, 20)
	eventually("the bot is not ready", func() bool { code, _ := probe(); return code == http.StatusServiceUnavailable })
	_, why := probe()
	t.Logf("%s", why)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	_ = stop() // it may say that the queue does not work
	stop = start()
	eventually("all messages are handled", handled(20))
	eventually("the bot is ready", func() bool { code, _ := probe(); return code == http.StatusOK })
	t.Logf("%d repeats", repeats)
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// fill writes a file until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}
