package telegram

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestG7_CloseConfirmsWhatIsDone(t *testing.T) {
	for name, test := range map[string]struct {
		done    []int
		offset  int64 // that is confirmed; 0: there is no request
		pending int
	}{
		"all":             {[]int{0, 1, 2, 3}, 1004, 2},
		"none":            {nil, 0, 6},
		"not the first":   {[]int{1, 2, 3}, 0, 6},
		"up to the third": {[]int{0, 1, 3}, 1002, 4},
		"out of order":    {[]int{2, 0, 1}, 1003, 3},
	} {
		for _, delivery := range []Delivery{AtMostOnce, AtLeastOnce} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := newBotServer(1000)
					p := newTestPoller(t, server, func(c *PollerConfig) { c.Delivery = delivery })
					server.push(6)
					u := fetch(t, p, 4)
					for _, i := range test.done {
						done(p, u[i])
					}
					before := len(server.asked())
					start := time.Now()
					if err := p.Close(t.Context()); err != nil {
						t.Fatal(err)
					}
					if server.pending() != test.pending {
						t.Errorf("%d pending, want %d", server.pending(), test.pending)
					}
					requests := server.asked()[before:]
					switch {
					case test.offset == 0 && len(requests) > 0:
						t.Errorf("nothing to confirm, and requests %+v", requests)
					case test.offset != 0 && (len(requests) != 1 || requests[0].Offset != test.offset || requests[0].Timeout != 0):
						t.Errorf("requests %+v", requests)
					}
					if time.Since(start) != 0 {
						t.Errorf("took %v", time.Since(start))
					}

					// A later Fetch hands out the updates that are not done and no others.
					var want []int64
					for i := range int64(6) {
						if !slices.Contains(test.done, int(i)) {
							want = append(want, 1000+i)
						}
					}
					var got []int64
					for len(got) < len(want) {
						updates := fetch(t, p, 100)
						got = append(got, ids(updates)...)
						done(p, updates...)
					}
					if !slices.Equal(got, want) {
						t.Errorf("after Close, Fetch handed out %d, want %d", got, want)
					}
					if err := p.Close(t.Context()); err != nil || server.pending() != 0 {
						t.Errorf("Close: %v, %d pending", err, server.pending())
					}
				})
			})
		}
	}
}

// Close makes no request if the last poll has confirmed everything. If the last poll was interrupted, it may have reached
// the server or not, and Close must work in both cases.
func TestG7_CloseAfterAPoll(t *testing.T) {
	for name, test := range map[string]struct {
		poll     step          // answers the poll after the batch
		after    time.Duration // ends that poll
		requests int
	}{
		"answered":           {answer(200, ok()), time.Minute, 0},
		"interrupted soon":   {nil, time.Second, 2},
		"interrupted late":   {nil, 20 * time.Second, 1},
		"lost on the way":    {hang, time.Second, 2},
		"a long time before": {hang, 20 * time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newBotServer(1)
				p := newTestPoller(t, server, nil)
				server.push(2)
				done(p, fetch(t, p, 100)...)
				if name == "answered" {
					time.AfterFunc(time.Second, func() {
						server.mu.Lock()
						defer server.mu.Unlock()
						server.queue = nil
					})
				}
				if test.poll != nil {
					server.first(test.poll)
				}
				ctx, stop := contextFor(t, test.after)
				defer stop()
				if _, err := p.Fetch(ctx, 100); !errors.Is(err, context.DeadlineExceeded) {
					t.Fatal(err)
				}
				before := len(server.asked())
				start := time.Now()
				if err := p.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("took %v: the server holds a request that repeats an offset", took)
				}
				if n := len(server.asked()) - before; n != test.requests {
					t.Errorf("%d requests, want %d: %+v", n, test.requests, server.asked()[before:])
				}
				if server.pending() != 0 {
					t.Errorf("%d pending", server.pending())
				}
			})
		})
	}
}

func TestG7_CloseWhenTheServerFails(t *testing.T) {
	for name, test := range map[string]struct {
		steps []step
		took  time.Duration
		ok    bool
	}{
		"twice":    {[]step{answer(500, ""), answer(502, "<html>")}, 300 * time.Millisecond, true},
		"always":   {[]step{answer(500, ""), answer(500, ""), answer(500, ""), answer(500, "")}, 300 * time.Millisecond, false},
		"hanging":  {[]step{hang, hang}, closeTime, false},
		"401":      {[]step{answer(401, "")}, 0, false},
		"conflict": {[]step{answer(409, conflict)}, 0, false},
		"429":      {[]step{answer(429, `{"ok":false,"error_code":429,"parameters":{"retry_after":3}}`)}, 3 * time.Second, true},
		"long 429": {[]step{answer(429, `{"ok":false,"error_code":429,"parameters":{"retry_after":30}}`)}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newBotServer(1)
				p := newTestPoller(t, server, nil)
				server.push(2)
				done(p, fetch(t, p, 100)...)
				server.first(test.steps...)
				start := time.Now()
				err := p.Close(t.Context())
				if (err == nil) != test.ok {
					t.Errorf("error is %v", err)
				}
				if err != nil {
					noToken(t, err.Error())
				}
				if took := time.Since(start); took != test.took {
					t.Errorf("took %v, want %v", took, test.took)
				}
			})
		})
	}
	t.Run("interrupted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := newBotServer(1)
			p := newTestPoller(t, server, nil)
			server.push(2)
			done(p, fetch(t, p, 100)...)
			server.first(hang)
			ctx, stop := contextFor(t, 2*time.Second)
			defer stop()
			start := time.Now()
			if err := p.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error is %v", err)
			}
			if took := time.Since(start); took != 2*time.Second {
				t.Errorf("took %v", took)
			}
		})
	})
}
