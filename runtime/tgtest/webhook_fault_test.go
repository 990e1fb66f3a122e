package tgtest_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// TestDeliveryFaults injects each fault once. The update comes again, and the next one after it.
func TestDeliveryFaults(t *testing.T) {
	slow := func(_ http.ResponseWriter, r *http.Request, _ gotgbot.Update) {
		select {
		case <-time.After(time.Hour):
		case <-r.Context().Done():
		}
	}
	for _, test := range []struct {
		name     string
		fault    tgtest.DeliveryFault
		first    func(http.ResponseWriter, *http.Request, gotgbot.Update) // answers the first request
		received string                                                   // by the handler
		want     string                                                   // the deliveries
		info     string                                                   // last_error_message
	}{
		{"none", tgtest.DeliveryFault{}, nil, "x y",
			"0s 0s message 1000, attempt 1: 200; 0s 0s message 1001, attempt 1: 200", ""},
		{"a handler of an hour", tgtest.DeliveryFault{}, slow, "x x y",
			"0s 1m0s message 1000, attempt 1: Read timeout expired; 1m0s 0s message 1000, attempt 2: 200; 1m0s 0s message 1001, attempt 1: 200",
			"Read timeout expired"},
		{"time-out", tgtest.DeliveryFault{Timeout: 5 * time.Second}, slow, "x x y",
			"0s 5s message 1000, attempt 1: Read timeout expired; 5s 0s message 1000, attempt 2: 200; 5s 0s message 1001, attempt 1: 200",
			"Read timeout expired"},
		{"delay", tgtest.DeliveryFault{Delay: 7 * time.Second}, nil, "x y",
			"7s 0s message 1000, attempt 1: 200; 7s 0s message 1001, attempt 1: 200", ""},
		{"reset", tgtest.DeliveryFault{ResetMidBody: true}, nil, "x y",
			"0s 0s message 1000, attempt 1: Connection reset by peer; 2s 0s message 1000, attempt 2: 200; 2s 0s message 1001, attempt 1: 200",
			"Connection reset by peer"},
		{"close", tgtest.DeliveryFault{CloseBeforeAnswer: true}, nil, "x x y",
			"0s 0s message 1000, attempt 1: Webhook connection closed; 2s 0s message 1000, attempt 2: 200; 2s 0s message 1001, attempt 1: 200", ""},
		{"lost answer", tgtest.DeliveryFault{LoseAnswer: true}, nil, "x x y",
			"0s 0s message 1000, attempt 1: Webhook connection closed; 2s 0s message 1000, attempt 2: 200; 2s 0s message 1001, attempt 1: 200", ""},
		{"duplicate", tgtest.DeliveryFault{Duplicate: true, Times: 2}, nil, "x x x y",
			"0s 0s message 1000, attempt 1: 200; 0s 0s message 1000, attempt 2: 200; 0s 0s message 1000, attempt 3: 200; 0s 0s message 1001, attempt 1: 200", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, func(t *testing.T, srv *tgtest.Server) {
				var later atomic.Bool
				h := &hook{answer: func(w http.ResponseWriter, r *http.Request, u gotgbot.Update) {
					if !later.Swap(true) && test.first != nil {
						test.first(w, r, u)
					}
				}}
				srv.DeliverTo(h)
				setHook(t, srv, anyHook)
				if test.fault != (tgtest.DeliveryFault{}) {
					srv.FailDelivery("message", test.fault)
				}
				start := time.Now()
				srv.PushBatch(text(t, "x"), text(t, "y"))
				if err := srv.WaitReady(t.Context()); err != nil {
					t.Fatal(err)
				}
				h.want(t, strings.Fields(test.received)...)
				var got []string
				for _, d := range srv.Deliveries() {
					got = append(got, fmt.Sprintf("%v %v %v", d.Time.Sub(start), d.Took, d))
				}
				if got := strings.Join(got, "; "); got != test.want {
					t.Errorf("deliveries\n%s\nwant\n%s", got, test.want)
				}
				info := call(t, srv, "getWebhookInfo", ``).body
				if _, message, _ := strings.Cut(info, `"last_error_message":"`); !strings.HasPrefix(message, test.info) || (message == "") != (test.info == "") {
					t.Errorf("getWebhookInfo: %s, want the error %q", info, test.info)
				}
			}, tgtest.WithPatience(time.Hour))
		})
	}
}

// TestDeliveryFaultsApplyInOrder checks kinds, numbers of times and HealDelivery.
func TestDeliveryFaultsApplyInOrder(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		h := &hook{}
		srv.DeliverTo(h)
		setHook(t, srv, anyHook)
		srv.FailDelivery("callback_query", tgtest.DeliveryFault{LoseAnswer: true, Times: -1})
		srv.FailDelivery("message", tgtest.DeliveryFault{Duplicate: true})
		srv.FailDelivery("", tgtest.DeliveryFault{ResetMidBody: true})
		alice := srv.User("Alice")
		alice.Send("a")
		alice.Send("b")
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.want(t, "a", "a", "b") // the duplicate is reset
		alice.PressData(&tgtest.Message{ID: 5, Chat: alice.Chat}, "p")
		time.Sleep(30 * time.Second)
		if n := srv.Pending(); n != 1 {
			t.Errorf("%d updates are pending", n)
		}
		srv.HealDelivery("message")
		time.Sleep(30 * time.Second)
		if n := srv.Pending(); n != 1 {
			t.Errorf("%d updates are pending after another kind was healed", n)
		}
		srv.HealDelivery("callback_query")
		time.Sleep(time.Minute)
		if n := srv.Pending(); n != 0 {
			t.Errorf("%d updates are pending", n)
		}
	})
}

// TestDeliveryFaultsOverTCP injects faults into connections of the network, where a reset is one.
func TestDeliveryFaultsOverTCP(t *testing.T) {
	srv := tgtest.NewServer(t)
	var short []string
	h := &hook{}
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			short = append(short, err.Error())
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		h.ServeHTTP(w, r)
	}))
	setHook(t, srv, `{"url":"`+listener.URL+`"}`)
	srv.PushBatch(text(t, "warm up")) // to a webhook that works, the server opens connections without delay
	if err := srv.WaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	srv.FailDelivery("", tgtest.DeliveryFault{ResetMidBody: true})
	srv.FailDelivery("", tgtest.DeliveryFault{LoseAnswer: true})
	srv.PushBatch(text(t, "x"), text(t, "y"))
	if err := srv.WaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.want(t, "warm up", "x", "x", "y")
	var got []string
	for _, d := range srv.Deliveries()[1:] {
		got = append(got, d.String()[len("message 0000000000, "):])
	}
	srv.Close() // its connections too, so that the listener has none left
	listener.Close()
	if len(got) != 4 || !strings.Contains(got[0], "Connection reset by peer") || !strings.Contains(got[1], "Webhook connection closed") {
		t.Errorf("deliveries %q", got)
	}
	if len(short) > 1 {
		t.Errorf("the handler saw %q", short)
	}
}

// TestWebhooksOverTCP uses TLS with a certificate that the bot uploads, and refuses a host that is not this machine.
func TestWebhooksOverTCP(t *testing.T) {
	srv := tgtest.NewServer(t)
	h := &hook{}
	listener := httptest.NewUnstartedServer(h)
	listener.Config.ErrorLog = log.New(io.Discard, "", 0) // it logs that the server does not trust the certificate
	listener.StartTLS()
	setHook(t, srv, `{"url":"`+listener.URL+`"}`)
	srv.PushBatch(text(t, "x"))
	d, err := srv.WaitDelivery(t.Context(), func(tgtest.Delivery) bool { return true })
	if err != nil || !strings.HasPrefix(d.Error, "SSL error {") {
		t.Errorf("with an unknown certificate: %v, %v", d, err)
	}
	srv = tgtest.NewServer(t)
	bot := newBot(t, srv)
	certificate := "-----BEGIN CERTIFICATE-----\n" + base64Lines(listener.Certificate().Raw) + "-----END CERTIFICATE-----\n"
	if _, err := bot.SetWebhook(listener.URL, &gotgbot.SetWebhookOpts{
		Certificate: gotgbot.InputFileByReader("cert.pem", strings.NewReader(certificate)),
	}); err != nil {
		t.Fatal(err)
	}
	srv.PushBatch(text(t, "x"))
	if err := srv.WaitReady(t.Context()); err != nil {
		t.Error(err)
	}
	h.want(t, "x")
	if info, err := bot.GetWebhookInfo(nil); err != nil || !info.HasCustomCertificate {
		t.Errorf("getWebhookInfo: %+v, %v", info, err)
	}
	srv.Close() // its connections too, so that the listener has none left
	listener.Close()
}

// TestWebhookElsewhere checks that the server sends nothing to other hosts.
func TestWebhookElsewhere(t *testing.T) {
	srv := tgtest.NewServer(t)
	setHook(t, srv, anyHook)
	srv.PushBatch(text(t, "x"))
	d, err := srv.WaitDelivery(t.Context(), func(tgtest.Delivery) bool { return true })
	if err != nil || d.Error != "tgtest delivers only to this machine: see DeliverTo and WithWebhookDial" {
		t.Errorf("%v, %v", d, err)
	}
}

// TestCloseEndsWebhooks closes a server in each state of a delivery. synctest fails the test if a goroutine is left.
func TestCloseEndsWebhooks(t *testing.T) {
	for _, state := range []string{"idle", "in a handler", "delayed", "waiting for a retry", "reading the body", "in the answer"} {
		synctest.Test(t, func(t *testing.T) {
			srv, err := tgtest.Start(tgtest.InMemory())
			if err != nil {
				t.Fatal(err)
			}
			srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch state {
				case "waiting for a retry":
					w.WriteHeader(500)
				case "in a handler":
					<-r.Context().Done()
				case "reading the body":
					r.Body.Read(make([]byte, 1))
					<-r.Context().Done()
				case "in the answer":
					w.Header().Set("Content-Length", "10")
					io.WriteString(w, "x")
					http.NewResponseController(w).Flush()
					<-r.Context().Done()
				}
			}))
			if state == "delayed" {
				srv.FailDelivery("", tgtest.DeliveryFault{Delay: time.Hour})
			}
			setHook(t, srv, anyHook)
			srv.PushBatch(text(t, "x"), encode(t, `{"message":{"message_id":1,"text":"`+strings.Repeat("x", 20_000)+`"}}`))
			time.Sleep(10 * time.Second)
			srv.Close()
			srv.Close()
			before := len(srv.Deliveries())
			time.Sleep(time.Hour)
			if len(srv.Deliveries()) != before {
				t.Errorf("%s: an update was delivered after Close", state)
			}
			srv.DeliverTo(&hook{})
		})
	}
}

// TestWaitsWithAWebhook checks that the methods that wait know of webhooks.
func TestWaitsWithAWebhook(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		alice := srv.User("Alice", tgtest.ID(7))
		srv.DeliverTo(&hook{answer: func(w http.ResponseWriter, r *http.Request, u gotgbot.Update) {
			time.Sleep(5 * time.Second)
			if u.Message.Text == "speak" {
				try(context.Background(), srv, "sendMessage", `{"chat_id":7,"text":"hi"}`)
			}
		}})
		setHook(t, srv, anyHook)
		start := time.Now()
		alice.Send("be silent")
		alice.ExpectNothing()
		if took := time.Since(start); took != 5*time.Second+50*time.Millisecond {
			t.Errorf("ExpectNothing took %v", took)
		}
		alice.Send("speak")
		alice.Expect("hi")
		alice.Send("be silent")
		if err := srv.WaitPending(t.Context(), 0); err != nil || time.Since(start) < 15*time.Second {
			t.Errorf("WaitPending: %v after %v", err, time.Since(start))
		}
		srv.DeliverTo(nil)
		alice.Send("nobody hears it")
		_, err := alice.Wait(t.Context(), nil)
		if err == nil || !strings.Contains(err.Error(), "its webhook is https://bot.example/hook, the last of ") || !strings.Contains(err.Error(), "Connection refused, 1 updates are not confirmed") {
			t.Errorf("Wait: %v", err)
		}
		var b strings.Builder
		alice.WriteTranscript(&b)
		if want := "> be silent\n> speak\n< hi\n> be silent\n> nobody hears it\n"; b.String() != want {
			t.Errorf("the transcript is\n%s", b.String())
		}
	})
}

// TestWebhookOfTwoBots delivers the updates of two bots to two handlers.
func TestWebhookOfTwoBots(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		helper := srv.AddBot("", "Helper", "helper_bot")
		first, second := &hook{}, &hook{}
		srv.DeliverTo(first)
		helper.DeliverTo(second)
		setHook(t, srv, anyHook)
		req, _ := http.NewRequest("POST", srv.URL+"/bot"+helper.Token+"/setWebhook?url=https://bot.example", nil)
		if got := do(srv, req); got.status != 200 {
			t.Fatalf("setWebhook: %s", got.body)
		}
		alice := srv.User("Alice")
		alice.Send("one")
		alice.With(helper).Send("two")
		alice.In(srv.Group("Team")).Send("three")
		if srv.WaitReady(t.Context()) != nil || helper.WaitReady(t.Context()) != nil {
			t.Fatal("the updates were not delivered")
		}
		got := append(first.texts(), second.texts()...)
		slices.Sort(got[:2])
		slices.Sort(got[2:])
		if !slices.Equal(got, []string{"one", "three", "three", "two"}) {
			t.Errorf("received %q and %q", first.texts(), second.texts())
		}
	})
}

// TestWebhookControl controls deliveries from another process.
func TestWebhookControl(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		h := &hook{}
		srv.DeliverTo(h)
		setHook(t, srv, anyHook)
		control(t, srv, "POST /control/delivery-faults", `{"kind":"message","fault":{"LoseAnswer":true,"Times":-1}}`, `200 {}`)
		control(t, srv, "POST /control/delivery-faults", `{"fault":{"Lose":true}}`, `400 ...`)
		control(t, srv, "POST /control/send", `{"user":"Alice","text":"hi"}`, `200 ...`)
		body := control(t, srv, "GET /control/deliveries?from=1&wait=60", "", `200 [{"seq":1,...`)
		if !strings.Contains(body, `"update_id":1000,"kind":"message","attempt":2,"code":0,"error":"Webhook connection closed","confirmed":false,"dropped":false}`) {
			t.Error(body)
		}
		control(t, srv, "DELETE /control/delivery-faults?kind=poll", "", `200 {}`)
		control(t, srv, "GET /control/state?pending=0&wait=3", "", `408 ...`)
		control(t, srv, "DELETE /control/delivery-faults?kind=message", "", `200 {}`)
		control(t, srv, "GET /control/state?pending=0&wait=30", "", `200 {"pending":0,"confirmed":1001,"next_update_id":1001,"queued":1,"dropped":0,"polling":0,"waiting":false,"polls":0,"calls":1,"conflicts":0,"webhook":"https://bot.example/hook","deliveries":4}`)
		h.want(t, "hi", "hi", "hi", "hi")
	}, tgtest.WithControl())
}
