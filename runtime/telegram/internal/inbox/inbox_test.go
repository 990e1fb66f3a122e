package inbox

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram/internal/recent"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// The answers to an update on its way: it waits, its redeliveries join it, and it is known when it is done.
func TestAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(nil)
		first := deliver(t.Context(), in, update(1))
		e := take(t, in, 1)[0]
		second := deliver(t.Context(), in, update(1))
		restarted := deliver(t.Context(), in, strings.Replace(update(1), "hello", "another update with this id", 1))
		other := take(t, in, 1)[0]
		synctest.Wait()
		if len(first)+len(second)+len(restarted) != 0 {
			t.Fatal("answered before the update was done")
		}
		in.Done(e)
		if a, b := <-first, <-second; a != "200" || b != "200" {
			t.Errorf("answers %q and %q to an update that was handled", a, b)
		}
		if a := <-deliver(t.Context(), in, update(1)); a != "200" {
			t.Errorf("answer %q to an update that was handled before", a)
		}
		in.Done(other)
		if a := <-restarted; a != "200" {
			t.Errorf("answer %q to the update with the same id", a)
		}
		unwanted := strings.Replace(update(2), "message", "channel_post", 1)
		if a := <-deliver(t.Context(), in, unwanted); a != "200" {
			t.Errorf("answer %q to an unwanted kind", a)
		}
		want := Stats{Taken: 3, Dropped: 1, Duplicates: 2, Last: in.Stats().Last}
		if got := in.Stats(); got != want {
			t.Errorf("stats %+v, want %+v", got, want)
		}
	})
}

// An update that takes 70 s is taken once. Its deliveries are answered in time, and one that the server gives up changes
// nothing.
func TestSlowUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(nil)
		begin := time.Now()
		ctx, giveUp := context.WithCancel(t.Context())
		first := deliver(ctx, in, update(1))
		e := take(t, in, 1)[0]
		giveUp()
		if a := <-first; a != "503 2" {
			t.Errorf("answer %q to a delivery whose context has ended", a)
		}
		if a := <-deliver(t.Context(), in, update(1)); a != "503 2" || time.Since(begin) != 45*time.Second {
			t.Errorf("answer %q after %v", a, time.Since(begin))
		}
		last := deliver(t.Context(), in, update(1))
		time.Sleep(25 * time.Second)
		in.Done(e)
		if a := <-last; a != "200" {
			t.Errorf("answer %q", a)
		}
		if stats := in.Stats(); stats.Taken != 1 {
			t.Errorf("taken %d times", stats.Taken)
		}
	})
}

// An update that ends while no delivery waits is known when it comes again, however many others were done meanwhile.
func TestUnheard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(nil)
		first := deliver(t.Context(), in, update(1))
		e := take(t, in, 1)[0]
		if a := <-first; a != "503 2" {
			t.Errorf("answer %q", a)
		}
		in.Done(e)
		for id := 2; id < 2+recent.Size+1000; id++ {
			answer := deliver(t.Context(), in, update(id))
			in.Done(take(t, in, 1)[0])
			<-answer
		}
		if a := <-deliver(t.Context(), in, update(1)); a != "200" || len(in.queue) != 0 {
			t.Errorf("answer %q, %d updates wait to be taken", a, len(in.queue))
		}
	})
}

// An inbox that answers early does so when an update is taken.
func TestEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(func(c *Config) { c.Early = true })
		first, again := deliver(t.Context(), in, update(1)), deliver(t.Context(), in, update(1))
		synctest.Wait()
		if len(first)+len(again) != 0 {
			t.Error("answered before the update was taken")
		}
		e := take(t, in, 1)[0]
		if a, b := <-first, <-again; a != "200" || b != "200" {
			t.Errorf("answers %q and %q", a, b)
		}
		if a := <-deliver(t.Context(), in, update(1)); a != "200" {
			t.Errorf("answer %q to one that was taken before", a)
		}
		in.Done(e)
		if len(in.inHand) != 0 {
			t.Error("the update is still in hand")
		}
	})
}

// Deliveries are refused before the inbox is opened, from Refuse on, and after Close. What is taken may end between Refuse
// and Close. What has not ended at Close counts as new when it comes again.
func TestOpenAndClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(nil)
		in.state = closed
		wantRefused := func(when string) {
			t.Helper()
			if a := <-deliver(t.Context(), in, update(9)); !comesLater(a) {
				t.Errorf("%s: answer %q", when, a)
			}
		}
		wantRefused("before Open")
		in.Open()
		var answers []<-chan string
		for id := range 3 {
			answers = append(answers, deliver(t.Context(), in, update(id+1)))
			synctest.Wait()
		}
		taken := take(t, in, 2)
		begin := time.Now()
		in.Refuse()
		if a := <-answers[2]; !comesLater(a) || time.Since(begin) != 0 {
			t.Errorf("answer %q to one that was not taken, after %v", a, time.Since(begin))
		}
		in.Open()
		wantRefused("from Refuse on, although it was opened")
		in.Done(taken[0])
		if a := <-answers[0]; a != "200" {
			t.Errorf("answer %q to one that was done", a)
		}
		if err := in.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if a := <-answers[1]; !comesLater(a) {
			t.Errorf("answer %q to one that was left", a)
		}
		wantRefused("after Close")
		again := make(chan []*Entry)
		go func() { again <- take(t, in, 1) }()
		synctest.Wait()
		late := deliver(t.Context(), in, update(2))
		e := (<-again)[0]
		in.Done(taken[1]) // too late: the update was left
		synctest.Wait()
		if len(late) != 0 {
			t.Error("answered because of what became of an earlier delivery")
		}
		in.Done(e)
		if a := <-late; a != "200" {
			t.Errorf("answer %q after it was opened again", a)
		}
		if in.bytes != 0 || in.requests != 0 || in.waiting != 0 {
			t.Errorf("%d bytes, %d requests and %d waiting are left", in.bytes, in.requests, in.waiting)
		}
	})
}

// A failure ends Take until Close.
func TestFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, broken := newInbox(nil), errors.New("broken")
		result := make(chan error)
		for range 2 {
			go func() {
				_, err := in.Take(t.Context(), 1)
				result <- err
			}()
			synctest.Wait()
			in.Fail(broken)
			if err := <-result; err != broken {
				t.Errorf("%v", err)
			}
			if err := in.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}

// However many deliveries come, and however large they are, an inbox that nobody takes from holds no more than its bounds.
// It does not read the bodies of those that it refuses. All are taken once there is room.
func TestBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const bodies, all = 8 << 20, 10_000
		in := newInbox(func(c *Config) { c.Bytes, c.Requests = bodies, 1000 })
		var mu sync.Mutex
		seen := map[int64]int{}
		var deliveries sync.WaitGroup
		var read, refused int64
		for id := range all {
			text := strings.TrimSuffix(update(id+1), "}") + strings.Repeat(" ", rand.IntN(20_000)) + "}"
			chunked := id%3 == 0
			deliveries.Go(func() {
				for try := 0; ; try++ {
					body := &counted{Reader: strings.NewReader(text)}
					r := request(t.Context(), body)
					if !chunked {
						r.ContentLength = int64(len(text))
					}
					w := httptest.NewRecorder()
					in.ServeHTTP(w, r)
					if w.Code == http.StatusOK {
						return
					}
					mu.Lock()
					refused++
					read += body.n.Load()
					mu.Unlock()
					if try > 0 || w.Code != http.StatusServiceUnavailable {
						time.Sleep(time.Minute)
					}
				}
			})
		}
		synctest.Wait()
		in.mu.Lock()
		if in.bytes > bodies || in.requests > in.config.Requests || len(in.queue) > in.config.Requests || len(in.inHand) > in.config.Requests {
			t.Errorf("%d bytes, %d requests, %d in the queue, %d in hand", in.bytes, in.requests, len(in.queue), len(in.inHand))
		}
		in.mu.Unlock()
		mu.Lock()
		if refused < all || read > refused*20_000/4 { // only bodies of unknown size may be read in part
			t.Errorf("%d bytes of %d refused deliveries were read", read, refused)
		}
		mu.Unlock()
		for len(seen) < all {
			for _, e := range take(t, in, 1) {
				seen[e.Header.ID]++
				in.Done(e)
			}
		}
		deliveries.Wait()
		for id, times := range seen {
			if times != 1 {
				t.Errorf("update %d was taken %d times", id, times)
			}
		}
		if in.bytes != 0 {
			t.Errorf("%d bytes are left", in.bytes)
		}
	})
}

// A body that is not an update is taken once, with its error.
func TestNotAnUpdate(t *testing.T) {
	for _, body := range []string{"", "{", "<html>", "[]", "null", `{"update_id":1,"message":{`, `{"message":{}}`, "\x00"} {
		synctest.Test(t, func(t *testing.T) {
			in := newInbox(nil)
			answer := deliver(t.Context(), in, body)
			e := take(t, in, 1)[0]
			if _, ok := errors.AsType[*wire.SplitError](e.Err); !ok || e.Raw != body || e.Header != (wire.Header{}) {
				t.Errorf("%q: %+v", body, e)
			}
			in.Done(e)
			if a := <-answer; a != "200" {
				t.Errorf("%q: answer %q", body, a)
			}
		})
	}
}

// A body that ends too early is no update.
func TestCutOff(t *testing.T) {
	in := newInbox(nil)
	r := request(t.Context(), io.MultiReader(strings.NewReader(update(1))))
	r.ContentLength = int64(len(update(1)) + 1)
	w := httptest.NewRecorder()
	in.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || in.Stats().Invalid != 1 || in.bytes != 0 {
		t.Errorf("status %d, stats %+v, %d bytes", w.Code, in.Stats(), in.bytes)
	}
}

// Take returns at most the limit, in the order in which the updates arrived, whatever happens at the same time.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(nil)
		const all = 100
		for id := range all {
			deliver(t.Context(), in, update(id+1))
			synctest.Wait()
		}
		next := int64(1)
		for next <= all {
			limit := 1 + rand.IntN(9)
			entries, err := in.Take(t.Context(), limit)
			if err != nil || len(entries) > limit {
				t.Fatalf("%d updates, at most %d were wanted: %v", len(entries), limit, err)
			}
			for _, e := range entries {
				if e.Header.ID != next {
					t.Fatalf("update %d came in place of %d", e.Header.ID, next)
				}
				next++
				in.Done(e)
			}
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := in.Take(ended, 1); err != context.Canceled {
			t.Errorf("Take after the end of its context: %v", err)
		}
	})
}
