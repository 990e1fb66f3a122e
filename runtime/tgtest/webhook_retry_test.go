package tgtest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

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

// TestWebhookSkipsExpiredUpdates sets a webhook when an update has expired already. The update is not delivered.
func TestWebhookSkipsExpiredUpdates(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		h := &hook{}
		srv.DeliverTo(h)
		alice := srv.User("Alice")
		alice.PressData(&tgtest.Message{ID: 5, Chat: alice.Chat}, "x")
		time.Sleep(151 * time.Second)
		setHook(t, srv, anyHook)
		if err := srv.WaitPending(t.Context(), 0); err != nil {
			t.Error(err)
		}
		alice.Send("y")
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Error(err)
		}
		h.want(t, "y")
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
