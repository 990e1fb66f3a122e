package tgtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// A confirmed update comes again with the next getUpdates, whatever its offset is, and once.
func TestRedeliver(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		pushMany(t, srv, 3)
		for _, step := range []struct {
			redeliver []int64
			offset    int64
			want      []int64
		}{
			{nil, 0, []int64{1000, 1001, 1002}},
			{[]int64{1001}, 1000, []int64{1000, 1001, 1002}}, // not confirmed: it comes anyway
			{nil, 1002, []int64{1002}},
			{[]int64{1001, 1000, 1001}, 1002, []int64{1000, 1001, 1002}},
			{nil, 1003, nil},
			{[]int64{1002}, 1003, []int64{1002}},
			{nil, 1003, nil},
		} {
			for _, id := range step.redeliver {
				if err := srv.Redeliver(id); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Second) // a second getUpdates at once would get one update only
			got := call(t, srv, "getUpdates", fmt.Sprintf(`{"offset":%d}`, step.offset))
			if !slices.Equal(got.updates, step.want) {
				t.Errorf("again %v, offset %d: %v, want %v", step.redeliver, step.offset, got.updates, step.want)
			}
		}
		if err := srv.Redeliver(1003); err == nil {
			t.Error("an update that was never queued comes again")
		}
		if n := srv.Pending(); n != 0 {
			t.Errorf("%d updates are pending", n)
		}
	})
}

// An update that comes again ends a getUpdates that waits.
func TestRedeliverWakesAPoll(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		pushMany(t, srv, 1)
		call(t, srv, "getUpdates", `{}`)
		answers := make(chan answer, 1)
		go func() { answers <- try(context.Background(), srv, "getUpdates", `{"offset":1001,"timeout":50}`) }()
		synctest.Wait()
		if err := srv.Redeliver(1000); err != nil {
			t.Fatal(err)
		}
		if got := <-answers; !slices.Equal(got.updates, []int64{1000}) || got.took > time.Second {
			t.Errorf("updates %v after %v", got.updates, got.took)
		}
	})
}

// An update that a webhook has confirmed is posted to it again.
func TestRedeliverToWebhook(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		got := make(chan int64, 10)
		srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var u gotgbot.Update
			if err := json.NewDecoder(r.Body).Decode(&u); err != nil {
				t.Error(err)
			}
			got <- u.UpdateId
		}))
		setHook(t, srv, anyHook)
		pushMany(t, srv, 2)
		first, second := <-got, <-got
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := srv.Redeliver(1000); err != nil {
			t.Fatal(err)
		}
		if again := <-got; first != 1000 || second != 1001 || again != 1000 {
			t.Errorf("the webhook got %d, %d, and again %d", first, second, again)
		}
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(got) > 0 || srv.Pending() != 0 {
			t.Errorf("%d more came, and %d are pending", len(got), srv.Pending())
		}
	})
}

// The log of updates has their bytes as the bot receives them, and says how often they were sent.
func TestUpdates(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		alice := srv.User("Alice")
		hello := alice.Send("hello")
		alice.PressData(hello, "x")
		alice.React(hello, "👍") // the bot has not asked for reactions
		before := srv.Updates(0)
		if len(before) != 2 || before[0].Kind != "message" || before[1].Kind != "callback_query" || !before[0].Pending || before[0].Deliveries != 0 {
			t.Fatalf("the log is %v", before)
		}
		answered := call(t, srv, "getUpdates", `{}`).body
		for _, u := range before {
			if !strings.Contains(answered, string(u.Raw)) {
				t.Errorf("the bot has received %s, without %s", answered, u.Raw)
			}
		}
		time.Sleep(time.Second)
		call(t, srv, "getUpdates", `{"offset":1001}`)
		after := srv.Updates(1000)
		if after[0].Pending || after[0].Deliveries != 1 || !after[1].Pending || after[1].Deliveries != 2 {
			t.Errorf("the log is %v", after)
		}
		if last := srv.Updates(1001); len(last) != 1 || last[0].ID != 1001 {
			t.Errorf("from 1001 on, the log is %v", last)
		}
		srv.RestartIDs(1)
		if id := alice.Send("again"); id == nil || srv.Redeliver(1000) != nil || srv.Redeliver(1) != nil {
			t.Error("an update cannot come again after the ids were restarted")
		}
	})
}

// A call in the log has its answer, its time, its fault, and the update that it belongs to.
func TestCallLog(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		alice := srv.User("Alice")
		srv.Fail("sendMessage", tgtest.Fault{Code: 500, Delay: 3 * time.Second})
		body := fmt.Sprintf(`{"chat_id":%d,"text":"hi"}`, alice.ID)
		var answers [][]byte
		for range 2 {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/bot"+srv.Token+"/sendMessage", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Bot-Update", "1007")
			r.Header.Set("Bot-Call", "3")
			answers = append(answers, []byte(do(srv, r).body))
		}
		calls := srv.Sent()
		for i, c := range calls {
			if !bytes.Equal(c.Answer, answers[i]) || c.UpdateID != 1007 || c.UpdateCall != 3 {
				t.Errorf("call %d: answer %s of update %d, call %d", i, c.Answer, c.UpdateID, c.UpdateCall)
			}
		}
		if f := calls[0].Fault; calls[0].Took != 3*time.Second || f == nil || f.Code != 500 {
			t.Errorf("the first call took %v, with the fault %v", calls[0].Took, f)
		}
		if calls[1].Took > time.Second || calls[1].Fault != nil {
			t.Errorf("the second call took %v, with the fault %v", calls[1].Took, calls[1].Fault)
		}
	})
}

// A chat action lasts five seconds, or until the bot writes.
func TestChatAction(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		alice := srv.User("Alice", tgtest.ID(7))
		shown := func() string {
			action, _ := alice.Action()
			return action
		}
		call(t, srv, "sendChatAction", `{"chat_id":7,"action":"TYPING"}`)
		began := time.Now()
		if _, ends := alice.Action(); shown() != "typing" || ends != began.Add(5*time.Second) {
			t.Errorf("the bot shows %q until %v", shown(), ends.Sub(began))
		}
		if time.Sleep(5 * time.Second); shown() != "" {
			t.Errorf("after 5 s, the bot shows %q", shown())
		}
		call(t, srv, "sendChatAction", `{"chat_id":7,"action":"upload_photo"}`)
		if call(t, srv, "sendMessage", `{"chat_id":7,"text":"hi"}`); shown() != "" {
			t.Errorf("after a message, the bot shows %q", shown())
		}
		for _, wrong := range []string{`{"chat_id":7,"action":"dance"}`, `{"chat_id":8,"action":"typing"}`} {
			if a := call(t, srv, "sendChatAction", wrong); a.status != 400 {
				t.Errorf("%s: %s", wrong, a.body)
			}
		}
	})
}

// The reactions to a message are those of users and of the bot.
func TestReactionsToAMessage(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		alice := srv.User("Alice", tgtest.ID(7))
		hello := alice.Send("hello")
		want := func(want map[int64][]string) {
			t.Helper()
			if got := alice.Reactions(hello); !maps.EqualFunc(got, want, slices.Equal) {
				t.Errorf("reactions %v, want %v", got, want)
			}
		}
		want(map[int64][]string{})
		alice.React(hello, "👍", "🔥")
		react := fmt.Sprintf(`{"chat_id":7,"message_id":%d,"reaction":`, hello.ID)
		call(t, srv, "setMessageReaction", react+`[{"type":"emoji","emoji":"👀"}]}`)
		want(map[int64][]string{7: {"👍", "🔥"}, srv.Profile.Id: {"👀"}})
		alice.React(hello)
		want(map[int64][]string{srv.Profile.Id: {"👀"}})
		call(t, srv, "setMessageReaction", react+`[]}`)
		want(map[int64][]string{})
		for _, wrong := range []string{`{"chat_id":7,"message_id":99}`, `{"chat_id":8,"message_id":1}`, react + `3}`} {
			if a := call(t, srv, "setMessageReaction", wrong); a.status != 400 {
				t.Errorf("%s: %s", wrong, a.body)
			}
		}
	})
}

// A query knows the call that has answered it.
func TestAnswered(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		alice := srv.User("Alice")
		q := alice.PressData(alice.Send("hello"), "x")
		if q.Answered() != nil {
			t.Error("a query is answered before the bot does")
		}
		call(t, srv, "answerCallbackQuery", fmt.Sprintf(`{"callback_query_id":%q,"text":"Done","show_alert":true}`, q.ID))
		if c := q.Answered(); c == nil || c.Params["text"] != "Done" || !c.Params.Bool("show_alert") {
			t.Errorf("the answer is %v", c)
		}
	})
}

// The faults that are not used up are listed with how often they still apply.
func TestFaults(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		srv.Fail("sendmessage", tgtest.Fault{Code: 429, RetryAfter: 3, Times: 2})
		srv.Fail("", tgtest.Fault{Code: 500})
		call(t, srv, "sendMessage", `{}`)
		faults := srv.Faults()
		if len(faults) != 2 || faults[0].Method != "sendMessage" || faults[0].Fault.Times != 1 || faults[0].Fault.RetryAfter != 3 || faults[1].Method != "" {
			t.Errorf("faults %v", faults)
		}
		if srv.Heal(""); len(srv.Faults()) != 0 {
			t.Errorf("faults %v", srv.Faults())
		}
	})
}

// Watch tells of everything that people and the bot do.
func TestWatch(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ctx, cancel := context.WithCancel(t.Context())
		changes := 0
		ended := make(chan error, 1)
		go func() { ended <- srv.Watch(ctx, func() { changes++ }) }()
		synctest.Wait()
		if changes != 1 {
			t.Errorf("Watch told of %d changes at its start", changes)
		}
		var alice *tgtest.User
		var hello *tgtest.Message
		for name, act := range map[string]func(){
			"a group": func() { srv.Group("Team") },
			"a fault": func() { srv.Fail("sendMessage", tgtest.Fault{}) },
			"healing": func() { srv.Heal("") },
			"a poll":  func() { call(t, srv, "getUpdates", `{}`) },
		} {
			changes = 0
			act()
			if synctest.Wait(); changes == 0 {
				t.Errorf("Watch did not tell of %s", name)
			}
		}
		for _, step := range []struct {
			name string
			act  func()
		}{
			{"a user", func() { alice = srv.User("Alice", tgtest.ID(7)) }},
			{"a message", func() { hello = alice.Send("hello") }},
			{"an edit", func() { hello = alice.Edit(hello, "hello!") }},
			{"a reaction", func() { alice.React(hello, "👍") }},
			{"a block", func() { alice.Block() }},
			{"typing", func() { call(t, srv, "sendChatAction", `{"chat_id":7,"action":"typing"}`) }},
			{"a redelivery", func() {
				if err := srv.Redeliver(1000); err != nil {
					t.Error(err)
				}
			}},
		} {
			changes = 0
			step.act()
			if synctest.Wait(); changes == 0 {
				t.Errorf("Watch did not tell of %s", step.name)
			}
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Watch ended with %v", err)
		}
	})
}

// Watch ends when the server closes.
func TestWatchCloses(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ended := make(chan error, 1)
		go func() { ended <- srv.Watch(context.Background(), func() {}) }()
		synctest.Wait()
		srv.Close()
		if err := <-ended; err == nil || errors.Is(err, io.EOF) {
			t.Errorf("Watch ended with %v", err)
		}
	})
}
