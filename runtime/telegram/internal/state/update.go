package state

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// An Update holds the sessions of one update, over all attempts to handle it. It belongs to the goroutine that handles the
// update.
type Update struct {
	engine *Engine
	id     int64
	raw    string
	expiry *Expiry // nil unless the update says that a state has timed out

	cells   []*cell
	first   cell     // the first of them, and
	few     [2]*cell // the list, which save allocations
	stop    error    // why the update must not be handled any further in this attempt
	sets    []set
	handler string // that runs within Try
	asked   bool   // a session was asked for since the last handler within Try
	held    bool   // see Hold

	pending   *writer // a commit that was begun, and may not have happened
	outcome   error   // of the handlers before that commit
	failures  int     // of the store in a row
	conflicts int
}

// A set is a value that a handler has set.
type set struct {
	handler string // empty outside of Try
	cell    *cell
	value   Value
	applied bool // in this attempt
}

// NewUpdate returns the sessions of an update. It must not be copied after its first use. raw is the JSON of the update. expiry is nil unless the update says that a state has
// timed out.
func NewUpdate(e *Engine, id int64, raw string, expiry *Expiry) Update {
	return Update{engine: e, id: id, raw: raw, expiry: expiry}
}

// Expired returns the name of the session whose state has timed out. It is empty for all other updates.
func (u *Update) Expired() string {
	if u.expiry == nil {
		return ""
	}
	return u.expiry.Session
}

// ExpiredKey returns the key of the session whose state has timed out.
func (u *Update) ExpiredKey() string { return u.expiry.Key }

// ExpiredPage tells the time-outs of states apart: no two of them have the same text.
func (u *Update) ExpiredPage() string {
	return "/" + u.expiry.Session + "/" + u.expiry.Key + "/" + strconv.FormatInt(u.expiry.Due, 10)
}

// Begin begins an attempt. It forgets what was set, except what handlers of earlier attempts have set that are not run again:
// that is set again by [Update.Replay].
func (u *Update) Begin() {
	u.stop, u.asked, u.held = nil, false, false
	for _, c := range u.cells {
		c.current, c.changed = c.base, false
	}
	kept := u.sets[:0]
	for _, s := range u.sets {
		if s.handler != "" {
			s.applied = false
			kept = append(kept, s)
		}
	}
	u.sets = kept
}

// Get loads a session at its first call, and returns its value. due is false if the update says that a state has timed out, and
// the session has left that state.
func (u *Update) Get(ctx context.Context, d *Definition, key string) (v Value, due bool, err error) {
	c, err := u.cell(ctx, d, key)
	if err != nil {
		return Value{}, false, err
	}
	if x := u.expiry; x != nil && x.Session == d.Name {
		return c.current, c.stored.due != 0 && c.stored.due == x.Due, nil
	}
	return c.current, true, nil
}

func (u *Update) cell(ctx context.Context, d *Definition, key string) (*cell, error) {
	if u.stop != nil {
		return nil, u.stop
	}
	u.asked = true
	for _, c := range u.cells {
		if c.definition == d && c.key == key {
			return c, nil
		}
	}
	record, err := u.engine.fetch(ctx, d, key, false)
	switch {
	case err == nil:
	case errors.Is(err, ErrOver), ctx.Err() != nil:
		u.stop = err
		return nil, err
	case isTransient(err):
		u.stop = fmt.Errorf("%w: %w", ErrUnavailable, err)
		return nil, u.stop
	default:
		return nil, err
	}
	c, now := &u.first, time.Now()
	if u.cells == nil {
		u.cells = u.few[:0]
	} else {
		c = new(cell)
	}
	if *c, err = newCell(d, key, record, now); err != nil {
		return nil, err
	}
	u.failures = 0
	if u.expiry == nil && u.engine.Numbers != NoNumbers && c.stored.absorbed.has(u.id, now) {
		u.stop = ErrAbsorbed
		return nil, u.stop
	}
	u.cells = append(u.cells, c)
	if u.engine.Loaded != nil {
		u.engine.Loaded(u.id, c.change())
	}
	return c, nil
}

// Set changes a session that was loaded.
func (u *Update) Set(d *Definition, key string, v Value) error {
	for _, c := range u.cells {
		if c.definition == d && c.key == key {
			c.set(v)
			u.sets = append(u.sets, set{handler: u.handler, cell: c, value: v, applied: true})
			return nil
		}
	}
	return fmt.Errorf("setting the session %s: it was not loaded", d.Name)
}

// Enter says that what is set from now on is set by the named handler. With an empty name, no handler runs that could be left
// out of another attempt.
func (u *Update) Enter(handler string) {
	if u.handler = handler; handler == "" {
		u.asked = false
	}
}

// Hold says that the handler that Enter named has failed, and is run again in the next attempt. If it has asked for a session, the
// handlers after it must not use sessions in this attempt: in the next one they would see others.
func (u *Update) Hold() { u.held = u.held || u.asked }

// Held reports whether the handler that Enter named must not run in this attempt: see Hold.
func (u *Update) Held() bool { return u.held && u.asked }

// Undo forgets what the handler that Enter named has set, because it has failed.
func (u *Update) Undo() {
	kept := u.sets[:0]
	for _, s := range u.sets {
		if s.handler != u.handler {
			kept = append(kept, s)
		}
	}
	if len(kept) == len(u.sets) {
		return
	}
	u.sets = kept
	for _, c := range u.cells {
		c.current, c.changed = c.base, false
	}
	for _, s := range u.sets {
		if s.applied {
			s.cell.set(s.value)
		}
	}
}

// Replay sets again what the named handler has set in an earlier attempt.
func (u *Update) Replay(handler string) {
	for i := range u.sets {
		if s := &u.sets[i]; s.handler == handler && !s.applied {
			s.cell.set(s.value)
			s.applied = true
		}
	}
}

// Stopped returns why the update must not be handled any further in this attempt: ErrAbsorbed, an error that wraps
// ErrUnavailable or ErrOver, or the error of a context that has ended.
func (u *Update) Stopped() error { return u.stop }

// Pending reports whether a commit was begun and may not have happened. Then no handler runs, and Commit makes it again.
func (u *Update) Pending() bool { return u.pending != nil }

// maxConflicts is how often the handlers of an update run again because a session has changed meanwhile.
const maxConflicts = 10

// Commit writes what the handlers have set. outcome is the error of the handlers; if the commit was begun before, it is the
// one of then that counts, which Commit returns. err is nil if the commit has happened, and an [*Again] if the update has to be
// handled again.
func (u *Update) Commit(ctx context.Context, outcome error) (of, err error) {
	w := u.pending
	if w != nil {
		outcome = u.outcome
	} else {
		if !u.changed() {
			return outcome, nil
		}
		if w = u.writer(); len(w.writes) == 0 {
			return outcome, nil
		}
	}
	untimed := u.engine.Outside
	if u.engine.memory != nil {
		untimed = u.engine.Untimed
	}
	err = untimed(ctx, func(ctx context.Context) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		u.pending, u.outcome = w, outcome
		return u.engine.direct(ctx, "commit", func(ctx context.Context) error { return u.engine.Store.Commit(ctx, w.writes) })
	})
	switch {
	case err == nil:
		u.pending = nil
		w.done()
		u.committed()
		return outcome, nil
	case errors.Is(err, ErrOver), ctx.Err() != nil:
		return outcome, fmt.Errorf("what the handlers have set is not kept: %w", err)
	case errors.Is(err, ErrBusy):
		u.pending, u.outcome = w, outcome
		return outcome, u.again(err)
	case errors.Is(err, session.ErrConflict):
		u.pending, u.cells, u.sets, u.failures = nil, u.few[:0:0], nil, 0
		if u.conflicts++; u.conflicts <= maxConflicts {
			return outcome, &Again{Wait: backoff(u.conflicts, conflictWait, 20*conflictWait), Anew: true, Err: err}
		}
		return outcome, fmt.Errorf("the sessions have changed meanwhile %d times: %w", u.conflicts, err)
	case !isTransient(err):
		u.pending = nil
		return outcome, err
	}
	return outcome, u.again(err)
}

// committed tells of what was committed.
func (u *Update) committed() {
	if u.engine.Committed == nil {
		return
	}
	for _, c := range u.cells {
		if c.changed {
			u.engine.Committed(u.id, c.change())
		}
	}
}

// Waits reports whether the attempt was stopped because the update has to wait for the store.
func (u *Update) Waits() bool { return errors.Is(u.stop, ErrUnavailable) }

// Unavailable returns the error by which an update waits for the store.
func (u *Update) Unavailable() error { return u.again(u.stop) }

func (u *Update) again(err error) error {
	u.failures++
	return &Again{Wait: backoff(u.failures, firstWait, longestWait), Err: err}
}

// Again is the error of an update that has to be handled again, although no handler has failed. The attempt does not count.
type Again struct {
	Wait time.Duration
	Anew bool // all handlers run again, also those that have succeeded
	Err  error
}

func (a *Again) Error() string { return a.Err.Error() }

func (a *Again) Unwrap() error { return a.Err }

// The wait for a store that is down: 50 ms, doubled after each failure, up to 5 s.
const (
	firstWait   = 50 * time.Millisecond
	longestWait = 5 * time.Second
)

// backoff returns the wait after the given number of failures in a row: first, doubled each time, up to longest. A random part,
// up to a half, is taken off.
func backoff(failures int, first, longest time.Duration) time.Duration {
	wait := longest
	if shift := failures - 1; shift < 20 {
		wait = min(first<<shift, longest)
	}
	return wait - time.Duration(rand.Float64()*float64(wait)/2)
}

// sleep waits for d, or until ctx ends; it then returns the error of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
