package calls_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tggen/tggen/runtime/telegram/calls"
)

// How the work on an update ends early.
const (
	endFails       = iota // the handler returns an error and is tried again in the same process
	endLoadFails          // likewise, because the journal cannot be read
	endRefused            // likewise, because the server refuses the call
	endBeforeCall         // kill -9 before the server has the call
	endAfterCall          // kill -9 after the server has it, before it is committed
	endAfterCommit        // kill -9 before the handler sees the result
	ends                  // the number of the above
)

// What an attempt comes to.
const (
	failed = "failed"
	killed = "was killed"
)

// TestJournal_AgainstModel runs handlers that make random calls and end early in random ways, until they succeed. The model is
// the number of calls that are stored. What the server gets must be what the model says: each call at least once, and a
// second time only the one that was not stored when the process was killed.
func TestJournal_AgainstModel(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 11))
		program := make([]string, 1+r.IntN(8))
		for i := range program {
			program[i] = string(rune('a' + r.IntN(3))) // equal calls are frequent
		}
		m := &journalModel{b: newJournaledBot(), program: program}
		m.b.answer = m.serve
		kills := 0
		for range r.IntN(6) {
			if end := r.IntN(ends); m.run(t, end, r.IntN(len(program))) == killed {
				kills++
			}
		}
		if how := m.run(t, -1, 0); how != "" {
			t.Fatalf("seed %d: the last attempt %s", seed, how)
		}
		if !slices.Equal(m.b.made, m.want) {
			t.Fatalf("seed %d: program %q\nsent %q\nwant %q", seed, program, m.b.made, m.want)
		}
		if extra := len(m.want) - len(program) - m.refused; extra > kills {
			t.Fatalf("seed %d: %d calls were made twice with %d kills", seed, extra, kills)
		}
	}
}

type journalModel struct {
	b       *journaledBot
	program []string
	stored  int      // how many calls of the program are stored
	want    []string // what the server gets
	refused int      // how many of those it refuses

	ctx    context.Context // of the process that runs; nil after a kill
	origin *calls.JournalOrigin
	loaded bool // this process has loaded the page

	end, at int // what happens in this attempt, at which call
	now     int // which call is made
}

// run makes one attempt, and returns how it ended.
func (m *journalModel) run(t *testing.T, end, at int) (how string) {
	m.end, m.at = end, at
	if m.ctx == nil {
		m.ctx, m.origin = update(t.Context(), 1)
		m.loaded = false
	}
	m.origin.Attempt++
	m.predict()
	defer func() {
		if recover() != nil {
			m.ctx, how = nil, killed
		}
	}()
	m.b.store.load, m.b.store.after = nil, nil
	switch end {
	case endLoadFails:
		m.b.store.load = func() error { return errors.New("no answer") }
	case endAfterCommit:
		m.b.store.after = func(int) error {
			if m.now == m.at {
				panic(killed)
			}
			return nil
		}
	}
	for i, text := range m.program {
		if m.now = i; end == endFails && i == at {
			return failed
		}
		result, err := m.b.RequestWithContext(m.ctx, token, "sendMessage", map[string]any{"text": text}, nil)
		if err != nil {
			return failed
		}
		if want := fmt.Sprintf("%q", text); string(result) != want {
			t.Errorf("the result is %s, want %s", result, want)
		}
	}
	return ""
}

// serve is the server.
func (m *journalModel) serve(text string) (json.RawMessage, error) {
	if m.now == m.at {
		switch m.end {
		case endBeforeCall:
			m.b.made = m.b.made[:len(m.b.made)-1]
			panic(killed)
		case endAfterCall:
			panic(killed)
		case endRefused:
			return nil, errors.New("refused")
		}
	}
	return json.RawMessage(fmt.Sprintf("%q", text)), nil
}

// predict adds to want what the attempt sends.
func (m *journalModel) predict() {
	sends, stores := len(m.program), len(m.program)
	if m.at >= m.stored { // the call where the attempt ends is not recalled
		switch m.end {
		case endBeforeCall:
			sends, stores = m.at, m.at
		case endAfterCall:
			sends, stores = m.at+1, m.at
		case endRefused:
			sends, stores = m.at+1, m.at
			m.refused++
		case endAfterCommit:
			sends, stores = m.at+1, m.at+1
		}
	}
	switch {
	case m.end == endFails:
		sends, stores = m.at, m.at
	case m.end == endLoadFails && !m.loaded:
		sends, stores = 0, 0
	}
	if m.end != endLoadFails && (m.end != endFails || m.at > 0) {
		m.loaded = true
	}
	for i := m.stored; i < sends; i++ {
		m.want = append(m.want, "sendMessage "+m.program[i])
	}
	m.stored = max(m.stored, stores)
}
