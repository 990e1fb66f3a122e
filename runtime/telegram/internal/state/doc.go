// Package state keeps the sessions of a bot: it loads them for an update, holds what handlers have set, and commits that when
// the update is finished. It knows stores and bytes, and nothing of Telegram.
//
// An [Engine] belongs to a bot, and an [Update] to one update and its attempts. A [Definition] describes one kind of session;
// package dispatch makes it, and turns a [Value] into the author's type.
package state

import (
	"errors"
	"time"
)

// A Definition describes one session of the spec. It must not be changed.
type Definition struct {
	// Name is the name in the spec. It is a part of the keys in the store.
	Name string

	// Version is the version of the fields and states, from 1.
	Version int

	// TTL is how long a value is kept after its last change. 0 means for ever.
	TTL time.Duration

	// States are the states, the initial one first. Nil means that the session has only data.
	States []State

	// Initial is the value of a session that the store does not have.
	Initial Value

	// Read checks a stored value and brings it to this version. It may keep data.
	Read func(version int, state string, data []byte) (Value, error)
}

// A State is a state of a session.
type State struct {
	// Name is the name in the spec.
	Name string

	// After is how long the session may stay in the state. 0 means for ever.
	After time.Duration
}

// A Value is what a session holds.
type Value struct {
	State int    // its index in States; 0 if the session has only data
	Data  []byte // JSON; nil for a state without fields; must not be changed
}

// removable reports whether the value is the initial state, so that the store need not keep it.
func (d *Definition) removable(v Value) bool {
	return d.States != nil && v.State == 0 && len(v.Data) == 0
}

// after returns how long a session with this value may stay as it is. 0 means for ever.
func (d *Definition) after(v Value) time.Duration {
	if v.State >= len(d.States) {
		return 0
	}
	return d.States[v.State].After
}

var (
	// ErrAbsorbed is returned for an update whose changes are in the store already, because the update came again. It must
	// not be handled.
	ErrAbsorbed = errors.New("the update was handled before")

	// ErrUnavailable is wrapped by the error for an update that has to wait for the store.
	ErrUnavailable = errors.New("the store of the sessions is not available")

	// ErrBusy is what [Config].Outside returns if too many calls are under way.
	ErrBusy = errors.New("too many calls of the store are under way")

	// ErrOver is what [Config].Outside and [Config].Untimed return if the time of the handler is over.
	ErrOver = errors.New("the time of the handler is over")

	// errFormat is wrapped by the error of a record that is not in the format of this package.
	errFormat = errors.New("the record is not that of a session")
)
