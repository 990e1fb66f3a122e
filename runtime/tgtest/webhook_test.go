package tgtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/PaulSonOfLars/gotgbot/v2/ext"

	"github.com/tggen/tggen/runtime/tgtest"
)

// hook is a webhook that keeps what it receives. Its zero value answers 200.
type hook struct {
	answer func(w http.ResponseWriter, r *http.Request, u gotgbot.Update)

	mu       sync.Mutex
	received []gotgbot.Update
	running  map[int64]int // by chat
	overlap  bool          // two updates of a chat were under way
	most     int           // updates under way at the same time
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var u gotgbot.Update
	if err := json.NewDecoder(r.Body).Decode(&u); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	io.Copy(io.Discard, r.Body)
	chat := int64(0)
	if u.Message != nil {
		chat = u.Message.Chat.Id
	}
	h.mu.Lock()
	if h.running == nil {
		h.running = make(map[int64]int)
	}
	h.received = append(h.received, u)
	h.running[chat]++
	h.overlap = h.overlap || chat != 0 && h.running[chat] > 1
	total := 0
	for _, n := range h.running {
		total += n
	}
	h.most = max(h.most, total)
	h.mu.Unlock()
	if h.answer != nil {
		h.answer(w, r, u)
	}
	h.mu.Lock()
	h.running[chat]--
	h.mu.Unlock()
}

// texts returns the texts that the hook has received.
func (h *hook) texts() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var texts []string
	for _, u := range h.received {
		switch {
		case u.Message != nil:
			texts = append(texts, u.Message.Text)
		case u.CallbackQuery != nil:
			texts = append(texts, "press "+u.CallbackQuery.Data)
		case u.InlineQuery != nil:
			texts = append(texts, "ask "+u.InlineQuery.Query)
		}
	}
	return texts
}

// want fails the test unless the hook has received exactly these texts.
func (h *hook) want(t *testing.T, texts ...string) {
	t.Helper()
	if got := h.texts(); !slices.Equal(got, texts) {
		t.Errorf("received %q, want %q", got, texts)
	}
}

// setHook sets the webhook.
func setHook(t testing.TB, srv *tgtest.Server, params string) {
	t.Helper()
	if got := call(t, srv, "setWebhook", params); got.status != 200 {
		t.Fatalf("setWebhook: %s", got.body)
	}
}

const anyHook = `{"url":"https://bot.example/hook"}`

// answerWith answers with a status.
func answerWith(status int) func(http.ResponseWriter, *http.Request, gotgbot.Update) {
	return func(w http.ResponseWriter, _ *http.Request, _ gotgbot.Update) { w.WriteHeader(status) }
}

// TestWebhookRequest looks at the bytes of a request.
func TestWebhookRequest(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		requests := make(chan string, 1)
		srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			requests <- fmt.Sprintf("%s %s %s\nHost: %s\n%v\n%s", r.Method, r.RequestURI, r.Proto, r.Host, r.Header, body)
		}))
		setHook(t, srv, `{"url":"https://user:word@bot.example:8443/hook?x=1#top","secret_token":"se-cret_1"}`)
		srv.PushBatch(text(t, "häß/"))
		want := "POST /hook?x=1 HTTP/1.1\nHost: bot.example:8443\n" +
			"map[Accept-Encoding:[gzip, deflate] Authorization:[Basic dXNlcjp3b3Jk] Connection:[keep-alive] Content-Length:[177] Content-Type:[application/json] X-Telegram-Bot-Api-Secret-Token:[se-cret_1]]\n" +
			"{\"update_id\":1000,\n\"message\":{\"message_id\":1,\"from\":{\"id\":7,\"is_bot\":false,\"first_name\":\"A\"},\"chat\":{\"id\":7,\"first_name\":\"A\",\"type\":\"private\"},\"date\":1,\"text\":\"h\\u00e4\\u00df/\"}}"
		if got := <-requests; got != want {
			t.Errorf("the request is\n%s\nwant\n%s", got, want)
		}
	})
}

// TestWebhookQueues sends updates of two users while nothing is answered: one update of each chat and one query of each user are
// under way.
func TestWebhookQueues(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		free := make(chan struct{})
		blocked := false
		h := &hook{answer: func(w http.ResponseWriter, r *http.Request, u gotgbot.Update) {
			if blocked {
				<-free
			}
		}}
		srv.DeliverTo(h)
		setHook(t, srv, anyHook)
		alice, bob := srv.User("Alice"), srv.User("Bob")
		team := srv.Supergroup("Team")
		alice.Send("warm up") // the server opens more than one connection only to a webhook that has confirmed something
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		blocked = true
		menu := alice.Send("a1")
		alice.Send("a2")
		bob.Send("b1")
		alice.In(team).Send("t1")
		bob.In(team).Send("t2")
		alice.PressData(menu, "p1")
		alice.PressData(menu, "p2")
		bob.PressData(menu, "p3")
		alice.Ask("q1")
		alice.Ask("q2")
		synctest.Wait()
		got := h.texts()[1:]
		slices.Sort(got)
		want := []string{"a1", "ask q1", "b1", "press p1", "press p3", "t1"}
		if !slices.Equal(got, want) {
			t.Errorf("under way are %q, want %q", got, want)
		}
		if n := srv.Delivering(); n != 6 || srv.State().Delivering != 6 {
			t.Errorf("Delivering is %d", n)
		}
		close(free)
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		got = h.texts()[7:]
		slices.Sort(got)
		if want := []string{"a2", "ask q2", "press p2", "t2"}; !slices.Equal(got, want) {
			t.Errorf("then come %q, want %q", got, want)
		}
		if srv.Pending() != 0 || h.overlap {
			t.Errorf("%d updates are pending; overlap %v", srv.Pending(), h.overlap)
		}
	})
}

// TestWebhookOrder sends many messages to a webhook that fails at random. Each one arrives, in the order of its chat.
func TestWebhookOrder(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		const chats, each = 20, 15
		var mu sync.Mutex
		n := 0
		done := make(map[int64][]string)
		h := &hook{}
		h.answer = func(w http.ResponseWriter, r *http.Request, u gotgbot.Update) {
			time.Sleep(time.Duration(u.UpdateId%7) * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			if n++; n%5 == 0 {
				w.WriteHeader(500 + n%3)
				return
			}
			done[u.Message.Chat.Id] = append(done[u.Message.Chat.Id], u.Message.Text)
		}
		srv.DeliverTo(h)
		setHook(t, srv, `{"url":"https://bot.example/hook","max_connections":7}`)
		var users []*tgtest.User
		for i := range chats {
			users = append(users, srv.User(fmt.Sprint("User", i)))
		}
		var want []string
		for i := range each {
			want = append(want, fmt.Sprint(i))
			for _, user := range users {
				user.Send(fmt.Sprint(i))
			}
		}
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		for chat, texts := range done {
			if !slices.Equal(texts, want) {
				t.Errorf("chat %d: %q", chat, texts)
			}
		}
		if len(done) != chats || h.overlap || h.most > 7 || h.most < 5 {
			t.Errorf("%d chats, overlap %v, at most %d at once", len(done), h.overlap, h.most)
		}
	}, tgtest.WithPatience(time.Hour))
}

// TestWebhookRetries checks when an update is delivered again, and what getWebhookInfo says.
func TestWebhookRetries(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		answers := []func(w http.ResponseWriter){
			func(w http.ResponseWriter) { w.WriteHeader(500) },
			func(w http.ResponseWriter) { w.WriteHeader(302) },
			func(w http.ResponseWriter) { w.Header().Set("Retry-After", "100"); w.WriteHeader(503) },
			func(w http.ResponseWriter) { w.WriteHeader(404) },
			func(w http.ResponseWriter) { w.WriteHeader(202) },
		}
		h := &hook{answer: func(w http.ResponseWriter, r *http.Request, u gotgbot.Update) {
			answers[0](w)
			answers = answers[1:]
		}}
		srv.DeliverTo(h)
		setHook(t, srv, anyHook)
		srv.PushBatch(text(t, "x"), text(t, "y"))
		start := time.Now()
		time.Sleep(101 * time.Second)
		want := fmt.Sprintf(`{"ok":true,"result":{"url":"https://bot.example/hook","has_custom_certificate":false,"pending_update_count":2,`+
			`"last_error_date":%d,"last_error_message":"Wrong response from the webhook: 503 Service Unavailable","max_connections":40,"ip_address":"<unknown>"}}`, start.Unix()+2)
		if got := call(t, srv, "getWebhookInfo", ``); got.body != want {
			t.Errorf("getWebhookInfo: %s, want %s", got.body, want)
		}
		answers = append(answers, func(http.ResponseWriter) {})
		last, err := srv.WaitDelivery(t.Context(), func(d tgtest.Delivery) bool { return d.UpdateID == 1001 })
		if err != nil || !last.Confirmed || last.Attempt != 1 || last.Code != 200 {
			t.Errorf("the second update: %v, %v", last, err)
		}
		var got []string
		for _, d := range srv.Deliveries()[:5] {
			got = append(got, fmt.Sprintf("%v: %v", d.Time.Sub(start), d))
		}
		wants := []string{
			"0s: message 1000, attempt 1: Wrong response from the webhook: 500 Internal Server Error",
			"0s: message 1000, attempt 2: Wrong response from the webhook: 302 Found",
			"2s: message 1000, attempt 3: Wrong response from the webhook: 503 Service Unavailable",
			"1m42s: message 1000, attempt 4: Wrong response from the webhook: 404 Not Found",
			"1m46s: message 1000, attempt 5: 202",
		}
		if !slices.Equal(got, wants) {
			t.Errorf("deliveries\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(wants, "\n"))
		}
	})
}

// TestWebhookExpiry lets a callback query fail until it expires, and then the next one gets its turn.
func TestWebhookExpiry(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		srv.DeliverTo(&hook{answer: answerWith(500)})
		setHook(t, srv, anyHook)
		alice := srv.User("Alice")
		menu := &tgtest.Message{ID: 5, Chat: alice.Chat}
		start := time.Now()
		alice.PressData(menu, "x")
		d, err := srv.WaitDelivery(t.Context(), func(d tgtest.Delivery) bool { return d.Attempt == 7 })
		if err == nil {
			t.Fatalf("the patience of 10 s did not end the wait: %v", d)
		}
		time.Sleep(time.Hour)
		all := srv.Deliveries()
		last := all[len(all)-1]
		if !last.Dropped || last.Confirmed || last.Time.Sub(start) > 150*time.Second || last.Time.Sub(start) < 30*time.Second || srv.Pending() != 0 {
			t.Errorf("after %d deliveries: %v after %v, %d pending", len(all), last, last.Time.Sub(start), srv.Pending())
		}
	})
}

// TestWebhookGone answers 410 to everything. The webhook is removed after 23 h.
func TestWebhookGone(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		srv.DeliverTo(&hook{answer: answerWith(410)})
		setHook(t, srv, anyHook)
		srv.PushBatch(text(t, "x"))
		time.Sleep(23*time.Hour - time.Minute)
		if srv.State().Webhook == "" {
			t.Fatal("the webhook is removed too early")
		}
		time.Sleep(4 * time.Minute)
		if got := call(t, srv, "getUpdates", `{}`); got.status != 200 || len(got.updates) != 1 {
			t.Errorf("a poll after 23 h: %s", got.body)
		}
		if got := call(t, srv, "getWebhookInfo", ``); strings.Contains(got.body, "last_error") {
			t.Errorf("getWebhookInfo: %s", got.body)
		}
	})
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		n := 0
		srv.DeliverTo(&hook{answer: func(w http.ResponseWriter, _ *http.Request, _ gotgbot.Update) {
			if n++; n == 100 {
				w.WriteHeader(500)
			} else {
				w.WriteHeader(410)
			}
		}})
		setHook(t, srv, anyHook)
		srv.PushBatch(text(t, "x"))
		time.Sleep(23*time.Hour + 10*time.Minute)
		if srv.State().Webhook == "" {
			t.Error("the webhook is removed although it answered something else than 410")
		}
	})
}

// TestWebhookAndPolling changes between a webhook and polling. No update is lost, and what was under way comes again.
func TestWebhookAndPolling(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ended := make(chan bool, 1)
		h := &hook{answer: func(w http.ResponseWriter, r *http.Request, u gotgbot.Update) {
			if u.Message.Text == "stuck" {
				<-r.Context().Done()
				ended <- true
			}
		}}
		srv.DeliverTo(h)
		pushMany(t, srv, 2)
		setHook(t, srv, anyHook)
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		srv.PushBatch(text(t, "stuck"), text(t, "later"))
		synctest.Wait()
		if got := call(t, srv, "getUpdates", `{}`); got.status != 409 {
			t.Errorf("a poll with a webhook: %s", got.body)
		}
		call(t, srv, "deleteWebhook", ``)
		<-ended
		if got := call(t, srv, "getUpdates", `{}`); !slices.Equal(got.updates, []int64{1002, 1003}) {
			t.Errorf("a poll after deleteWebhook: %s", got.body)
		}
		srv.DeliverTo(&hook{})
		time.Sleep(time.Second)
		setHook(t, srv, `{"url":"https://bot.example/other"}`)
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.want(t, "x", "x", "stuck")
		if len(srv.Deliveries()) != 4 || srv.Confirmed() != 1004 {
			t.Errorf("deliveries %v, confirmed below %d", srv.Deliveries(), srv.Confirmed())
		}
		srv.DeliverTo(&hook{answer: answerWith(500)})
		pushMany(t, srv, 3)
		time.Sleep(time.Minute)
		call(t, srv, "deleteWebhook", `{"drop_pending_updates":true}`)
		if srv.Pending() != 0 {
			t.Errorf("%d updates are pending", srv.Pending())
		}
	})
}

// TestWebhookRestart replaces the handler, as if the bot was restarted.
func TestWebhookRestart(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		srv.DeliverTo(nil)
		setHook(t, srv, anyHook)
		srv.PushBatch(text(t, "x"))
		time.Sleep(time.Minute)
		if got := call(t, srv, "getWebhookInfo", ``); !strings.Contains(got.body, `"last_error_message":"Connection refused"`) {
			t.Errorf("getWebhookInfo: %s", got.body)
		}
		first, second := &hook{}, &hook{}
		srv.DeliverTo(first)
		time.Sleep(2 * time.Minute)
		first.want(t, "x")
		srv.DeliverTo(second)
		srv.PushBatch(text(t, "y"))
		time.Sleep(time.Minute)
		first.want(t, "x")
		second.want(t, "y")
		srv.RestartIDs(7)
		srv.PushBatch(text(t, "z"))
		time.Sleep(time.Minute)
		second.want(t, "y", "z")
	})
}

// TestWebhookAnswersWithACall runs the method in an answer.
func TestWebhookAnswersWithACall(t *testing.T) {
	for _, test := range []struct{ contentType, body, want string }{
		{"application/json", `{"method":"sendMessage","chat_id":7,"text":"hi"}`, "[sendMessage to 7 \"hi\"]"},
		{"application/x-www-form-urlencoded", `method=SENDMESSAGE&chat_id=7&text=hi`, "[sendMessage to 7 \"hi\"]"},
		{"application/json", `{"method":"sendMessage","chat_id":8,"text":"hi"}`, "[sendMessage to 8 \"hi\": 400 Bad Request: chat not found]"},
		{"application/json", `{"method":"getMe"}`, "[]"},
		{"application/json", `{"method":"deleteWebhook"}`, "[]"},
		{"application/json", `{"method":"no such"}`, "[]"},
		{"application/json", `{"method":`, "[]"},
		{"text/plain", `{"method":"sendMessage","chat_id":7,"text":"hi"}`, "[]"},
	} {
		inMemory(t, func(t *testing.T, srv *tgtest.Server) {
			srv.DeliverTo(&hook{answer: func(w http.ResponseWriter, r *http.Request, u gotgbot.Update) {
				w.Header().Set("Content-Type", test.contentType)
				io.WriteString(w, test.body)
			}})
			setHook(t, srv, anyHook)
			alice := srv.User("Alice", tgtest.ID(7))
			alice.Send("hello")
			if err := srv.WaitReady(t.Context()); err != nil {
				t.Fatal(err)
			}
			calls := srv.Sent()[1:]
			if got := fmt.Sprint(calls); got != test.want || len(calls) > 0 && !calls[0].InAnswer {
				t.Errorf("%s: calls %s, want %s", test.body, got, test.want)
			}
			if strings.Contains(test.want, `7 "hi"]`) {
				alice.Expect("hi")
			}
		})
	}
}

// TestWebhookConversation runs a conversation with a bot that gotgbot serves over HTTP on a port.
func TestWebhookConversation(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	dispatcher := ext.NewDispatcher(nil)
	dispatcher.AddHandler(repeat{})
	updater := ext.NewUpdater(dispatcher, nil)
	if err := updater.AddWebhook(bot, "hook", &ext.AddWebhookOpts{SecretToken: "secret"}); err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(updater.GetHandlerFunc("/"))
	defer listener.Close()
	if ok, err := bot.SetWebhook(listener.URL+"/hook", &gotgbot.SetWebhookOpts{SecretToken: "secret"}); err != nil || !ok {
		t.Fatal(ok, err)
	}
	alice, bob := srv.User("Alice"), srv.User("Bob")
	for i := range 20 {
		alice.Send(fmt.Sprint("a", i))
		bob.Send(fmt.Sprint("b", i))
	}
	for range 20 {
		alice.ExpectNext()
		bob.ExpectNext()
	}
	alice.ExpectNothing()
	if err := srv.WaitConfirmed(t.Context(), srv.State().NextUpdateID); err != nil {
		t.Error(err)
	}
	if info, err := bot.GetWebhookInfo(nil); err != nil || info.PendingUpdateCount != 0 || info.IpAddress != "127.0.0.1" || info.LastErrorMessage != "" {
		t.Errorf("getWebhookInfo: %+v, %v", info, err)
	}
	if n := len(srv.Deliveries()); n != 40 {
		t.Errorf("%d deliveries", n)
	}
}

// repeat is a handler of gotgbot that repeats what a user says.
type repeat struct{}

func (repeat) CheckUpdate(_ *gotgbot.Bot, ctx *ext.Context) bool { return ctx.Message != nil }
func (repeat) Name() string                                      { return "repeat" }
func (repeat) HandleUpdate(b *gotgbot.Bot, ctx *ext.Context) error {
	_, err := b.SendMessage(ctx.Message.Chat.Id, ctx.Message.Text, nil)
	return err
}
