package state

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// Numbers says how updates that come again are recognized.
type Numbers uint8

const (
	// NoNumbers is for updates that never come again.
	NoNumbers Numbers = iota
	// Ordered is for updates of one session that come in the order of their ids, as they do with polling.
	Ordered
	// Unordered is for updates that come in any order, as they do with a webhook.
	Unordered
)

// Config configures an [Engine]. Store and Bot are required.
type Config struct {
	Store session.Store

	// Bot is the id of the bot. The keys in the store begin with it.
	Bot string

	// Numbers says how updates that come again are recognized. Default NoNumbers.
	Numbers Numbers

	// Untimed calls f with the clock of the handler stopped, and Outside does so without the handler's slot. If they
	// cannot, they return ErrOver or ErrBusy, and do not call f. Default: both call f.
	Untimed, Outside func(ctx context.Context, f func(context.Context) error) error

	// Called is told of each call of a store that is not a [session.Memory]: what it did ("load", "commit" or "scan"), how
	// long that took, and whether the store failed. Default nil.
	Called func(ctx context.Context, operation string, took time.Duration, failed error)

	// Loaded is told of each session that was loaded for an update, and Committed of each change that was committed. update is 0 if code
	// outside of handlers has made the change. Default nil.
	Loaded, Committed func(update int64, c Change)

	// Trace is called before each such call, and returns the context that it is made with, and a function that is called with its
	// error, which may be nil. Default nil.
	Trace func(ctx context.Context, operation string) (traced context.Context, end func(err error))

	// Timers has the time-outs of states. Default nil: no state has one.
	Timers *Timers

	// Rescan says that several processes share the store, and one of them runs the timers of all: that one reads them from the
	// store as often. Default 0: each process runs its own timers, and reads those of the process before at its start.
	Rescan time.Duration
}

// An Engine loads and commits the sessions of one bot. Its methods may be called concurrently.
type Engine struct {
	Config
	memory *session.Memory // the store, if it is in memory, so that its calls need no care; otherwise nil
}

// NewEngine returns an engine.
func NewEngine(config Config) *Engine {
	memory, _ := config.Store.(*session.Memory)
	direct := func(ctx context.Context, f func(context.Context) error) error { return f(ctx) }
	if config.Untimed == nil {
		config.Untimed = direct
	}
	if config.Outside == nil {
		config.Outside = direct
	}
	if config.Called == nil {
		config.Called = func(context.Context, string, time.Duration, error) {}
	}
	return &Engine{Config: config, memory: memory}
}

// storeTimeout is how long a call of the store may take. The caller then takes the store for one that is down.
const storeTimeout = 30 * time.Second

// call makes a call of a store that is not in memory, for the handler that runs with ctx.
func (e *Engine) call(ctx context.Context, operation string, f func(context.Context) error) error {
	return e.Outside(ctx, func(ctx context.Context) error { return e.direct(ctx, operation, f) })
}

// direct makes a call of the store, which may take a while.
func (e *Engine) direct(ctx context.Context, operation string, f func(context.Context) error) error {
	if e.memory != nil {
		return f(ctx)
	}
	traced, end := ctx, func(error) {}
	if e.Trace != nil {
		traced, end = e.begin(ctx, operation)
	}
	limited, cancel := context.WithTimeout(traced, storeTimeout)
	defer cancel()
	began := time.Now()
	err := f(limited)
	end(err)
	var failed error
	if isTransient(err) && ctx.Err() == nil {
		failed = err
	}
	e.Called(ctx, operation, time.Since(began), failed)
	return err
}

// begin begins to trace a call of the store.
func (e *Engine) begin(ctx context.Context, operation string) (traced context.Context, end func(err error)) {
	if traced, end = e.Trace(ctx, operation); end == nil {
		end = func(error) {}
	}
	return traced, end
}

// isTransient reports whether a call of a store that failed may succeed later.
func isTransient(err error) bool {
	switch {
	case err == nil,
		errors.Is(err, session.ErrConflict), errors.Is(err, session.ErrInvalid), errors.Is(err, session.ErrClosed):
		return false
	}
	return true
}

func (e *Engine) sessionKey(d *Definition, key string) string {
	return e.Bot + "/session/" + d.Name + "/" + key
}

func (e *Engine) timerKey(d *Definition, key string) string {
	return e.timerPrefix() + d.Name + "/" + key
}

func (e *Engine) timerPrefix() string { return e.Bot + "/timer/" }

// fetch loads the record of a session. outside says that no handler does.
func (e *Engine) fetch(ctx context.Context, d *Definition, key string, outside bool) (session.Record, error) {
	keys := []string{e.sessionKey(d, key)}
	var records []session.Record
	var err error
	if e.memory != nil {
		records, err = e.memory.Load(ctx, keys)
	} else {
		call := e.call
		if outside {
			call = e.direct
		}
		records, err = e.loadFar(ctx, call, keys)
	}
	if err != nil {
		return session.Record{}, fmt.Errorf("loading: %w", err)
	}
	return records[0], nil
}

func (e *Engine) loadFar(ctx context.Context, call func(context.Context, string, func(context.Context) error) error, keys []string) (records []session.Record, err error) {
	err = call(ctx, "load", func(ctx context.Context) (err error) {
		records, err = e.Store.Load(ctx, keys)
		return err
	})
	return records, err
}

// load loads a session for code outside of handlers.
func (e *Engine) load(ctx context.Context, d *Definition, key string) (*cell, error) {
	record, err := e.fetch(ctx, d, key, true)
	if err != nil {
		return nil, err
	}
	c, err := newCell(d, key, record, time.Now())
	return &c, err
}

// A cell is a session that was loaded.
type cell struct {
	definition *Definition
	key        string
	record     session.Record
	stored     stored
	base       Value // when it was loaded
	current    Value
	changed    bool // current was set
}

// newCell reads a record.
func newCell(d *Definition, key string, record session.Record, now time.Time) (cell, error) {
	c := cell{definition: d, key: key, record: record, base: d.Initial, stored: stored{state: noValue}}
	if record.Rev != 0 {
		var err error
		if c.stored, err = parse(record.Data); err != nil {
			return c, err
		}
	}
	if at := c.stored.expires; at != 0 && at <= now.UnixMilli() {
		// The timer has expired with the value.
		c.stored = stored{state: noValue, absorbed: c.stored.absorbed}
	}
	if c.stored.state != noValue {
		name := c.stored.state
		if name == dataOnly {
			name = ""
		}
		var err error
		if c.base, err = d.Read(c.stored.version, name, c.stored.data); err != nil {
			return c, err
		}
	}
	c.current = c.base
	return c, nil
}

// A Change is what became of a session, for [Config].Loaded, which sees no After, and [Config].Committed.
type Change struct {
	Session, Key  string
	Before, After *Snapshot // nil if the store has no value
}

// A Snapshot is a value of a session.
type Snapshot struct {
	State string // empty if the session has only data
	Data  []byte // must not be changed
}

func (c *cell) change() Change {
	change := Change{Session: c.definition.Name, Key: c.key}
	if c.stored.state != noValue {
		change.Before = c.definition.snapshot(c.base)
	}
	if c.changed && !c.definition.removable(c.current) {
		change.After = c.definition.snapshot(c.current)
	}
	return change
}

func (d *Definition) snapshot(v Value) *Snapshot {
	s := &Snapshot{Data: v.Data}
	if d.States != nil {
		s.State = d.States[v.State].Name
	}
	return s
}

// set changes the value. A session with states enters the state, also if it is in the same state already.
func (c *cell) set(v Value) {
	d := c.definition
	same := v.State == c.current.State && string(v.Data) == string(c.current.Data)
	if same && (d.States == nil || d.removable(v)) {
		return
	}
	c.current, c.changed = v, true
}

// Load returns the value of a session, for code outside of handlers.
func (e *Engine) Load(ctx context.Context, d *Definition, key string) (Value, error) {
	c, err := e.load(ctx, d, key)
	if err != nil {
		return Value{}, err
	}
	return c.current, nil
}

// conflictWait is the longest wait before Update tries again after the first conflict.
const conflictWait = 10 * time.Millisecond

// Update changes a session, for code outside of handlers. f returns the new value, or false to change nothing. If the session
// changes meanwhile, it is loaded again, and f is called again. raw returns the update for which a time-out of the new state is
// handled. After an error of the store, the change may have happened.
func (e *Engine) Update(ctx context.Context, d *Definition, key string, raw func() string, f func(Value) (v Value, change bool, err error)) error {
	for try := 1; ; try++ {
		c, err := e.load(ctx, d, key)
		if err != nil {
			return err
		}
		v, change, err := f(c.current)
		if err != nil || !change {
			return err
		}
		if c.set(v); !c.changed {
			return nil
		}
		w := writer{engine: e, now: time.Now(), raw: raw, keep: true}
		w.add(c)
		err = e.direct(ctx, "commit", func(ctx context.Context) error { return e.Store.Commit(ctx, w.writes) })
		if err == nil {
			w.done()
			if e.Committed != nil {
				e.Committed(0, c.change())
			}
			return nil
		}
		if !errors.Is(err, session.ErrConflict) {
			return fmt.Errorf("committing: %w", err)
		}
		if err := sleep(ctx, backoff(try, conflictWait, 20*conflictWait)); err != nil {
			return err
		}
	}
}
