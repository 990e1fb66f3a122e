package calls_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/calls"
)

type proxyError struct{ code int }

func (e proxyError) Error() string                { return fmt.Sprint(e.code) }
func (e proxyError) Status() (int, time.Duration) { return e.code, 0 }

type unsentError struct{ unsent bool }

func (unsentError) Error() string   { return "TLS handshake with api.telegram.org:443: EOF" }
func (unsentError) Timeout() bool   { return false }
func (e unsentError) NotSent() bool { return e.unsent }

func marshalError() error {
	_, err := json.Marshal(json.RawMessage("{"))
	return err
}

// TestWhatIsRepeated checks for each kind of failure how often a message and an edit are sent.
func TestWhatIsRepeated(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	read := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	for name, c := range map[string]struct {
		err        error
		send, edit int
	}{
		"dial":                           {fmt.Errorf("sendMessage: %w", dial), 3, 3},
		"TLS handshake":                  {fmt.Errorf("sendMessage: %w", unsentError{true}), 3, 3},
		"TLS certificate":                {&tls.CertificateVerificationError{Err: errors.New("unknown authority")}, 3, 3},
		"TLS alert in the handshake":     {&net.OpError{Op: "remote error", Err: tls.AlertError(40)}, 3, 3},
		"TLS alert later":                {&net.OpError{Op: "remote error", Err: tls.AlertError(20)}, 1, 3},
		"not TLS":                        {tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, 3, 3},
		"handshake timeout":              {errors.New("sendMessage: net/http: TLS handshake timeout"), 3, 3},
		"reset":                          {fmt.Errorf("reading the answer: %w", read), 1, 3},
		"end of the connection":          {fmt.Errorf("sendMessage: %w", io.EOF), 1, 3},
		"half an answer":                 {io.ErrUnexpectedEOF, 1, 3},
		"time-out of the request":        {context.DeadlineExceeded, 1, 3},
		"an error that says it was sent": {unsentError{false}, 1, 3},
		"half of a JSON":                 {json.Unmarshal([]byte(`{"ok":tr`), new(any)), 1, 3},
		"a parameter that is no JSON":    {marshalError(), 1, 1},
		"500":                            {&gotgbot.TelegramError{Code: 500}, 1, 3},
		"502 of a proxy":                 {proxyError{502}, 1, 3},
		"403 of a proxy":                 {proxyError{403}, 1, 1},
		"400":                            {&gotgbot.TelegramError{Code: 400}, 1, 1},
		"an error of a link further in":  {errors.New("not on Sundays"), 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for method, want := range map[string]int{"sendMessage": c.send, "editMessageText": c.edit} {
					server := newFake(func(sent) error { return c.err })
					reported := 0
					client := retry(server, calls.RetryConfig{Report: func(_ context.Context, m string, err error, wait time.Duration) {
						reported++
						if m != method || !errors.Is(err, c.err) || wait < 250*time.Millisecond || wait > time.Second {
							t.Errorf("reported %s, %v, %v", m, err, wait)
						}
					}})
					if err := call(t.Context(), client, method); !errors.Is(err, c.err) {
						t.Errorf("%s: the error is %v", method, err)
					}
					if got := len(server.requests()); got != want || reported != want-1 {
						t.Errorf("%s was sent %d times and reported %d times, want %d", method, got, reported, want)
					}
				}
			})
		})
	}
}

// TestRetriesEnd checks that a call succeeds at its second attempt, that one attempt is one, and that no call is made again
// beyond its deadline or after its end.
func TestRetriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := io.ErrUnexpectedEOF
		server := newFake(times(1, lost))
		if err := call(t.Context(), retry(server, calls.RetryConfig{}), "getMe"); err != nil {
			t.Error(err)
		}
		server = newFake(times(1, lost))
		if err := call(t.Context(), retry(server, calls.RetryConfig{Attempts: 1}), "getMe"); !errors.Is(err, lost) {
			t.Errorf("one attempt: %v", err)
		}
		server = newFake(times(9, lost))
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := call(ctx, retry(server, calls.RetryConfig{}), "getMe"); !errors.Is(err, lost) || time.Since(server.start) != 0 {
			t.Errorf("a deadline before the second attempt: %v after %v", err, time.Since(server.start))
		}
		ctx, cancel = context.WithCancel(t.Context())
		server = newFake(times(9, lost))
		time.AfterFunc(100*time.Millisecond, cancel)
		if err := call(ctx, retry(server, calls.RetryConfig{}), "getMe"); !errors.Is(err, lost) || time.Since(server.start) != 100*time.Millisecond {
			t.Errorf("a cancel during the back-off: %v after %v", err, time.Since(server.start))
		}
		server = newFake(nil)
		if err := call(ctx, retry(server, calls.RetryConfig{}), "getMe"); !errors.Is(err, context.Canceled) || len(server.requests()) != 0 {
			t.Errorf("a context that has ended: %v", err)
		}
	})
}

// TestMigratedError checks that the answer to a call to a group that is a supergroup now names the new chat.
func TestMigratedError(t *testing.T) {
	server := newFake(func(sent) error {
		return &gotgbot.TelegramError{Code: 400, ResponseParams: &gotgbot.ResponseParameters{MigrateToChatId: -100123}}
	})
	err := send(t.Context(), retry(server, calls.RetryConfig{}), int64(-42), "hello")
	e, ok := errors.AsType[*calls.MigratedError](err)
	if !ok || e.To != -100123 || e.Chat != "-42" || err.Error() != "sendMessage: chat -42 has become the supergroup -100123" {
		t.Errorf("the error is %v", err)
	}
	if _, ok := errors.AsType[*gotgbot.TelegramError](err); !ok || len(server.requests()) != 1 {
		t.Errorf("%d requests", len(server.requests()))
	}
}

// TestPanicLeavesTheGate checks that a link that panics does not keep its place at a gate.
func TestPanicLeavesTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refuse := times(1, flood(1))
		server := newFake(func(s sent) error {
			err := refuse(s)
			if s.text == "panic" && err == nil {
				panic("out of tea")
			}
			return err
		})
		client := retry(server, calls.RetryConfig{})
		go func() {
			defer func() { _ = recover() }()
			_ = send(t.Context(), client, int64(1), "panic") // is refused, and panics as the probe
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := send(ctx, client, int64(1), "hello"); err != nil || time.Since(server.start) != time.Second {
			t.Errorf("after %v: %v", time.Since(server.start), err)
		}
	})
}

type onlyReader struct{ io.Reader }

// ownFile is a parameter of the author's that uploads something.
type ownFile struct{}

func (ownFile) Attach(name string, w *multipart.Writer) error {
	part, err := w.CreateFormFile(name, name)
	if err == nil {
		_, err = io.WriteString(part, "tea")
	}
	return err
}

// TestUploads checks that a file is sent again only if its reader can seek.
func TestUploads(t *testing.T) {
	seekable := gotgbot.InputFileByReader("menu.txt", strings.NewReader("tea"))
	stream := gotgbot.InputFileByReader("menu.txt", onlyReader{strings.NewReader("tea")})
	for name, c := range map[string]struct {
		file any
		want int
	}{
		"a file id":                 {gotgbot.InputFileByID("AgAC"), 2},
		"a reader that seeks":       {seekable, 2},
		"a type of the author's":    {ownFile{}, 1},
		"a stream":                  {stream, 1},
		"a medium":                  {gotgbot.InputMediaPhoto{Media: seekable}, 2},
		"a medium from a stream":    {gotgbot.InputMediaPhoto{Media: stream}, 1},
		"an album":                  {gotgbot.InputMedias{gotgbot.InputMediaPhoto{Media: seekable}}, 2},
		"an album with a stream":    {gotgbot.InputMedias{gotgbot.InputMediaPhoto{Media: seekable}, gotgbot.InputMediaVideo{Media: stream}}, 1},
		"a thumbnail from a stream": {&gotgbot.InputMediaVideo{Media: seekable, Thumbnail: stream.(*gotgbot.FileReader)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for _, failure := range []error{flood(1), &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}} {
					server := newFake(times(1, failure))
					client := retry(server, calls.RetryConfig{})
					_, err := client.RequestWithContext(t.Context(), token, "sendDocument", map[string]any{"chat_id": int64(1), "document": c.file}, nil)
					if got := len(server.requests()); got != c.want || (err == nil) != (c.want == 2) {
						t.Errorf("%v: sent %d times, want %d (%v)", failure, got, c.want, err)
					}
				}
			})
		})
	}
}
