package tgtest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

// inMemory runs a test in a bubble, against a server that it can reach from there. Time costs nothing in it, so
// these tests check when an answer comes, to the millisecond.
func inMemory(t *testing.T, test func(t *testing.T, srv *tgtest.Server), opts ...tgtest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		opts := append([]tgtest.Option{tgtest.InMemory(), tgtest.WithFirstUpdateID(1000)}, opts...)
		test(t, tgtest.NewServer(t, opts...))
	})
}

// pushMany queues n messages.
func pushMany(t testing.TB, srv *tgtest.Server, n int) {
	t.Helper()
	if _, queued := srv.PushBatch(slices.Repeat([]tgtest.Body{text(t, "x")}, n)...); queued != n {
		t.Fatalf("queued %d of %d", queued, n)
	}
}

func TestGetUpdatesOffsetAndLimit(t *testing.T) {
	for _, test := range []struct {
		name      string
		params    string // with 1000..1149 queued
		want      []int64
		confirmed int64
	}{
		{"nothing given", `{}`, ids(1000, 100), 1000},
		{"limit", `{"limit":3}`, ids(1000, 3), 1000},
		{"limit 0 is 1", `{"limit":0}`, ids(1000, 1), 1000},
		{"limit below 1 is 1", `{"limit":-5}`, ids(1000, 1), 1000},
		{"limit over 100 is 100", `{"limit":1000}`, ids(1000, 100), 1000},
		{"limit as a string", `{"limit":"7"}`, ids(1000, 7), 1000},
		{"limit that is empty is absent", `{"limit":""}`, ids(1000, 100), 1000},
		{"offset that is no number is 0", `{"offset":"soon","limit":2}`, ids(1000, 2), 1000},
		{"offset 0 confirms nothing", `{"offset":0,"limit":2}`, ids(1000, 2), 1000},
		{"offset of the oldest", `{"offset":1000,"limit":2}`, ids(1000, 2), 1000},
		{"offset confirms all below", `{"offset":1010,"limit":2}`, ids(1010, 2), 1010},
		{"offset of the next confirms all", `{"offset":1150}`, nil, 1150},
		{"offset 10 past the next confirms all", `{"offset":1160}`, nil, 1150},
		{"offset too far ahead confirms nothing", `{"offset":1161,"limit":2}`, ids(1000, 2), 1000},
		{"offset far ahead confirms nothing", `{"offset":2000000000,"limit":2}`, ids(1000, 2), 1000},
		{"offset a little before the oldest", `{"offset":1,"limit":2}`, ids(1000, 2), 1000},
		{"-1 keeps the last", `{"offset":-1}`, ids(1149, 1), 1149},
		{"-3 keeps the last three", `{"offset":-3,"limit":2}`, ids(1147, 2), 1147},
		{"more than there are keeps all", `{"offset":-1000,"limit":2}`, ids(1000, 2), 1000},
		{"the most negative offset keeps all", `{"offset":-2147483648,"limit":2}`, ids(1000, 2), 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, func(t *testing.T, srv *tgtest.Server) {
				pushMany(t, srv, 150)
				time.Sleep(time.Hour) // past the rules about the same offset again
				got := call(t, srv, "getUpdates", test.params)
				if !slices.Equal(got.updates, test.want) {
					t.Errorf("got %v, want %v", got.updates, test.want)
				}
				if n := srv.Confirmed(); n != test.confirmed {
					t.Errorf("confirmed up to %d, want %d", n, test.confirmed)
				}
				if got.took != 0 {
					t.Errorf("answered after %v", got.took)
				}
			})
		})
	}
}

func TestGetUpdatesOffsetFarBehindConfirmsNothing(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		pushMany(t, srv, 3)
		srv.RestartIDs(200_001)
		pushMany(t, srv, 2)
		if got := call(t, srv, "getUpdates", `{"offset":100000}`); !slices.Equal(got.updates, ids(200_001, 2)) {
			t.Errorf("got %v", got.updates)
		}
	})
}

func TestGetUpdatesTimeout(t *testing.T) {
	for _, test := range []struct {
		timeout string
		want    time.Duration
	}{
		{`0`, 0}, {`10`, 10 * time.Second}, {`50`, 50 * time.Second}, {`51`, 50 * time.Second}, {`1000000`, 50 * time.Second},
		{`-1`, 0}, {`"20"`, 20 * time.Second}, {`"never"`, 0}, {`null`, 0}, {`2.9`, 2 * time.Second},
	} {
		inMemory(t, func(t *testing.T, srv *tgtest.Server) {
			got := call(t, srv, "getUpdates", `{"offset":5,"timeout":`+test.timeout+`}`)
			if got.took != test.want || got.body != `{"ok":true,"result":[]}` {
				t.Errorf("timeout %s: %s after %v, want after %v", test.timeout, got.body, got.took, test.want)
			}
		})
	}
}

func TestGetUpdatesSameOffsetAgain(t *testing.T) {
	for _, test := range []struct {
		name   string
		after  time.Duration // of the second request
		params string
		queue  bool
		took   time.Duration
		count  int
	}{
		{"within 0.5 s: the limit is 1", 499 * time.Millisecond, `{"offset":1000}`, true, 0, 1},
		{"after 0.5 s: the limit stays", 500 * time.Millisecond, `{"offset":1000}`, true, 0, 5},
		{"within 3 s: the timeout is 3", 2999 * time.Millisecond, `{"offset":1000}`, false, 3 * time.Second, 0},
		{"within 3 s: a timeout of 2 is 3", time.Second, `{"offset":1000,"timeout":2}`, false, 3 * time.Second, 0},
		{"within 3 s: a timeout of 4 stays", time.Second, `{"offset":1000,"timeout":4}`, false, 4 * time.Second, 0},
		{"after 3 s: the timeout stays", 3 * time.Second, `{"offset":1000}`, false, 0, 0},
		{"another offset: nothing changes", time.Millisecond, `{"offset":1001}`, false, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, func(t *testing.T, srv *tgtest.Server) {
				call(t, srv, "getUpdates", `{"offset":1000}`)
				time.Sleep(test.after)
				if test.queue {
					pushMany(t, srv, 5)
				}
				got := call(t, srv, "getUpdates", test.params)
				if got.took != test.took || len(got.updates) != test.count {
					t.Errorf("%d updates after %v, want %d after %v", len(got.updates), got.took, test.count, test.took)
				}
			})
		})
	}
}

// An update ends the wait a millisecond after the newest one, and two milliseconds after the first at the latest.
func TestGetUpdatesWaitsForMoreUpdates(t *testing.T) {
	ms, us := time.Millisecond, time.Microsecond
	for _, test := range []struct {
		name  string
		delay time.Duration
		at    []time.Duration // of the updates
		took  time.Duration
		count int
	}{
		{"one", ms, []time.Duration{7 * time.Second}, 7*time.Second + ms, 1},
		{"two close together", ms, []time.Duration{time.Second, 500 * us}, time.Second + 1500*us, 2},
		{"many", ms, []time.Duration{time.Second, 900 * us, 900 * us, 900 * us}, time.Second + 2*ms, 3},
		{"at the very end", ms, []time.Duration{30*time.Second - 300*us}, 30 * time.Second, 1},
		{"no delay", 0, []time.Duration{time.Second, 1}, time.Second, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, func(t *testing.T, srv *tgtest.Server) {
				body := text(t, "x")
				done := make(chan struct{})
				go func() {
					defer close(done)
					for _, d := range test.at {
						time.Sleep(d)
						srv.PushBatch(body)
					}
				}()
				got := call(t, srv, "getUpdates", `{"timeout":30}`)
				if got.took != test.took || len(got.updates) != test.count {
					t.Errorf("%d updates after %v, want %d after %v", len(got.updates), got.took, test.count, test.took)
				}
				<-done
			}, tgtest.WithAnswerDelay(test.delay))
		})
	}
}

func TestGetUpdatesStopsAtFourMegabytes(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		size := 300 << 10
		big := text(t, strings.Repeat("y", size))
		srv.PushBatch(slices.Repeat([]tgtest.Body{big}, 30)...)
		got := call(t, srv, "getUpdates", `{}`)
		if want := 4 << 20 / size; len(got.updates) != want {
			t.Errorf("%d updates in %d bytes, want %d", len(got.updates), len(got.body), want)
		}
		got = call(t, srv, "getUpdates", `{"offset":1013}`)
		if want := ids(1013, 13); !slices.Equal(got.updates, want) {
			t.Errorf("then %v, want %v: none may be lost", got.updates, want)
		}
	})
}

func TestUpdatesThatAreDropped(t *testing.T) {
	srv := tgtest.NewServer(t)
	if id := srv.Push(text(t, strings.Repeat("y", 512<<10))); id != 0 {
		t.Errorf("an update of more than 512 KiB got the id %d", id)
	}
	if id := srv.Push(`{"chat_member":{}}`); id != 0 {
		t.Errorf("a kind that the bot did not ask for got the id %d", id)
	}
	body := text(t, "x")
	if _, queued := srv.PushBatch(slices.Repeat([]tgtest.Body{body}, 100_001)...); queued != 100_000 {
		t.Errorf("queued %d", queued)
	}
	if id := srv.Push(body); id != 0 {
		t.Errorf("the 100,001st update got the id %d", id)
	}
	call(t, srv, "getUpdates", fmt.Sprintf(`{"offset":%d}`, srv.Confirmed()+1))
	if srv.Push(body) == 0 || srv.Push(body) != 0 {
		t.Error("confirming one makes room for one")
	}
	if s := srv.State(); s.Dropped != 5 || s.Pending != 100_000 || s.Queued != 100_001 {
		t.Errorf("state %+v", s)
	}
}

func TestUpdatesExpire(t *testing.T) {
	for kind, keep := range map[string]time.Duration{
		"message": 24 * time.Hour, "my_chat_member": 24 * time.Hour, "inline_query": 30 * time.Second,
		"callback_query": 150 * time.Second, "shipping_query": 150 * time.Second, "pre_checkout_query": 150 * time.Second,
		"chosen_inline_result": 600 * time.Second,
	} {
		inMemory(t, func(t *testing.T, srv *tgtest.Server) {
			srv.Push(`{"` + kind + `":{"id":"1"}}`)
			time.Sleep(keep)
			if got := call(t, srv, "getUpdates", `{}`); len(got.updates) != 1 {
				t.Errorf("%s: gone within %v", kind, keep)
			}
			time.Sleep(time.Second)
			if got := call(t, srv, "getUpdates", `{"offset":1}`); len(got.updates) != 0 {
				t.Errorf("%s: still there after %v", kind, keep)
			}
		})
	}
}

// The first id is random, the rest count on, and ids start again before they leave 31 bits.
func TestUpdateIDs(t *testing.T) {
	srv := tgtest.NewServer(t)
	if id := srv.Confirmed(); id != 0 {
		t.Errorf("%d is known before the first update", id)
	}
	first := srv.Push(text(t, "x"))
	if first < 2_000_001 || first > 1_000_000_000 {
		t.Errorf("the first id is %d", first)
	}
	if next := srv.Push(text(t, "x")); next != first+1 {
		t.Errorf("%d follows %d", next, first)
	}
	srv.RestartIDs(1_999_999_998)
	if id := srv.Push(text(t, "x")); id != 1_999_999_998 {
		t.Errorf("the id is %d", id)
	}
	if id := srv.Push(text(t, "x")); id >= 1_000_000_001 || srv.Pending() != 1 {
		t.Errorf("after the ids ran out: id %d, %d pending", id, srv.Pending())
	}
}

func TestSecondPollEndsTheFirst(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ctx := context.Background()
		first := make(chan answer, 1)
		go func() { first <- try(ctx, srv, "getUpdates", `{"timeout":50}`) }()
		srv.WaitPolling(ctx)
		time.Sleep(10 * time.Second)
		second := make(chan answer, 1)
		go func() { second <- try(ctx, srv, "getUpdates", `{"timeout":50}`) }()
		got := <-first
		if got.status != 409 || got.took != 10*time.Second {
			t.Errorf("the first poll: %d after %v", got.status, got.took)
		}
		const conflict = `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; ` +
			`make sure that only one bot instance is running"}`
		if got.body != conflict {
			t.Errorf("it says %s", got.body)
		}
		time.Sleep(time.Second)
		// A third within 3 s of that 409: the second's is held back.
		third := make(chan answer, 1)
		go func() { third <- try(ctx, srv, "getUpdates", `{"timeout":50}`) }()
		got = <-second
		if got.status != 409 || got.took != time.Second+3*time.Second {
			t.Errorf("the second poll: %d after %v", got.status, got.took)
		}
		// One that needs not wait ends nobody.
		pushMany(t, srv, 1)
		if got = <-third; got.status != 200 || len(got.updates) != 1 {
			t.Errorf("the third poll: %+v", got)
		}
		if n := srv.State().Conflicts; n != 2 {
			t.Errorf("%d conflicts", n)
		}
	})
}

func TestPollThatNeedNotWaitEndsNobody(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ctx := context.Background()
		waiting := make(chan answer, 1)
		go func() { waiting <- try(ctx, srv, "getUpdates", `{"offset":-1,"timeout":20}`) }()
		srv.WaitPolling(ctx)
		if got := call(t, srv, "getUpdates", `{"offset":3}`); got.status != 200 {
			t.Errorf("a poll without a timeout: %d", got.status)
		}
		if got := <-waiting; got.status != 200 || got.took != 20*time.Second {
			t.Errorf("the waiting poll: %d after %v", got.status, got.took)
		}
	})
}

func TestWebhookExcludesPolling(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ctx := context.Background()
		waiting := make(chan answer, 1)
		go func() { waiting <- try(ctx, srv, "getUpdates", `{"timeout":50}`) }()
		srv.WaitPolling(ctx)
		if got := call(t, srv, "setWebhook", `{"url":"https://example.org/hook"}`); got.body != `{"ok":true,"result":true,"description":"Webhook was set"}` {
			t.Errorf("setWebhook: %s", got.body)
		}
		if got := <-waiting; got.status != 409 || !strings.Contains(got.body, "Conflict: terminated by setWebhook request") {
			t.Errorf("the waiting poll: %s", got.body)
		}
		got := call(t, srv, "getUpdates", `{}`)
		if got.status != 409 || !strings.Contains(got.body, "can't use getUpdates method while webhook is active") {
			t.Errorf("a poll: %s", got.body)
		}
		if got.took != 3*time.Second {
			t.Errorf("the second 409 came after %v", got.took)
		}
		time.Sleep(time.Minute)
		if got = call(t, srv, "getUpdates", `{}`); got.status != 409 || got.took != 0 {
			t.Errorf("a poll later: %d after %v", got.status, got.took)
		}
		if got = call(t, srv, "deleteWebhook", `{}`); got.body != `{"ok":true,"result":true,"description":"Webhook was deleted"}` {
			t.Errorf("deleteWebhook: %s", got.body)
		}
		if got = call(t, srv, "getUpdates", `{}`); got.status != 200 {
			t.Errorf("a poll after deleteWebhook: %d", got.status)
		}
	})
}

func TestAllowedUpdates(t *testing.T) {
	const message, callback, member, reaction = `{"message":{}}`, `{"callback_query":{}}`, `{"chat_member":{}}`, `{"message_reaction":{}}`
	count := func(srv *tgtest.Server) string {
		queued := ""
		for _, update := range []string{message, callback, member, reaction, `{"of_tomorrow":{}}`} {
			if srv.Push(update) != 0 {
				queued += update[2:3]
			}
		}
		return queued
	}
	for _, test := range []struct{ allowed, want string }{
		{`null`, "mco"}, {`[]`, "mco"}, {`["nonsense"]`, "mco"}, {`["message"]`, "m"}, {`["MESSAGE","nonsense"]`, "m"},
		{`["chat_member","message_reaction"]`, "cm"}, {`"[\"callback_query\"]"`, "c"}, {`["message",7]`, "mco"}, {`{}`, "mco"},
		{`["of_tomorrow","message"]`, "m"},
	} {
		srv := tgtest.NewServer(t)
		call(t, srv, "getUpdates", `{"offset":1,"allowed_updates":`+test.allowed+`}`)
		if got := count(srv); got != test.want {
			t.Errorf("allowed_updates %s: queued %q, want %q", test.allowed, got, test.want)
		}
	}
}

func TestAllowedUpdatesAreRemembered(t *testing.T) {
	srv := tgtest.NewServer(t)
	srv.Push(`{"message":{}}`)
	if got := call(t, srv, "getUpdates", `{"allowed_updates":["poll"]}`); len(got.updates) != 1 {
		t.Errorf("what was queued before: %v", got.updates)
	}
	if id := srv.Push(`{"message":{}}`); id != 0 {
		t.Error("a message was queued after all")
	}
	call(t, srv, "getUpdates", `{"offset":9}`) // absent: as before
	if id := srv.Push(`{"message":{}}`); id != 0 {
		t.Error("a message was queued: the list was forgotten")
	}
	if got := call(t, srv, "getWebhookInfo", ``); !strings.Contains(got.body, `"allowed_updates":["poll"]`) {
		t.Errorf("getWebhookInfo: %s", got.body)
	}
	call(t, srv, "getUpdates", `{"offset":8,"allowed_updates":[]}`)
	if id := srv.Push(`{"message":{}}`); id == 0 {
		t.Error("[] is the default again")
	}
	if got := call(t, srv, "getWebhookInfo", ``); strings.Contains(got.body, `allowed_updates`) {
		t.Errorf("getWebhookInfo: %s", got.body)
	}
}

func TestPollsCanBeSeen(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		call(t, srv, "getUpdates", `{"offset":-1,"limit":500,"timeout":"1","allowed_updates":["message"]}`)
		call(t, srv, "getUpdates", `{"offset":7,"allowed_updates":[]}`)
		call(t, srv, "getUpdates", `{"offset":8}`)
		polls := srv.Polls()
		if len(polls) != 3 {
			t.Fatalf("%d polls", len(polls))
		}
		p := polls[0]
		if p.Offset != -1 || p.Limit != 500 || p.Timeout != 1 || !slices.Equal(p.AllowedUpdates, []string{"message"}) {
			t.Errorf("the first poll: %+v", p)
		}
		if polls[1].AllowedUpdates == nil || polls[2].AllowedUpdates != nil || polls[2].Seq != 2 {
			t.Errorf("the others: %+v", polls[1:])
		}
		next, err := srv.WaitPoll(context.Background(), 1)
		if err != nil || next.Offset != 7 {
			t.Errorf("WaitPoll: %+v, %v", next, err)
		}
		if n := srv.Polling(); n != 0 {
			t.Errorf("%d polls under way", n)
		}
	})
}

// A client that goes away while it polls takes its poll with it, and nothing is lost.
func TestPollOfAClientThatLeft(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ctx, cancel := context.WithCancel(context.Background())
		gone := make(chan answer, 1)
		go func() { gone <- try(ctx, srv, "getUpdates", `{"timeout":50}`) }()
		srv.WaitPolling(context.Background())
		cancel()
		<-gone
		if err := srv.WaitIdle(context.Background()); err != nil {
			t.Fatal(err)
		}
		pushMany(t, srv, 3)
		if got := call(t, srv, "getUpdates", `{"offset":1000}`); len(got.updates) != 3 || got.status != 200 {
			t.Errorf("then: %+v", got)
		}
	})
}
