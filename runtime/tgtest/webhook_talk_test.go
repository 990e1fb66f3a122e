package tgtest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/PaulSonOfLars/gotgbot/v2/ext"

	"github.com/tggen/tggen/runtime/tgtest"
)

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
