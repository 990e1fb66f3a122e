package tgtest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

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
		{"an empty limit is absent", `{"limit":""}`, ids(1000, 100), 1000},
		{"an offset that is not a number is 0", `{"offset":"soon","limit":2}`, ids(1000, 2), 1000},
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
		{"more than there are keeps all of them", `{"offset":-1000,"limit":2}`, ids(1000, 2), 1000},
		{"the most negative offset keeps all", `{"offset":-2147483648,"limit":2}`, ids(1000, 2), 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			inMemory(t, func(t *testing.T, srv *tgtest.Server) {
				pushMany(t, srv, 150)
				time.Sleep(time.Hour) // past the rules about repeated offsets
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

// TestGetUpdatesWaitsForMoreUpdates checks that a waiting getUpdates answers a millisecond after the newest update,
// and at most two milliseconds after the first.
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

// TestPollOfAClientThatLeft checks that a poll ends with its client and that no update is lost.
func TestPollOfAClientThatLeft(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ctx, cancel := context.WithCancel(context.Background())
		gone := make(chan answer, 1)
		go func() { gone <- try(ctx, srv, "getUpdates", `{"timeout":50}`) }()
		srv.WaitPolling(context.Background())
		cancel()
		<-gone
		if err := srv.WaitNotPolling(context.Background()); err != nil {
			t.Fatal(err)
		}
		pushMany(t, srv, 3)
		if got := call(t, srv, "getUpdates", `{"offset":1000}`); len(got.updates) != 3 || got.status != 200 {
			t.Errorf("the next poll: %+v", got)
		}
	})
}
