package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/internal/state"
)

// A State is a state of a session.
type State struct {
	// Name is the name in the spec.
	Name string

	// After is how long the session may stay in the state. Default 0: for ever.
	After time.Duration
}

// SessionConfig describes a session of the spec whose values are of the type S.
type SessionConfig[S any] struct {
	// Name is the name in the spec.
	Name string

	// Version is the version of the fields and states. Default 1.
	Version int

	// TTL is how long a value is kept after its last change. Default 0: for ever.
	TTL time.Duration

	// Key returns the key of the session that an update belongs to: see [ChatKey] and its kin. ok is false if the update
	// has none.
	Key func(ev *telegram.Event) (key string, ok bool, err error)

	// States are the states, the initial one first, which has no fields. Default nil: the session has only data.
	States []State

	// Encode returns the index of a value's state, and its data as JSON, or nil for a state without fields. Without states,
	// the index is 0.
	Encode func(value S) (state int, data []byte, err error)

	// Decode is the inverse of Encode. Decode(0, nil) returns the value of a session that was never set. Its results share no
	// memory that a handler may change.
	Decode func(state int, data []byte) (S, error)

	// Migrate returns the value for data of an earlier version. state is empty if the session has only data. It is required
	// if Version is greater than 1.
	Migrate func(version int, state string, data json.RawMessage) (S, error)
}

// A Session loads and changes the sessions of one name in the spec. Generated code has one for each. Its methods may be called
// concurrently; those that take an event belong to the goroutine of the handler.
type Session[S any] struct {
	config     SessionConfig[S]
	definition *state.Definition
}

// NewSession returns a session. It panics if the initial value cannot be encoded.
func NewSession[S any](config SessionConfig[S]) *Session[S] {
	config.Version = max(config.Version, 1)
	s := &Session[S]{config: config}
	s.definition = &state.Definition{Name: config.Name, Version: config.Version, TTL: config.TTL, Read: s.read}
	for _, st := range config.States {
		s.definition.States = append(s.definition.States, state.State(st))
	}
	initial, err := config.Decode(0, nil)
	if err == nil {
		s.definition.Initial, err = s.encode(initial)
	}
	if err != nil {
		panic(fmt.Sprintf("dispatch: the initial value of the session %s: %v", config.Name, err))
	}
	return s
}

// SessionOf returns a session of a bot by its name in the spec.
func SessionOf[S any](bot *telegram.Bot, name string) (*Session[S], error) {
	for _, other := range bot.Sessions() {
		if s, ok := other.(*Session[S]); ok && s.config.Name == name {
			return s, nil
		}
	}
	return nil, fmt.Errorf("the bot has no session %s of the type %T", name, *new(S))
}

// Definition implements [telegram.Session].
func (s *Session[S]) Definition() *state.Definition { return s.definition }

// At returns the index of the state that the session of the update is in. It is -1 if the update has no key. In
// [telegram.Config].Expire, it is -1 if the session has left the state that timed out, too. The session is loaded at the
// first call of At or Get for the update. After an error, no handler of the update may run.
func (s *Session[S]) At(ctx context.Context, ev *telegram.Event) (state int, err error) {
	v, found, err := s.load(ctx, ev)
	if err != nil || !found {
		return -1, err
	}
	return v.State, nil
}

// Get returns a copy of the value that the session of the update has. found is false in the cases in which [Session.At] returns
// -1.
func (s *Session[S]) Get(ctx context.Context, ev *telegram.Event) (value S, found bool, err error) {
	v, found, err := s.load(ctx, ev)
	if err != nil || !found {
		return value, false, err
	}
	if value, err = s.config.Decode(v.State, v.Data); err != nil {
		key, _, _ := s.key(ev)
		return value, false, s.fail(key, fmt.Errorf("decoding: %w", err))
	}
	return value, true, nil
}

// Set changes the session of the update, which At or Get has loaded. It is called when a handler has succeeded; within
// [telegram.Event.Try], it is called by the function that Try calls. The change is committed when all handlers of the update
// have returned. A session with states enters the state anew, even if it is in the same state.
func (s *Session[S]) Set(ev *telegram.Event, value S) error {
	update := ev.SessionUpdate()
	if update == nil {
		return errNoUpdate
	}
	key, ok, err := s.key(ev)
	if err == nil && !ok {
		err = errors.New("setting: the update has no key")
	}
	var v state.Value
	if err == nil {
		v, err = s.encode(value)
	}
	if err == nil {
		err = update.Set(s.definition, key, v)
	}
	if err != nil {
		update.Undo() // the handler has failed
		return s.fail(key, err)
	}
	return nil
}

// Load returns the value of the session with a key, for code outside of handlers.
func (s *Session[S]) Load(ctx context.Context, bot *telegram.Bot, key string) (value S, err error) {
	v, err := bot.SessionEngine().Load(ctx, s.definition, key)
	if err != nil {
		return value, s.fail(key, err)
	}
	if value, err = s.config.Decode(v.State, v.Data); err != nil {
		return value, s.fail(key, fmt.Errorf("decoding: %w", err))
	}
	return value, nil
}

// Update changes the session with a key, for code outside of handlers. f returns the new value, or false to change nothing. It may
// be called several times, because the session may change meanwhile. A handler must not call Update for a session of its own
// update. After an error of the store, the change may have happened.
func (s *Session[S]) Update(ctx context.Context, bot *telegram.Bot, key string, f func(value S) (changed S, change bool, err error)) error {
	var ofF error
	err := bot.SessionEngine().Update(ctx, s.definition, key, func() string { return addressOf(key, time.Now()) },
		func(v state.Value) (state.Value, bool, error) {
			value, err := s.config.Decode(v.State, v.Data)
			if err != nil {
				return v, false, fmt.Errorf("decoding: %w", err)
			}
			changed, change, err := f(value)
			if err != nil || !change {
				ofF = err
				return v, false, err
			}
			v, err = s.encode(changed)
			return v, true, err
		})
	if err != nil && ofF == nil {
		return s.fail(key, err)
	}
	return err
}

var errNoUpdate = errors.New("the event was made by hand, and has no sessions")

// key returns the key of the session that the update belongs to.
func (s *Session[S]) key(ev *telegram.Event) (key string, ok bool, err error) {
	if update := ev.SessionUpdate(); update != nil && update.Expired() == s.config.Name {
		return update.ExpiredKey(), true, nil
	}
	return s.config.Key(ev)
}

func (s *Session[S]) load(ctx context.Context, ev *telegram.Event) (v state.Value, found bool, err error) {
	update := ev.SessionUpdate()
	if update == nil {
		return v, false, errNoUpdate
	}
	key, ok, err := s.key(ev)
	if err != nil {
		return v, false, s.fail(key, err)
	}
	if !ok {
		return v, false, nil
	}
	v, found, err = update.Get(ctx, s.definition, key)
	if err != nil && update.Stopped() == nil {
		err = s.fail(key, err)
	}
	return v, found, err
}

// fail names the session in an error.
func (s *Session[S]) fail(key string, err error) error {
	return &telegram.SessionError{Session: s.config.Name, Key: key, Err: err}
}

func (s *Session[S]) encode(value S) (v state.Value, err error) {
	if v.State, v.Data, err = s.config.Encode(value); err != nil {
		return v, fmt.Errorf("encoding: %w", err)
	}
	return v, nil
}

// read brings a stored value to the version of this session.
func (s *Session[S]) read(version int, name string, data []byte) (v state.Value, err error) {
	switch {
	case version > s.config.Version:
		return v, fmt.Errorf("reading version %d: this bot has version %d", version, s.config.Version)
	case version < s.config.Version && s.config.Migrate == nil:
		return v, fmt.Errorf("reading version %d: this bot has version %d, and no Migrate", version, s.config.Version)
	case version < s.config.Version:
		value, err := s.config.Migrate(version, name, data)
		if err != nil {
			return v, fmt.Errorf("migrating from version %d: %w", version, err)
		}
		return s.encode(value)
	}
	v.Data = data
	if s.config.States == nil {
		if name != "" {
			return v, fmt.Errorf("reading the state %q: the session has no states", name)
		}
		return v, nil
	}
	for i := range s.config.States {
		if s.config.States[i].Name == name {
			v.State = i
			return v, nil
		}
	}
	return v, fmt.Errorf("reading the state %q: there is no such state", name)
}

// Expired returns the name of the session whose state has timed out. It is for [telegram.Config].Expire. It is empty for an event
// that is an update of its own.
func Expired(ev *telegram.Event) string {
	if update := ev.SessionUpdate(); update != nil {
		return update.Expired()
	}
	return ""
}
