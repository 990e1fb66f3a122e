package tgtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

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
		start := time.Now()
		call(t, srv, "deleteWebhook", ``)
		if <-ended; time.Since(start) != 0 {
			t.Errorf("deleteWebhook cuts off what is under way after %v", time.Since(start))
		}
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
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		first.want(t, "x")
		srv.DeliverTo(second)
		synctest.Wait()
		srv.PushBatch(text(t, "y"))
		time.Sleep(time.Minute)
		first.want(t, "x")
		second.want(t, "y")
		all := srv.Deliveries()
		if last := all[len(all)-1]; last.Attempt != 1 || last.Code != 200 { // the server has noticed that the connection is closed
			t.Errorf("after the restart: %v", last)
		}
		srv.RestartIDs(7)
		srv.PushBatch(text(t, "z"))
		time.Sleep(time.Minute)
		second.want(t, "y", "z")
	}, tgtest.WithPatience(time.Hour))
}
