package state

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// define returns a session that has only data.
func define(name string) *Definition {
	return &Definition{Name: name, Version: 1, Initial: Value{Data: []byte("0")}, Read: func(_ int, _ string, data []byte) (Value, error) {
		return Value{Data: data}, nil
	}}
}

const raw = `{"update_id":1}`

// TestAbsorbedByAll checks that all sessions that an update has loaded know that they have absorbed it, and not only the one that
// has changed, and that this holds until the number is forgotten.
func TestAbsorbedByAll(t *testing.T) {
	for _, numbers := range []Numbers{NoNumbers, Ordered, Unordered} {
		synctest.Test(t, func(t *testing.T) {
			e := NewEngine(Config{Store: session.NewMemory(session.MemoryConfig{}), Bot: "1", Numbers: numbers})
			one, two, other := define("One"), define("Two"), define("Other")
			handle := func(id int64, set bool) (err error) {
				u := NewUpdate(e, id, raw, nil)
				u.Begin()
				for _, d := range []*Definition{one, two} {
					if _, _, err := u.Get(t.Context(), d, "k"); err != nil {
						return err
					}
				}
				if set {
					if err := u.Set(two, "k", Value{Data: []byte("1")}); err != nil {
						return err
					}
				}
				outcome, err := u.Commit(t.Context(), nil)
				return errors.Join(outcome, err)
			}
			if err := handle(10, true); err != nil {
				t.Fatal(err)
			}
			absorbed := func(id int64, d *Definition) bool {
				u := NewUpdate(e, id, raw, nil)
				u.Begin()
				_, _, err := u.Get(t.Context(), d, "k")
				if err != nil && (err != ErrAbsorbed || u.Stopped() != ErrAbsorbed) {
					t.Fatal(err)
				}
				return err != nil
			}
			for _, test := range []struct {
				id   int64
				d    *Definition
				want bool
			}{{10, one, true}, {10, two, true}, {10, other, false}, {9, two, numbers == Ordered}, {11, two, false}} {
				if got := absorbed(test.id, test.d); got != (test.want && numbers != NoNumbers) {
					t.Errorf("numbers %d: update %d was absorbed by %s: %v", numbers, test.id, test.d.Name, got)
				}
			}
			time.Sleep(remembered)
			if absorbed(10, two) {
				t.Error("a number is remembered for ever")
			}
		})
	}
}

// TestCommitOver checks that nothing is written after the time of the handler is over.
func TestCommitOver(t *testing.T) {
	store := session.NewMemory(session.MemoryConfig{})
	e := NewEngine(Config{Store: store, Bot: "1", Untimed: func(context.Context, func(context.Context) error) error { return ErrOver }})
	d := define("One")
	u := NewUpdate(e, 1, raw, nil)
	u.Begin()
	if _, _, err := u.Get(t.Context(), d, "k"); err != nil {
		t.Fatal(err)
	}
	if err := u.Set(d, "k", Value{Data: []byte("1")}); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Commit(t.Context(), nil); !errors.Is(err, ErrOver) || store.Len() != 0 {
		t.Errorf("%v; the store has %d records", err, store.Len())
	}
	if err := u.Set(define("Two"), "k", Value{}); err == nil {
		t.Error("a session that was not loaded was set")
	}
}

// TestTimers checks that alarms can be moved and removed.
func TestTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var timers Timers
		timers.set("a", time.Now().Add(3*time.Second).UnixMilli())
		timers.set("b", time.Now().Add(time.Second).UnixMilli())
		timers.set("c", time.Now().Add(2*time.Second).UnixMilli())
		timers.set("c", 0)
		timers.set("d", 0)
		timers.setNew("b", time.Now().Add(time.Hour).UnixMilli())
		timers.set("a", time.Now().Add(500*time.Millisecond).UnixMilli())
		if keys, wait := timers.due(); len(keys) != 0 || wait != 500*time.Millisecond {
			t.Errorf("%q are due, and the next in %v", keys, wait)
		}
		time.Sleep(time.Second)
		if keys, wait := timers.due(); len(keys) != 2 || keys[0] != "a" || keys[1] != "b" || wait != time.Hour {
			t.Errorf("%q are due, and the next in %v", keys, wait)
		}
	})
}
