package play

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/runtime/telegram/trace"
)

// lines writes steps as a line.
func lines(steps []Step) string {
	var all []string
	for _, s := range steps {
		line := s.Handler + " " + s.Outcome
		if s.Why != "" {
			line += " (" + s.Why + ")"
		}
		all = append(all, line)
	}
	return strings.Join(all, "; ")
}

func TestMerge(t *testing.T) {
	steps := []Step{
		{Handler: "Ban", Outcome: "no", Why: "the message is not a command"},
		{Handler: "Admin", Outcome: "perhaps", Why: "depends on IsAdmin"},
		{Handler: "Log", Outcome: "perhaps", Why: "if not Admin; matching goes on", goesOn: true},
		{Handler: "Vip", Outcome: "perhaps", Why: "depends on IsVip"},
		{Handler: "Other", Outcome: "runs"},
		{Handler: "Never", Outcome: "not reached"},
	}
	for _, test := range []struct {
		name     string
		handlers []string
		over     bool
		want     string
	}{
		{"before it runs", nil, false, "Ban no (the message is not a command); Admin perhaps (depends on IsAdmin); " +
			"Log perhaps (if not Admin; matching goes on); Vip perhaps (depends on IsVip); Other runs; Never not reached"},
		{"the first one that may run", []string{"Admin"}, true, "Ban no (the message is not a command); Admin ran; " +
			"Log not reached; Vip not reached; Other not reached; Never not reached"},
		{"one after which matching goes on", []string{"Log", "Other"}, true, "Ban no (the message is not a command); Admin no (it did not match: depends on IsAdmin); " +
			"Log ran; Vip no (it did not match: depends on IsVip); Other ran; Never not reached"},
		{"it still runs", []string{"Log"}, false, "Ban no (the message is not a command); Admin no (it did not match: depends on IsAdmin); " +
			"Log ran; Vip perhaps (depends on IsVip); Other runs; Never not reached"},
		{"a handler that the spec rules out", []string{"Ban"}, true, "Ban ran; Admin not reached; Log not reached; Vip not reached; Other not reached; Never not reached"},
		{"a handler that the spec does not have", []string{"Old"}, false, "Ban no (the message is not a command); Admin perhaps (depends on IsAdmin); " +
			"Log perhaps (if not Admin; matching goes on); Vip perhaps (depends on IsVip); Other runs; Never not reached; " +
			"Old ran (the spec does not have it: the bot was built from another one)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := lines(steps)
			if got := lines(merge(steps, test.handlers, test.over)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if lines(steps) != before {
				t.Error("the steps of the spec were changed")
			}
		})
	}
}

// newTestTrail returns the trail of a game without a bot.
func newTestTrail(t *testing.T) *Play {
	t.Helper()
	p, err := Start(Config{Listen: "127.0.0.1:0", Plan: planOf(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func planOf(t *testing.T) *plan.Plan {
	t.Helper()
	resolved, found := gen.Plan(gen.Input{SpecFile: "spec.yaml", Spec: []byte("version: 1\nconstraints: [chat]\nhandlers:\n  - {name: Start, command: start}\n  - {name: Echo, on: message:text}\n")})
	if len(found) > 0 {
		t.Fatal(found)
	}
	return resolved
}

// TestRecords checks the status of an update after each record of the bot.
func TestRecords(t *testing.T) {
	taken, started := trace.Record{Event: trace.Taken}, trace.Record{Event: trace.Started, Attempt: 1}
	entered := trace.Record{Event: trace.Entered, Handler: "Echo", Attempt: 1}
	finished := func(o trace.Outcome) trace.Record {
		return trace.Record{Event: trace.Finished, Outcome: o, Error: "why"}
	}
	repeated := trace.Record{Event: trace.Repeated}
	for _, test := range []struct {
		name     string
		records  []trace.Record
		status   string
		handlers []string
	}{
		{"waiting", []trace.Record{taken}, updateWaiting, nil},
		{"running", []trace.Record{taken, started, entered}, updateRunning, []string{"Echo"}},
		{"handled", []trace.Record{taken, started, entered, finished(trace.Handled)}, updateHandled, []string{"Echo"}},
		{"failed", []trace.Record{taken, started, entered, finished(trace.Failed)}, updateFailed, []string{"Echo"}},
		{"tried again", []trace.Record{taken, started, entered, finished(trace.Retried)}, updateWaiting, []string{"Echo"}},
		{"a second attempt", []trace.Record{taken, started, entered, finished(trace.Retried), {Event: trace.Started, Attempt: 2}}, updateRunning, nil},
		{"timed out, and then returned", []trace.Record{taken, started, entered, finished(trace.TimedOut), finished(trace.Abandoned)}, updateTimedOut, []string{"Echo"}},
		{"stopped", []trace.Record{taken, started, entered, finished(trace.Stopped)}, updateQueued, []string{"Echo"}},
		{"not ours", []trace.Record{taken, started, finished(trace.NotOurs)}, updateDropped, nil},
		{"of no handler's kind", []trace.Record{{Event: trace.Dropped}}, updateDropped, nil},
		{"a find that finds nothing", []trace.Record{taken, started, entered, {Event: trace.Passed, Handler: "Echo"}}, updateRunning, nil},
		{"polled again while it runs", []trace.Record{taken, started, entered, repeated, finished(trace.Handled)}, updateHandled, []string{"Echo"}},
		{"polled again when it is over", []trace.Record{taken, started, entered, finished(trace.Handled), repeated}, updateRepeated, []string{"Echo"}},
		{"absorbed by a session", []trace.Record{taken, started, repeated, finished(trace.Handled)}, updateRepeated, nil},
		{"taken again", []trace.Record{taken, started, entered, finished(trace.Failed), taken}, updateWaiting, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newTestTrail(t)
			p.mu.Lock()
			defer p.mu.Unlock()
			for _, r := range test.records {
				r.Update = 7
				p.trail.take(r)
			}
			if u := p.trail.updates[7]; u.Status != test.status || !slices.Equal(u.Handlers, test.handlers) {
				t.Errorf("the status is %s and the handlers are %v, want %s and %v", u.Status, u.Handlers, test.status, test.handlers)
			}
		})
	}
}

// TestTheBotEnds checks what becomes of updates that a bot has in hand when it ends: one that is not confirmed comes again.
func TestTheBotEnds(t *testing.T) {
	p := newTestTrail(t)
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := int64(1); id <= 3; id++ {
		p.trail.take(trace.Record{Event: trace.Taken, Update: id})
	}
	p.trail.take(trace.Record{Event: trace.Finished, Outcome: trace.Handled, Update: 3})
	p.trail.updates[2].pending = false
	p.trail.ended()
	for id, want := range map[int64]string{1: updateQueued, 2: updateLost, 3: updateHandled} {
		if got := p.trail.updates[id].Status; got != want {
			t.Errorf("update %d is %s, want %s", id, got, want)
		}
	}
}

func TestBounds(t *testing.T) {
	p := newTestTrail(t)
	p.mu.Lock()
	for id := int64(1); id <= maxUpdates+10; id++ {
		p.trail.take(trace.Record{Event: trace.Taken, Update: id})
	}
	if len(p.trail.updates) != maxUpdates || len(p.trail.order) != maxUpdates || p.trail.updates[10] != nil || p.trail.updates[11] == nil {
		t.Errorf("%d updates are kept", len(p.trail.updates))
	}
	member := p.world.order[0]
	for range maxMessages + 10 {
		p.world.users[member.ID].Send("x")
	}
	p.sync()
	if len(p.mirror.messages) != maxMessages || p.mirror.messages[messageKey(member.ID, 10)] != nil {
		t.Errorf("%d messages are kept", len(p.mirror.messages))
	}
	p.mu.Unlock()
	for i := range maxLog + 10 {
		fmt.Fprintf(p.Bot.log, "line %d\n", i)
	}
	fmt.Fprintf(p.Bot.log, "%s", strings.Repeat("y", 3*maxLine))
	lines := p.Bot.log.lines()
	if len(lines) != maxLog || lines[maxLog-3] != fmt.Sprintf("line %d", maxLog+9) || len(lines[maxLog-1]) != maxLine {
		t.Errorf("%d lines, and the last ones are %q", len(lines), lines[maxLog-3:])
	}
}
