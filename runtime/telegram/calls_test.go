package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/calls"
	"github.com/tggen/tggen/runtime/tgtest"
)

const secret = "123456789:AAsecret-of-the-bot"

// unused is a Dispatch for bots that only call.
func unused(context.Context, *telegram.Event) error { return nil }

// caller makes a bot that only calls.
func caller(t testing.TB, url string, config telegram.Config, opts ...telegram.Option) *gotgbot.Bot {
	t.Helper()
	config.Dispatch = unused
	bot, err := telegram.New(config, append([]telegram.Option{telegram.WithToken(secret), telegram.WithAPIURL(url)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bot.Stop(context.Background()) })
	return bot.API()
}

func wantNoToken(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(fmt.Sprintf("%v %+v", e, e), "AAsecret") {
			t.Errorf("the error shows the token: %v", e)
		}
	}
}

// TestAcceptedThenReset checks what happens if the server takes a call and then the connection breaks: a message is not sent
// again, an edit is.
func TestAcceptedThenReset(t *testing.T) {
	for method, want := range map[string]int32{"sendMessage": 1, "editMessageText": 3} {
		var taken atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			taken.Add(1)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}))
		api := caller(t, server.URL, telegram.Config{})
		_, err := api.RequestWithContext(t.Context(), method, map[string]any{"chat_id": 1, "text": "hello"}, nil)
		if err == nil || taken.Load() != want {
			t.Errorf("%s was sent %d times, want %d (%v)", method, taken.Load(), want, err)
		}
		wantNoToken(t, err)
		server.Close()
	}
}

// TestNothingListens checks that a message is sent as soon as the server accepts connections.
func TestNothingListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close() // another process is unlikely to take the port within the second
	var tries atomic.Int32
	dialer := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		tries.Add(1)
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	api := caller(t, "http://"+listener.Addr().String(), telegram.Config{}, telegram.WithHTTPClient(&http.Client{Transport: dialer}))
	_, err = api.SendMessageWithContext(t.Context(), 1, "hello", nil)
	if err == nil || tries.Load() != 3 {
		t.Errorf("%d tries, want 3 (%v)", tries.Load(), err)
	}
	wantNoToken(t, err)
}

// TestHandshakeFails checks that a failed TLS handshake counts as not sent.
func TestHandshakeFails(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	var conns atomic.Int32
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			conns.Add(1)
		}
	}
	server.Config.ErrorLog = nil
	server.StartTLS()
	defer server.Close()
	api := caller(t, server.URL, telegram.Config{}) // does not know the certificate
	_, err := api.SendMessageWithContext(t.Context(), 1, "hello", nil)
	if err == nil || conns.Load() != 3 {
		t.Errorf("%d connections, want 3 (%v)", conns.Load(), err)
	}
	wantNoToken(t, err)
}

// TestAnswersOfAProxy checks that a proxy's answers without JSON are understood: a 502 is retried for an edit, a 429 is waited
// for.
func TestAnswersOfAProxy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		bot, err := telegram.New(telegram.Config{Dispatch: unused},
			telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithHTTPClient(server.Client()))
		if err != nil {
			t.Fatal(err)
		}
		server.Fail("setMyName", tgtest.Fault{Status: 502, Body: "<html>Bad Gateway</html>", Times: 2})
		if _, err := bot.API().SetMyNameWithContext(t.Context(), nil); err != nil {
			t.Error(err)
		}
		start := time.Now()
		server.Fail("sendDice", tgtest.Fault{Status: 429, Body: "<html>Slow down</html>"})
		alice := server.User("Alice")
		alice.Send("hello")
		if _, err := bot.API().SendDiceWithContext(t.Context(), alice.ID, nil); err != nil || time.Since(start) != time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// TestG7_StopEndsWaitsOfCalls checks that a stop ends the waits of calls at gates at once, that the updates of their handlers
// are unfinished and not confirmed, and that a flood in their chats does not delay the handler of another chat.
func TestG7_StopEndsWaitsOfCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const waiters = 90
		server := tgtest.NewServer(t, tgtest.InMemory())
		var mu sync.Mutex
		ended := map[time.Duration]int{}
		var start time.Time
		var delay atomic.Int64
		bot, err := telegram.New(telegram.Config{
			Constraints: chatOrder,
			Delivery:    telegram.AtLeastOnce,
			Dispatch: func(ctx context.Context, ev *telegram.Event) error {
				arrived := time.Now()
				_, err := ev.Reply(ctx, "hello", nil)
				if err == nil {
					delay.Store(int64(time.Since(arrived)))
					return nil
				}
				if !errors.Is(err, telegram.ErrStopped) {
					t.Error(err)
				}
				mu.Lock()
				ended[time.Since(start)]++
				mu.Unlock()
				return err
			},
			OnError: func(context.Context, *telegram.Event, error) {},
		}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithHTTPClient(server.Client()))
		if err != nil {
			t.Fatal(err)
		}
		if err := bot.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 15, Times: 1})
		push(t, server, message(1, 1))
		if err := server.WaitCount(t.Context(), "sendMessage", 1); err != nil { // or a poll could bring both at once
			t.Fatal(err)
		}
		push(t, server, message(2, 1)) // another chat is answered at once
		time.Sleep(time.Second)
		if delay.Load() != 0 {
			t.Errorf("the other chat waited %v", time.Duration(delay.Load()))
		}
		if n := len(server.SentBy("sendMessage")); n != 2 {
			t.Errorf("%d messages were tried, want 2", n)
		}
		server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 15, Times: -1})
		for chat := range waiters {
			push(t, server, message(100+chat, 1))
		}
		time.Sleep(time.Second)
		start = time.Now()
		err = bot.Stop(t.Context())
		unfinished, ok := errors.AsType[*runtime.UnfinishedError](err)
		if !ok || unfinished.Retrying != waiters+1 || unfinished.Running != 0 {
			t.Errorf("Stop returned %v", err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the stop took %v", took)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(ended) != 1 || ended[0] != waiters+1 {
			t.Errorf("the handlers ended at %v, want %d at 0s", ended, waiters+1)
		}
		if n := server.Pending(); n != waiters+2 { // the one that was answered is behind the first that was not
			t.Errorf("%d updates are not confirmed, want %d", n, waiters+2)
		}
	})
}

// TestLinksKnowServerAndToken checks that a call goes to the bot's server with its token, whatever the links do and in
// whatever order they are.
func TestLinksKnowServerAndToken(t *testing.T) {
	server := tgtest.NewServer(t)
	var seen []string
	note := func(name string) func(gotgbot.BotClient) gotgbot.BotClient {
		return func(next gotgbot.BotClient) gotgbot.BotClient {
			return calls.Wrap(next, func(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
				if token != server.Token || next.GetAPIURL(opts) != server.URL {
					t.Errorf("%s sees the server %s", name, next.GetAPIURL(opts))
				}
				seen = append(seen, name)
				return next.RequestWithContext(ctx, token, method, params, opts)
			})
		}
	}
	own := func(gotgbot.BotClient) gotgbot.BotClient { return &gotgbot.BaseBotClient{} }
	for _, links := range [][]func(gotgbot.BotClient) gotgbot.BotClient{
		{note("first"), note("second")}, {note("first"), note("second"), own}, {own},
	} {
		seen = nil
		bot := newBot(t, server, telegram.Config{Dispatch: unused}, telegram.WithCalls(links[0]), telegram.WithCalls(links[1:]...))
		if _, err := bot.API().GetMeWithContext(t.Context(), nil); err != nil {
			t.Error(err)
		}
		if len(links) > 1 && fmt.Sprint(seen) != "[first second]" {
			t.Errorf("the links saw the call in the order %v", seen)
		}
		if got, want := bot.API().FileURL(server.Token, "a.txt", nil), server.URL+"/file/bot"+server.Token+"/a.txt"; got != want {
			t.Error("the URL of a file is wrong")
		}
	}
}

type callObserver struct {
	telegram.NopObserver
	mu     sync.Mutex
	events []string
}

func (o *callObserver) note(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.events = append(o.events, fmt.Sprintf(format, args...))
}

func (o *callObserver) Called(method string, took time.Duration, err error) {
	o.note("%s took %v: %v", method, took, err)
}

func (o *callObserver) CallRetried(method string, err error, wait time.Duration) {
	o.note("%s in %v: %v", method, wait, err)
}

// TestObserverSeesCalls checks that an observer is told of each call once, with its waits, and of each further attempt.
func TestObserverSeesCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		observer := new(callObserver)
		bot, err := telegram.New(telegram.Config{Dispatch: unused}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL),
			telegram.WithHTTPClient(server.Client()), telegram.WithObserver(observer))
		if err != nil {
			t.Fatal(err)
		}
		server.Fail("getMe", tgtest.Fault{Code: 429, RetryAfter: 3})
		if _, err := bot.API().GetMeWithContext(t.Context(), nil); err != nil {
			t.Error(err)
		}
		want := []string{"getMe in 3s: unable to getMe: Too Many Requests: retry after 3", "getMe took 3s: <nil>"}
		if fmt.Sprint(observer.events) != fmt.Sprint(want) {
			t.Errorf("the observer saw %q", observer.events)
		}
	})
}

type brokenTransport struct{ requests atomic.Int32 }

func (b *brokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	b.requests.Add(1)
	if r.Body != nil {
		r.Body.Close()
	}
	return nil, errors.New("net/http: HTTP/1.x transport connection broken")
}

// TestErrorsOfTransports checks that an error of a transport counts as a lost answer even if it has no type that tells.
func TestErrorsOfTransports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for method, want := range map[string]int32{"sendMessage": 1, "editMessageText": 3} {
			broken := new(brokenTransport)
			api := caller(t, "http://127.0.0.1:1", telegram.Config{}, telegram.WithHTTPClient(&http.Client{Transport: broken}))
			_, err := api.RequestWithContext(t.Context(), method, map[string]any{"chat_id": 1}, nil)
			if err == nil || broken.requests.Load() != want {
				t.Errorf("%s was sent %d times, want %d (%v)", method, broken.requests.Load(), want, err)
			}
			wantNoToken(t, err)
		}
	})
}

// TestCallsConfig checks that the settings reach the chain.
func TestCallsConfig(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		for _, c := range []struct {
			config telegram.CallsConfig
			waits  bool
		}{{telegram.CallsConfig{}, true}, {telegram.CallsConfig{Attempts: 1}, false}, {telegram.CallsConfig{MaxWait: 2 * time.Second}, false}} {
			bot, err := telegram.New(telegram.Config{Dispatch: unused, Calls: c.config},
				telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithHTTPClient(server.Client()))
			if err != nil {
				t.Fatal(err)
			}
			server.Fail("getMe", tgtest.Fault{Code: 429, RetryAfter: 3})
			_, err = bot.API().GetMeWithContext(t.Context(), nil)
			if _, flood := errors.AsType[*telegram.FloodError](err); flood == c.waits {
				t.Errorf("%+v: %v", c.config, err)
			}
		}
		_, err := telegram.New(telegram.Config{Dispatch: unused, Calls: telegram.CallsConfig{Attempts: -1}}, telegram.WithToken(secret))
		if err == nil || !strings.Contains(err.Error(), "-1 attempts") {
			t.Errorf("a negative number of attempts: %v", err)
		}
	})
}
