package play

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/runtime/telegram/trace"
	"github.com/tggen/tggen/runtime/tgtest"
)

// trail holds what has become of each update. Play's lock guards it.
type trail struct {
	play    *Play
	plan    *plan.Plan // nil: unknown
	updates map[int64]*track
	order   []int64 // the ids, oldest first
	traced  bool    // the bot tells what it does
}

// track is what is known of one update.
type track struct {
	Update
	pending   bool      // the bot has not confirmed it
	confirmed time.Time // when that was seen
	taken     bool      // the bot has said that it took it
	absorbed  bool      // it came again in this attempt
	states    map[string]string
	explained *explained // nil: not yet, or it must be made again
}

func newTrail(p *Play, resolved *plan.Plan) trail {
	return trail{play: p, plan: resolved, updates: make(map[int64]*track)}
}

// setPlan replaces the resolved spec. The updates that are over keep what the old one said of them.
func (t *trail) setPlan(resolved *plan.Plan) {
	for _, u := range t.updates {
		if u.explained == nil && over(u.Status) {
			t.show(text(u.ID))
		}
	}
	t.plan = resolved
}

// guessAfter is how long after the confirmation of an update the bot may still tell that it has taken the update.
const guessAfter = 300 * time.Millisecond

// sync takes over the updates that were queued, delivered and confirmed. It returns when it must be called again, or the zero time.
func (t *trail) sync() (again time.Time) {
	first := int64(0)
	if len(t.order) > 0 {
		first = slices.Min(t.order)
	}
	now := time.Now()
	for _, u := range t.play.api.Updates(first) {
		known := t.updates[u.ID]
		if known == nil || known.Raw == nil {
			known = t.add(u)
		}
		if known.Deliveries != u.Deliveries || known.pending != u.Pending {
			known.Deliveries, known.pending = u.Deliveries, u.Pending
			t.touch(known)
			if known.confirmed = (time.Time{}); !u.Pending {
				known.confirmed = now
			}
		}
		if !t.traced && !u.Pending && known.Status == updateQueued {
			if at := known.confirmed.Add(guessAfter); now.Before(at) {
				again = earlier(again, at)
			} else {
				known.Status = updateHandled
				t.touch(known)
			}
		}
	}
	return again
}

// earlier returns the earlier of two times. The zero time means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (t *trail) touch(u *track) { t.play.board.touch(sectionUpdates, text(u.ID)) }

// track returns what is known of an update. It adds the update if it is unknown.
func (t *trail) track(id int64) *track {
	if known := t.updates[id]; known != nil {
		return known
	}
	u := &track{
		Update: Update{
			ID: id, At: time.Now(), Status: updateQueued, Handlers: []string{}, Steps: []Step{}, Keys: []ConstraintKey{},
			Sessions: []Session{}, Calls: []Call{},
		},
		pending: true, states: make(map[string]string),
	}
	t.updates[id] = u
	t.order = append(t.order, id)
	if len(t.order) > maxUpdates {
		oldest := t.order[0]
		delete(t.updates, oldest)
		t.play.board.touch(sectionUpdates, text(oldest))
		t.order = slices.Clone(t.order[1:])
	}
	t.touch(u)
	return u
}

// add adds an update that the server has queued.
func (t *trail) add(u tgtest.Update) *track {
	added := t.track(u.ID)
	added.At, added.Kind, added.Raw = u.Time, u.Kind, json.RawMessage(u.Raw)
	t.play.mirror.describeUpdate(added)
	return added
}

// show returns an update for the page, or nil.
func (t *trail) show(key string) *Update {
	id, err := strconv.ParseInt(key, 10, 64)
	u := t.updates[id]
	if err != nil || u == nil {
		return nil
	}
	shown := u.Update
	t.explain(u, &shown)
	return &shown
}

// call adds a call of the bot to its update.
func (t *trail) call(call *tgtest.Call) {
	if call.UpdateID == 0 {
		return
	}
	u := t.track(call.UpdateID)
	u.Calls = append(slices.Clone(u.Calls), Call{
		Method: call.Method, Params: parameters(call), OK: call.OK(), Code: call.Code, Answer: answer(call), At: call.Time,
		Took: milliseconds(call.Took), seq: call.UpdateCall,
	})
	t.touch(u)
}

// answer returns a short text of the answer to a call.
func answer(call *tgtest.Call) string {
	switch {
	case call.Code == 0:
		return "no answer"
	case call.Description != "":
		return call.Description
	case call.Fault != nil && call.Fault.ResetMidBody:
		return "half an answer, and then the connection was reset"
	case call.Message != nil:
		return "message " + text(call.Message.ID)
	}
	var body struct {
		Result json.RawMessage `json:"result"`
	}
	if json.Unmarshal(call.Answer, &body) != nil {
		return shorten(string(call.Answer))
	}
	return shorten(string(body.Result))
}

// shorten cuts a long text.
func shorten(long string) string {
	const most = 200
	letters := []rune(strings.ToValidUTF8(long, "�"))
	if len(letters) <= most {
		return string(letters)
	}
	return string(letters[:most]) + "…"
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// ended notes that the bot has ended: what it had in hand comes again, or is lost.
func (t *trail) ended() {
	t.traced = false
	for _, u := range t.updates {
		if u.Status != updateWaiting && u.Status != updateRunning {
			continue
		}
		u.Status, u.taken = updateLost, false
		if u.pending {
			u.Status = updateQueued
		}
		t.touch(u)
	}
}

// take takes over a record of the bot.
func (t *trail) take(r trace.Record) {
	t.traced = true
	if r.Event == trace.Lost {
		t.play.Bot.note(strconv.Itoa(r.Count) + " records of what the bot does were lost: the trail of some updates is incomplete")
		return
	}
	if r.Update == 0 {
		return
	}
	u := t.track(r.Update)
	t.touch(u)
	switch r.Event {
	case trace.Taken:
		u.begin()
		u.Status, u.taken, u.Shard, u.Workers = updateWaiting, true, &r.Shard, r.Workers
		u.Keys = []ConstraintKey{}
		for _, k := range r.Keys {
			u.Keys = append(u.Keys, ConstraintKey{k.Constraint, k.Text})
		}
		u.Expired = r.Expired
	case trace.Started:
		if r.Attempt > 1 {
			u.begin()
		}
		u.Status, u.Attempt, u.Waited = updateRunning, r.Attempt, milliseconds(r.Waited)
	case trace.Entered:
		u.Handlers = append(slices.Clone(u.Handlers), r.Handler)
	case trace.Passed:
		if at := slices.Index(u.Handlers, r.Handler); at >= 0 {
			u.Handlers = slices.Delete(slices.Clone(u.Handlers), at, at+1)
		}
	case trace.Loaded:
		t.session(u, r).Before = value(r.Before)
		u.states[r.Session] = t.stateOf(r.Session, r.Before)
		u.explained = nil
	case trace.Committed:
		s := t.session(u, r)
		s.Before, s.After, s.Changed = value(r.Before), value(r.After), true
	case trace.Called:
		u.called(r)
	case trace.Finished:
		u.finish(r)
	case trace.Dropped:
		u.Status = updateDropped
	case trace.Repeated:
		// An update in hand comes again, too, until it is confirmed. If it is one that a session has absorbed, no handler runs.
		if u.absorbed = true; u.Status != updateWaiting && u.Status != updateRunning {
			u.Status = updateRepeated
		}
	}
}

// begin forgets what an earlier attempt did. Its calls stay: they have been made.
func (u *track) begin() {
	u.Handlers, u.Sessions, u.Error, u.Took = []string{}, []Session{}, "", 0
	u.states, u.explained, u.absorbed = make(map[string]string), nil, false
}

// finish notes the end of an attempt.
func (u *track) finish(r trace.Record) {
	u.Took, u.Error = milliseconds(r.Took), r.Error
	switch r.Outcome {
	case trace.Handled:
		if u.Status = updateHandled; u.absorbed && len(u.Handlers) == 0 {
			u.Status = updateRepeated
		}
	case trace.Failed:
		u.Status = updateFailed
	case trace.Retried:
		u.Status = updateWaiting
		u.Error = strings.TrimSpace(r.Error + " (again in " + r.Wait.String() + ")")
	case trace.TimedOut, trace.Abandoned:
		u.Status = updateTimedOut
	case trace.Stopped:
		u.Status = updateQueued
	case trace.NotOurs:
		u.Status = updateDropped
	}
}

// called notes how the bot saw a call. The server knows nothing of a call that it has not received, and does not know that its answer was
// lost.
func (u *track) called(r trace.Record) {
	calls := slices.Clone(u.Calls)
	for i := range slices.Backward(calls) {
		if c := &calls[i]; c.seq == r.Seq && c.Method == r.Method {
			if r.Error != "" && c.OK {
				c.OK, c.Answer = false, r.Error
			}
			u.Calls = calls
			return
		}
	}
	c := Call{Method: r.Method, Params: map[string]any{}, OK: r.Error == "", At: r.At, Took: milliseconds(r.Took), Answer: r.Error, seq: r.Seq}
	if c.OK {
		c.Answer = "known from the journal; no call was made"
	}
	u.Calls = append(calls, c)
}

// session returns the entry of a session.
func (t *trail) session(u *track, r trace.Record) *Session {
	u.Sessions = slices.Clone(u.Sessions)
	at := slices.IndexFunc(u.Sessions, func(s Session) bool { return s.Name == r.Session && s.Key == r.SessionKey })
	if at < 0 {
		at = len(u.Sessions)
		u.Sessions = append(u.Sessions, Session{Name: r.Session, Key: r.SessionKey})
	}
	return &u.Sessions[at]
}

// value returns what a session holds as JSON, or nil for nothing.
func value(v *trace.Value) json.RawMessage {
	if v == nil {
		return nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil // the data came as JSON
	}
	return data
}

// stateOf returns the name of the state that a session is in, or an empty text if it is unknown.
func (t *trail) stateOf(session string, v *trace.Value) string {
	if v != nil && v.State != "" {
		return v.State
	}
	if t.plan == nil {
		return ""
	}
	if s := t.plan.Session(session); s != nil && len(s.States) > 0 && v == nil {
		return s.States[0].Name.Value
	}
	return ""
}
