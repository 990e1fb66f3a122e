package telegram

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/internal/state"
	"github.com/tggen/tggen/runtime/telegram/internal/status"
)

// A Session is a session of the spec, see [Config].Sessions. Its implementation is that of package dispatch.
type Session interface {
	// Definition describes the session to the bot.
	Definition() *state.Definition
}

// A SessionError is the error of a session that cannot be used: its record cannot be read, is of a later version, or has a state
// that the spec does not have; or its new value cannot be written, or was changed by others again and again. The session stays as
// it is.
type SessionError struct {
	Session string // the name in the spec
	Key     string // the key of the session; empty if more than one session was to be written
	Err     error
}

func (e *SessionError) Error() string {
	switch {
	case e.Session == "":
		return fmt.Sprintf("the sessions of the update: %v", e.Err)
	case e.Key == "":
		return fmt.Sprintf("session %s: %v", e.Session, e.Err)
	}
	return fmt.Sprintf("session %s of %q: %v", e.Session, e.Key, e.Err)
}

// Unwrap returns the cause.
func (e *SessionError) Unwrap() error { return e.Err }

// Sessions returns the sessions of the spec.
func (b *Bot) Sessions() []Session { return b.config.Sessions }

// SessionEngine is for package dispatch. It returns what loads and commits the sessions of the bot.
func (b *Bot) SessionEngine() *state.Engine { return b.sessions }

// SessionUpdate is for package dispatch. It returns the sessions of the update. It is nil if the event was made by hand, or if the
// bot has no sessions.
func (ev *Event) SessionUpdate() *state.Update {
	if ev.progress == nil || ev.progress.envelope == nil {
		return nil
	}
	return &ev.progress.envelope.useSessions(ev.owner.sessions, nil).Update
}

// A sessionUpdate is what an update needs to know if it uses sessions.
type sessionUpdate struct {
	state.Update

	uncounted int // attempts that do not count, because no handler had failed

	decided bool // handleSessions has asked whether the update is handled again; then the following hold
	again   bool
	wait    time.Duration
}

// useSessions returns the sessions of an update. expiry is nil unless a state has timed out.
func (u *Envelope) useSessions(e *state.Engine, expiry *state.Expiry) *sessionUpdate {
	p := &u.progress
	if p.sessions == nil {
		p.mu.Lock() // the journal of calls looks at it
		defer p.mu.Unlock()
		p.sessions = &sessionUpdate{Update: state.NewUpdate(e, u.ID, u.raw, expiry)}
	}
	return p.sessions
}

// newSessions makes the engine of the bot's sessions.
func (b *Bot) newSessions(token string) *state.Engine {
	if len(b.config.Sessions) == 0 {
		return nil
	}
	id, _, _ := strings.Cut(token, ":")
	b.storeHealth = &storeHealth{bot: b}
	config := state.Config{Store: b.store, Bot: id, Called: b.storeHealth.called}
	config.Untimed = func(ctx context.Context, f func(context.Context) error) error {
		return storeError(runtime.Untimed(ctx, f))
	}
	config.Outside = func(ctx context.Context, f func(context.Context) error) error {
		return storeError(runtime.Outside(ctx, f))
	}
	switch {
	case b.config.Delivery != AtLeastOnce:
	case b.webhook != nil, b.receiver != nil:
		// With a webhook, a chat's messages and a user's presses come in no common order. A queue also has dead letters that are
		// replayed later than their successors.
		config.Numbers = state.Unordered
	default:
		config.Numbers = state.Ordered
	}
	if b.tracer != nil {
		config.Trace = b.tracer.TraceStore
	}
	if b.config.Expire != nil {
		config.Timers = new(state.Timers)
	}
	if b.receiver != nil {
		config.Rescan = rescanTimers
	}
	if b.recorder != nil {
		config.Loaded, config.Committed = b.recorder.loaded, b.recorder.committed
	}
	return state.NewEngine(config)
}

// storeError translates the errors with which the sink refuses a call.
func storeError(err error) error {
	switch err {
	case runtime.ErrTimeout:
		return state.ErrOver
	case runtime.ErrBusy:
		return state.ErrBusy
	}
	return err
}

// storeHealth says once that the store fails, and once that it works again.
type storeHealth struct {
	bot *Bot

	mu       sync.Mutex
	failing  map[string]bool // operations whose last call failed
	failures int             // since the store began to fail
	since    time.Time
}

func (h *storeHealth) called(ctx context.Context, operation string, took time.Duration, failed error) {
	h.bot.observer.StoreCalled(operation, took, failed)
	h.mu.Lock()
	defer h.mu.Unlock()
	if failed != nil {
		if len(h.failing) == 0 {
			h.failing, h.failures, h.since = make(map[string]bool), 0, time.Now()
			h.bot.logger.WarnContext(ctx, "the store fails, and updates that need their session wait for it", "operation", operation, "error", failed)
		}
		h.failing[operation] = true
		h.failures++
		return
	}
	if h.failing[operation] {
		if delete(h.failing, operation); len(h.failing) == 0 {
			h.bot.logger.InfoContext(ctx, "the store works again", "failures", h.failures, "after", time.Since(h.since).Round(time.Millisecond))
		}
	}
}

func (h *storeHealth) state() *status.Store {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.failing) == 0 {
		return &status.Store{}
	}
	return &status.Store{Failing: true, FailingSince: h.since, Failures: h.failures}
}

// handleSessions handles an update of a bot that has sessions. It commits what the handlers have set.
func (b *Bot) handleSessions(ctx context.Context, u *Envelope) error {
	u.progress.envelope = u
	var err error
	if s := u.progress.sessions; s == nil || !s.Pending() {
		if s != nil {
			s.decided = false
			s.Begin()
		}
		err = b.dispatchSafely(ctx, u)
	}
	s := u.progress.sessions
	if s == nil {
		return err
	}
	switch stop := s.Stopped(); {
	case s.Pending():
	case stop == state.ErrAbsorbed:
		if b.recorder != nil {
			b.recorder.repeated(u.ID)
		}
		return nil
	case stop != nil && s.Waits() && ctx.Err() == nil:
		return s.Unavailable()
	case stop != nil && err == nil: // the author's middleware has dropped it
		return stop
	case stop != nil:
		return err
	case err != nil:
		s.wait, s.again = b.retry(u, runtime.Attempt(ctx), err)
		if s.decided = true; s.again {
			return err
		}
	}
	return b.commit(ctx, s, err)
}

// dispatchSafely is dispatch, and turns a panic into an error.
func (b *Bot) dispatchSafely(ctx context.Context, u *Envelope) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = runtime.NewPanicError(value)
		}
	}()
	return b.dispatch(ctx, u)
}

// commit commits what the handlers of an update have set. outcome is their error.
func (b *Bot) commit(ctx context.Context, s *sessionUpdate, outcome error) error {
	outcome, err := s.Commit(ctx, outcome)
	switch again, waits := err.(*state.Again); {
	case err == nil:
		return outcome
	case waits:
		return again
	}
	err = &SessionError{Err: err}
	if outcome == nil {
		return err
	}
	return errors.Join(outcome, err)
}

// addSession adds all constraints that can follow from the key of a session, so that a time-out never runs beside another update of the
// session. Those of the update that entered the state are not enough: if code outside of handlers has entered it, that update was made up,
// and is none that a handler with the session gets.
func (k *Keys) addSession(key string) {
	k.Add(key)
	if chat, user, both := strings.Cut(key, ":"); both {
		k.Add(chat, user)
	} else if chat, _, both := strings.Cut(key, "/"); both {
		k.Add(chat)
	}
}

// runTimers puts the states that have timed out into the sink, until ctx ends.
func (b *Bot) runTimers(ctx context.Context) {
	b.sessions.RunTimers(ctx, func(ctx context.Context, x *state.Expiry) error {
		u, err := NewEnvelope([]byte(x.Raw))
		if err != nil {
			b.logger.ErrorContext(ctx, "a time-out of a state is dropped", "session", x.Session, "key", x.Key, "error", err)
			return nil
		}
		u.useSessions(b.sessions, x)
		_, err = b.sink.Put(ctx, []*Envelope{u}, func(_ *Envelope, err error) {
			if err != nil {
				b.sessions.Timers.Again(x, 0)
			}
		})
		return err
	})
}
