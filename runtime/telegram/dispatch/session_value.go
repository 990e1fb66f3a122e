package dispatch

import (
	"context"
	"fmt"

	"github.com/tggen/tggen/runtime/telegram"
)

// GetState returns the state of a session as the type T of one state. found is false if the session is in another state, or if the update
// has no session. Generated code calls it for a handler of one state.
func GetState[T, S any](ctx context.Context, ev *telegram.Event, s *Session[S]) (state T, found bool, err error) {
	value, found, err := s.Get(ctx, ev)
	if err != nil || !found {
		return state, false, err
	}
	state, found = any(value).(T)
	return state, found, nil
}

// GetData returns a copy of the value of a session without states. found is false if the update has no session. Generated code calls it
// for a handler that uses the session.
func GetData[S any](ctx context.Context, ev *telegram.Event, s *Session[S]) (value *S, found bool, err error) {
	value = new(S)
	*value, found, err = s.Get(ctx, ev)
	return value, found, err
}

// NotAState returns the error for a value that is no state of a session: nil, or a pointer to a state.
func NotAState(session string, value any) error {
	if value == nil {
		return fmt.Errorf("nil is not a state of %s", session)
	}
	return fmt.Errorf("%T is not a state of %s: use the value, not a pointer to it", value, session)
}

// SetData sets a session without states to the value that a handler had a copy of. It does nothing if the handler has replaced its copy
// by nil. Generated code calls it when the handler has succeeded.
func SetData[S any](s *Session[S], ev *telegram.Event, value *S) error {
	if value == nil {
		return nil
	}
	return s.Set(ev, *value)
}
