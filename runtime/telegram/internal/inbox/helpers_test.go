package inbox

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

const testSecret = "a-Secret_1"

// newInbox makes an open inbox.
func newInbox(change func(*Config)) *Inbox {
	config := Config{
		Secret: testSecret, AnswerWithin: 45 * time.Second, Kinds: wire.Kinds(wire.KindMessage),
		Requests: 160, MaxBody: 1 << 20, Bytes: 32 << 20, ReadTime: 10 * time.Second,
	}
	if change != nil {
		change(&config)
	}
	in := New(config)
	in.Open()
	return in
}

func update(id int) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"hello"}}`, id)
}

// request makes a delivery with the right secret.
func request(ctx context.Context, body io.Reader) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/telegram", body)
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", testSecret)
	return r
}

// deliver begins a delivery, and returns a channel that gets its answer: the status, and the Retry-After if there is one.
func deliver(ctx context.Context, in *Inbox, body string) <-chan string {
	answer := make(chan string, 1)
	go func() {
		w := httptest.NewRecorder()
		in.ServeHTTP(w, request(ctx, strings.NewReader(body)))
		answer <- strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Header().Get("Retry-After")))
	}()
	return answer
}

// take takes n updates.
func take(t *testing.T, in *Inbox, n int) []*Entry {
	t.Helper()
	var taken []*Entry
	for len(taken) < n {
		more, err := in.Take(t.Context(), n-len(taken))
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, more...)
	}
	return taken
}

// comesLater reports whether an answer asks to come again in 1 to 3 seconds.
func comesLater(answer string) bool {
	return answer == "503 1" || answer == "503 2" || answer == "503 3"
}

// A counted reader counts the bytes that are read from it.
type counted struct {
	io.Reader
	n atomic.Int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n.Add(int64(n))
	return n, err
}
