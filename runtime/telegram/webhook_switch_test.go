package telegram_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
)

// An updateServer is a Bot API server that has getUpdates and webhooks, for tests with a fake clock. It is the transport of
// the bot.
type updateServer struct {
	t *testing.T

	mu      sync.Mutex
	pending []pushed
	chats   map[int64]string // the queues of the pending updates
	webhook map[string]any   // the parameters of setWebhook; nil if none is set
	handler http.Handler     // of the bot that runs
	pusher  *pusher          // nil if no webhook is set
	end     context.CancelFunc
}

func (s *updateServer) push(queue string, id int64, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, pushed{id, body})
	s.chats[id] = queue
	if s.pusher != nil {
		s.pusher.push(queue, id, body)
	}
}

// confirm forgets the updates for which done returns true.
func (s *updateServer) confirm(done func(id int64) bool) {
	var kept []pushed
	for _, u := range s.pending {
		if !done(u.id) {
			kept = append(kept, u)
		}
	}
	s.pending = kept
}

// ServeHTTP passes a delivery to the bot that runs.
func (s *updateServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	handler := s.handler
	s.mu.Unlock()
	handler.ServeHTTP(w, r)
}

func (s *updateServer) setWebhook(params map[string]any) {
	s.deleteWebhook()
	p := newPusher(s.t, "http://bot/telegram", params["secret_token"].(string), 40)
	p.client = &http.Client{Transport: toHandler{s}}
	p.ctx, s.end = context.WithCancel(s.t.Context())
	p.confirmed = func(id int64) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.confirm(func(other int64) bool { return other == id })
	}
	for _, u := range s.pending {
		p.push(s.chats[u.id], u.id, u.body)
	}
	s.webhook, s.pusher = params, p
}

func (s *updateServer) deleteWebhook() {
	if s.pusher == nil {
		return
	}
	s.end()
	p := s.pusher
	s.mu.Unlock()
	p.wait() // so that no delivery of this webhook is confirmed later
	s.mu.Lock()
	s.webhook, s.pusher = nil, nil
}

func (s *updateServer) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	params := map[string]any{}
	if len(body) > 0 {
		if err := json.Unmarshal(body, &params); err != nil {
			return nil, err
		}
	}
	method := path.Base(r.URL.Path)
	status, answer := 200, `{"ok":true,"result":true}`
	s.mu.Lock()
	switch method {
	case "getMe":
		answer = `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"B","username":"b"}}`
	case "getWebhookInfo":
		url, _ := s.webhook["url"].(string)
		connections, _ := s.webhook["max_connections"].(float64)
		answer = fmt.Sprintf(`{"ok":true,"result":{"url":%q,"max_connections":%d}}`, url, int(connections))
	case "setWebhook":
		s.setWebhook(params)
	case "deleteWebhook":
		s.deleteWebhook()
	case "getUpdates":
		status, answer = s.getUpdates(params)
	default:
		s.t.Errorf("the bot calls %s", method)
	}
	s.mu.Unlock()
	if method == "getUpdates" && strings.HasSuffix(answer, "[]}") {
		select {
		case <-time.After(50 * time.Millisecond): // a poll that the server holds for a short time
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(answer)), ContentLength: int64(len(answer)), Request: r}, nil
}

func (s *updateServer) getUpdates(params map[string]any) (status int, answer string) {
	if s.pusher != nil {
		return 409, `{"ok":false,"error_code":409,"description":"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}`
	}
	offset, _ := params["offset"].(float64)
	limit, _ := params["limit"].(float64)
	s.confirm(func(id int64) bool { return id < int64(offset) })
	var bodies []string
	for _, u := range s.pending[:min(len(s.pending), int(limit))] {
		bodies = append(bodies, u.body)
	}
	return 200, `{"ok":true,"result":[` + strings.Join(bodies, ",") + `]}`
}

// TestG8_WebhookSwitch restarts a bot again and again, with a webhook or with polling as the environment says, while updates
// keep coming. None is lost, and each is handled once, because every stop has the time to finish what runs.
func TestG8_WebhookSwitch(t *testing.T) {
	for _, delivery := range []telegram.Delivery{telegram.AtMostOnce, telegram.AtLeastOnce} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprint(delivery, seed), func(t *testing.T) {
				address := []string{"none", "https://bot.example.com"}
				synctestWithEnv(t, func(t *testing.T, setenv func(string)) { testSwitch(t, delivery, seed, address, setenv) })
			})
		}
	}
}

// synctestWithEnv runs a test with a fake clock that sets BOT_WEBHOOK_URL, which a test in a bubble cannot do itself.
func synctestWithEnv(t *testing.T, f func(t *testing.T, setenv func(string))) {
	setenv := func(value string) { t.Setenv("BOT_WEBHOOK_URL", value) }
	synctest.Test(t, func(bubble *testing.T) { f(bubble, setenv) })
}

func testSwitch(t *testing.T, delivery telegram.Delivery, seed uint64, address []string, setenv func(string)) {
	random := rand.New(rand.NewPCG(seed, 1))
	server := &updateServer{t: t, chats: map[int64]string{}}
	var mu sync.Mutex
	times, last := map[int64]int{}, map[int64]int64{}
	config := telegram.Config{
		Delivery: delivery, Constraints: chatOrder, AllowedUpdates: []string{"message"}, Webhook: telegram.WebhookSettings{Listen: telegram.ListenNone},
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			time.Sleep(time.Duration(ev.Header.ID%5) * 10 * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			if times[ev.Header.ID]++; times[ev.Header.ID] == 1 {
				if m := ev.Update.Message.MessageId; m != last[ev.Header.Chat]+1 {
					t.Errorf("chat %d: message %d after %d", ev.Header.Chat, m, last[ev.Header.Chat])
				}
				last[ev.Header.Chat]++
			}
			return nil
		},
	}
	quit, fed := make(chan struct{}), make(chan int64)
	go func() {
		const chats = 7
		for n := 0; ; n++ {
			id := int64(n + 1)
			select {
			case <-quit:
				fed <- int64(n)
				return
			case <-time.After(20 * time.Millisecond):
			}
			chat := 1 + n%chats
			server.push(fmt.Sprint("chat ", chat), id, delivered(id, chat, 1+n/chats))
		}
	}()
	var all int64
	for round := range 12 {
		setenv(address[round%2])
		bot, err := telegram.New(config, telegram.WithToken("1:A"), telegram.WithAPIURL("http://api"),
			telegram.WithHTTPClient(&http.Client{Transport: server}), telegram.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			t.Fatal(err)
		}
		server.mu.Lock()
		server.handler = bot.Webhook()
		server.mu.Unlock()
		start(t, bot)
		time.Sleep(time.Duration(random.Int64N(int64(3 * time.Second))))
		if round == 11 {
			close(quit)
			all = <-fed
			time.Sleep(3 * time.Minute) // until all are delivered
		}
		stop(t, bot)
		synctest.Wait() // until the server has the last answers; it would deliver again what an answer on its way confirms
	}
	for id := int64(1); id <= all; id++ {
		if times[id] != 1 {
			t.Errorf("update %d of %d was handled %d times", id, all, times[id])
		}
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if len(server.pending) != 0 {
		t.Errorf("%d updates are not confirmed", len(server.pending))
	}
	server.deleteWebhook()
}
