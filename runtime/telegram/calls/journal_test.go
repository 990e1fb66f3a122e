package calls_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram/calls"
)

func TestJournal_AnUpdateThatComesAgainGetsItsResults(t *testing.T) {
	b := newJournaledBot()
	ctx, _ := update(t.Context(), 1)
	wantEqual(t, "first", b.say(t, ctx, "a", "b", "a"), "[1 2 3]")
	wantEqual(t, "loads of a first delivery", b.store.loads, 1)
	wantEqual(t, "commits of three calls", len(b.store.commits), 3)

	again, _ := update(t.Context(), 1) // only the store remembers
	wantEqual(t, "again", b.say(t, again, "a", "a", "b"), "[1 3 2]")
	wantEqual(t, "a third a, and a new text", b.say(t, again, "a", "c"), "[4 5]")

	third, _ := update(t.Context(), 1)
	wantEqual(t, "a third time", b.say(t, third, "c", "a", "b", "a", "a"), "[5 1 2 3 4]")
	other, _ := update(t.Context(), 2)
	wantEqual(t, "another update", b.say(t, other, "a"), "[6]")
	for key, expires := range b.store.keys {
		if left := time.Until(expires); left < 24*time.Hour+50*time.Minute || left > 25*time.Hour {
			t.Errorf("%s expires in %v", key, left)
		}
	}
}

// Another attempt at an update in the same process needs no store.
func TestJournal_AnotherAttemptGetsTheResults(t *testing.T) {
	b := newJournaledBot()
	ctx, origin := update(t.Context(), 1)
	wantEqual(t, "first attempt", b.say(t, ctx, "a", "a"), "[1 2]")
	origin.Attempt = 2
	wantEqual(t, "second attempt", b.say(t, ctx, "a", "a", "b"), "[1 2 3]")
	origin.Attempt = 3
	wantEqual(t, "third attempt", b.say(t, ctx, "b", "a", "a", "a"), "[3 1 2 4]")
	wantEqual(t, "loads", b.store.loads, 1)
}

func TestJournal_OnlyTheSameCallIsRecalled(t *testing.T) {
	b := newJournaledBot()
	request := func(handler, token, method string, params map[string]any, opts *gotgbot.RequestOpts) string {
		t.Helper()
		ctx, origin := update(t.Context(), 1)
		origin.Handler = handler
		result, err := b.RequestWithContext(ctx, token, method, params, opts)
		if err != nil {
			t.Fatal(err)
		}
		return string(result)
	}
	params := map[string]any{"chat_id": int64(7), "text": "a"}
	wantEqual(t, "first", request("Start", token, "sendMessage", params, nil), "1")
	wantEqual(t, "the same", request("Start", token, "sendMessage", params, &gotgbot.RequestOpts{Timeout: 1}), "1")
	wantEqual(t, "the same, with a new token", request("Start", "123456789:AAnew", "sendMessage", params, nil), "1")
	wantEqual(t, "another handler", request("Help", token, "sendMessage", params, nil), "2")
	wantEqual(t, "another bot", request("Start", "9:AAtoken", "sendMessage", params, nil), "3")
	wantEqual(t, "another method", request("Start", token, "sendRichMessage", params, nil), "4")
	wantEqual(t, "another chat", request("Start", token, "sendMessage", map[string]any{"chat_id": int64(8), "text": "a"}, nil), "5")
	override := &gotgbot.RequestOpts{OverrideParams: map[string]any{"chat_id": int64(8)}}
	wantEqual(t, "the other chat as an override", request("Start", token, "sendMessage", params, override), "5")
	wantEqual(t, "a method that is repeatable", request("Start", token, "editMessageText", params, nil), "6")
	wantEqual(t, "again", request("Start", token, "editMessageText", params, nil), "7")
}

// A call that does not belong to an update, or that may be repeated, costs no access to the store.
func TestJournal_OtherCallsPass(t *testing.T) {
	b := newJournaledBot()
	b.say(t, t.Context(), "a")
	b.say(t, t.Context(), "a")
	ctx, _ := update(t.Context(), 1)
	if _, err := b.RequestWithContext(ctx, token, "editMessageText", nil, nil); err != nil {
		t.Fatal(err)
	}
	if len(b.made) != 3 || b.store.loads != 0 || len(b.store.commits) != 0 {
		t.Errorf("%d calls, %d loads, %d commits", len(b.made), b.store.loads, len(b.store.commits))
	}
}

func TestJournal_FailedCallsAreNotRecorded(t *testing.T) {
	b := newJournaledBot()
	refused := &gotgbot.TelegramError{Code: 403}
	b.answer = func(string) (json.RawMessage, error) { return nil, refused }
	ctx, _ := update(t.Context(), 1)
	for range 2 {
		if err := send(ctx, b, 7, "a"); !errors.Is(err, refused) {
			t.Errorf("error is %v", err)
		}
	}
	if len(b.made) != 2 || len(b.store.commits) != 0 {
		t.Errorf("%d calls and %d commits", len(b.made), len(b.store.commits))
	}
}

// While the journal cannot be read, no call is made. It is read again for the next call.
func TestJournal_AStoreThatIsDown(t *testing.T) {
	b := newJournaledBot()
	down := errors.New("connection refused")
	b.store.load = func() error { return down }
	ctx, _ := update(t.Context(), 1)
	err := send(ctx, b, 7, "a")
	if e, ok := errors.AsType[*calls.JournalError](err); !ok || !errors.Is(err, down) || e.Method != "sendMessage" {
		t.Errorf("error is %v", err)
	}
	wantEqual(t, "the error", err, "sendMessage was not made: reading the journal: connection refused")
	if len(b.made) != 0 {
		t.Error("the call was made")
	}
	b.store.load = nil
	wantEqual(t, "later", b.say(t, ctx, "a"), "[1]")
}

// A record that cannot be read may hold the call, so the call is not made.
func TestJournal_ARecordOfAnotherFormat(t *testing.T) {
	for name, data := range map[string]string{"empty": "", "another format": "\x02", "cut": "\x01\x05Star", "huge": "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"} {
		t.Run(name, func(t *testing.T) {
			b := newJournaledBot()
			record := session.Record{Key: "7/journal/1/0"}
			if err := b.store.Commit(t.Context(), []session.Write{record.Put([]byte(data), time.Time{})}); err != nil {
				t.Fatal(err)
			}
			ctx, _ := update(t.Context(), 1)
			if _, ok := errors.AsType[*calls.JournalError](send(ctx, b, 7, "a")); !ok || len(b.made) != 0 {
				t.Error("the call was made")
			}
		})
	}
}

// A commit that fails is tried again with the same writes, even if the store has made it, or the handler was cancelled.
func TestJournal_ACommitThatFails(t *testing.T) {
	flaky := func(n int) error {
		if n <= 3 {
			return errors.New("connection reset")
		}
		return nil
	}
	for name, change := range map[string]func(*flakyStore){
		"before it happened": func(s *flakyStore) { s.before = flaky },
		"after it happened":  func(s *flakyStore) { s.after = flaky },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newJournaledBot()
				change(b.store)
				ctx, _ := update(t.Context(), 1)
				ctx, cancel := context.WithCancel(ctx)
				b.answer = func(text string) (json.RawMessage, error) {
					cancel() // a stop that comes while the server answers
					return json.RawMessage(`"` + text + `"`), nil
				}
				wantEqual(t, "first", b.say(t, ctx, "a"), `["a"]`)
				if n := len(b.store.commits); n != 4 {
					t.Fatalf("%d commits", n)
				}
				for _, writes := range b.store.commits[1:] {
					if writes[0].Next != b.store.commits[0][0].Next {
						t.Error("the same change has two revisions")
					}
				}
				if b.log.Len() > 0 {
					t.Errorf("logged: %s", b.log)
				}
				again, _ := update(t.Context(), 1)
				b.say(t, again, "a")
				wantEqual(t, "calls", b.made, "[sendMessage a]")
			})
		})
	}
}

// If a call cannot be recorded, its caller gets the result. The call is recorded with the next one.
func TestJournal_ACommitThatFailsForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newJournaledBot()
		down := errors.New("disk full")
		b.store.before = func(int) error { return down }
		ctx, origin := update(t.Context(), 1)
		start := time.Now()
		wantEqual(t, "first", b.say(t, ctx, "a"), "[1]")
		if took := time.Since(start); took < time.Second || took > 3*time.Second {
			t.Errorf("gave up after %v", took)
		}
		if log := b.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "sendMessage") || !strings.Contains(log, "disk full") {
			t.Errorf("logged %q", log)
		}
		origin.Attempt = 2
		wantEqual(t, "in the same process", b.say(t, ctx, "a"), "[1]")
		b.store.before = nil
		wantEqual(t, "next", b.say(t, ctx, "b"), "[2]")
		again, _ := update(t.Context(), 1)
		wantEqual(t, "in another process", b.say(t, again, "a", "b"), "[1 2]")
	})
}

// What a handler does after its time-out changes no journal.
func TestJournal_G5_ALateCallIsNotRecorded(t *testing.T) {
	b := newJournaledBot()
	ctx, origin := update(t.Context(), 1)
	b.answer = func(string) (json.RawMessage, error) {
		*origin = calls.JournalOrigin{} // the update is finished
		return json.RawMessage("1"), nil
	}
	b.say(t, ctx, "a")
	if len(b.store.commits) != 0 {
		t.Error("a late call was recorded")
	}
}

// A page that was written by another process meanwhile stays as it is.
func TestJournal_AConflict(t *testing.T) {
	b := newJournaledBot()
	one, _ := update(t.Context(), 1)
	two, _ := update(t.Context(), 1)
	b.say(t, one, "a")
	b.say(t, two, "a")
	wantEqual(t, "one goes on", b.say(t, one, "b"), "[2]")
	wantEqual(t, "two goes on, and gets its result", b.say(t, two, "c"), "[3]")
	if !strings.Contains(b.log.String(), "changed") {
		t.Errorf("logged %q", b.log)
	}
	third, _ := update(t.Context(), 1)
	wantEqual(t, "recorded", b.say(t, third, "a", "b", "c"), "[1 2 4]")
}

func TestJournal_ALargeResult(t *testing.T) {
	b := newJournaledBot()
	b.answer = func(text string) (json.RawMessage, error) {
		if text == "huge" {
			return make(json.RawMessage, session.MaxData), nil
		}
		return make(json.RawMessage, session.MaxData-100), nil
	}
	ctx, _ := update(t.Context(), 1)
	b.say(t, ctx, "huge", "large", "large")
	if !strings.Contains(b.log.String(), "at most 524288") || strings.Count(b.log.String(), "\n") != 1 {
		t.Errorf("logged %.300q", b.log)
	}
	again, _ := update(t.Context(), 1)
	b.say(t, again, "large", "large", "huge")
	wantEqual(t, "calls", len(b.made), 4)
}

// The calls of an update are spread over records, so that a commit does not write all of them again.
func TestJournal_ManyCallsOfOneUpdate(t *testing.T) {
	b := newJournaledBot()
	b.answer = func(text string) (json.RawMessage, error) {
		return json.RawMessage(text + strings.Repeat(" ", 1000)), nil
	}
	var texts []string
	for i := range 400 {
		texts = append(texts, fmt.Sprint(i))
	}
	ctx, origin := update(t.Context(), 1)
	first := b.say(t, ctx, texts...)
	written := 0
	for _, writes := range b.store.commits {
		for _, w := range writes {
			written += len(w.Data)
		}
	}
	if perCall := written / len(texts); perCall > 10<<10 || len(b.store.keys) < 20 {
		t.Errorf("%d bytes a call, in %d records", perCall, len(b.store.keys))
	}
	again, _ := update(t.Context(), 1)
	wantEqual(t, "again", b.say(t, again, texts...), first)
	wantEqual(t, "calls", len(b.made), len(texts))

	if err := b.store.Store.Commit(t.Context(), origin.Page.Close()); err != nil {
		t.Fatal(err)
	}
	if n := b.store.present(t); n != 0 {
		t.Errorf("%d records are left", n)
	}
}

// A closed page says how to delete it, once. Calls after that are made, and are not recorded.
func TestJournal_Close(t *testing.T) {
	b := newJournaledBot()
	unused := calls.NewJournalPage("7/journal/2")
	if deletes := unused.Close(); len(deletes) != 0 {
		t.Errorf("a page without calls is deleted: %v", deletes)
	}
	ctx, origin := update(t.Context(), 1)
	b.say(t, ctx, "a")
	deletes := origin.Page.Close()
	if err := b.store.Store.Commit(t.Context(), deletes); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "a second Close", len(origin.Page.Close()), 0)
	wantEqual(t, "later", b.say(t, ctx, "a", "b"), "[2 3]")
	if n := b.store.present(t); n != 0 {
		t.Errorf("%d records are left", n)
	}
}

// Calls of one update may be made concurrently.
func TestJournal_ConcurrentCalls(t *testing.T) {
	b := newJournaledBot()
	all := func(ctx context.Context) (answers [40]string) {
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i] = b.say(t, ctx, fmt.Sprint(i/2))[0] }) // each text twice
		}
		wg.Wait()
		return answers
	}
	ctx, _ := update(t.Context(), 1)
	first := all(ctx)
	again, _ := update(t.Context(), 1)
	second := all(again)
	for i := 0; i < len(first); i += 2 {
		same := first[i] == second[i] && first[i+1] == second[i+1]
		swapped := first[i] == second[i+1] && first[i+1] == second[i]
		if !same && !swapped {
			t.Errorf("text %d: answers %q and then %q", i/2, first[i:i+2], second[i:i+2])
		}
	}
	wantEqual(t, "calls", len(b.made), len(first))
	if b.log.Len() > 0 {
		t.Errorf("logged: %s", b.log)
	}
}
