package plan

import (
	"math/bits"
	"slices"
)

// An automaton is a nondeterministic finite automaton over bytes. It accepts a set of texts: what a callback pattern
// writes, or what it reads. It has one start state and one accepting state.
type automaton struct {
	states []state
	start  int
	accept int
}

type state struct {
	transitions []transition
	epsilon     []int // the states that can be reached without reading a byte
}

type transition struct {
	bytes byteSet
	to    int
}

// A byteSet is a set of bytes.
type byteSet [256 / 64]uint64

func (s byteSet) has(c byte) bool { return s[c/64]&(1<<(c%64)) != 0 }

func bytesOf(text string) (s byteSet) {
	for i := range len(text) {
		s[text[i]/64] |= 1 << (text[i] % 64)
	}
	return s
}

func (s byteSet) complement() byteSet {
	for i := range s {
		s[i] = ^s[i]
	}
	return s
}

func (s byteSet) intersection(o byteSet) byteSet {
	for i := range s {
		s[i] &= o[i]
	}
	return s
}

// example returns the byte of the set that is easiest to read. It reports false if the set is empty.
func (s byteSet) example() (byte, bool) {
	const preferred = "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for i := range len(preferred) {
		if s.has(preferred[i]) {
			return preferred[i], true
		}
	}
	for i, word := range s {
		if word != 0 {
			return byte(i*64 + bits.TrailingZeros64(word)), true
		}
	}
	return 0, false
}

// A fragment is a piece of an automaton, as in Thompson's construction. The function adds the piece after the state
// from and returns the state in which the piece ends.
type fragment func(a *automaton, from int) (to int)

func newAutomaton(f fragment) *automaton {
	a := &automaton{}
	a.start = a.addState()
	a.accept = f(a, a.start)
	return a
}

func (a *automaton) addState() int {
	a.states = append(a.states, state{})
	return len(a.states) - 1
}

func (a *automaton) addEpsilon(from, to int) {
	a.states[from].epsilon = append(a.states[from].epsilon, to)
}

// byteIn accepts one byte of the set.
func byteIn(set byteSet) fragment {
	return func(a *automaton, from int) int {
		to := a.addState()
		a.states[from].transitions = append(a.states[from].transitions, transition{set, to})
		return to
	}
}

// literal accepts the text alone.
func literal(text string) fragment {
	bytes := make([]fragment, len(text))
	for i := range len(text) {
		bytes[i] = byteIn(bytesOf(text[i : i+1]))
	}
	return concat(bytes...)
}

// concat accepts a text of each fragment, one after the other.
func concat(fragments ...fragment) fragment {
	return func(a *automaton, from int) int {
		for _, f := range fragments {
			from = f(a, from)
		}
		return from
	}
}

// union accepts the texts of any of the fragments.
func union(fragments ...fragment) fragment {
	return func(a *automaton, from int) int {
		to := a.addState()
		for _, f := range fragments {
			a.addEpsilon(f(a, from), to)
		}
		return to
	}
}

// optional accepts the texts of the fragment and the empty text.
func optional(f fragment) fragment { return union(concat(), f) }

// unbounded is a maximum for [repeat] that sets no bound.
const unbounded = -1

// repeat accepts between minimum and maximum texts of the fragment, one after the other.
func repeat(f fragment, minimum, maximum int) fragment {
	return func(a *automaton, from int) int {
		for range minimum {
			from = f(a, from)
		}
		if maximum == unbounded {
			loop := a.addState()
			a.addEpsilon(from, loop)
			a.addEpsilon(f(a, loop), loop)
			return loop
		}
		to := a.addState()
		a.addEpsilon(from, to)
		for range maximum - minimum {
			from = f(a, from)
			a.addEpsilon(from, to)
		}
		return to
	}
}

// A stateSet is the set of states that an automaton may be in after it read some text, sorted.
type stateSet []int

// closure is the set of the given states and of those that can be reached from them without reading a byte.
func (a *automaton) closure(states ...int) stateSet {
	seen := make([]bool, len(a.states))
	var set stateSet
	for len(states) > 0 {
		s := states[len(states)-1]
		states = states[:len(states)-1]
		if seen[s] {
			continue
		}
		seen[s] = true
		set = append(set, s)
		states = append(states, a.states[s].epsilon...)
	}
	slices.Sort(set)
	return set
}

// next is the set of states after one more byte.
func (a *automaton) next(set stateSet, c byte) stateSet {
	var to []int
	for _, s := range set {
		for _, t := range a.states[s].transitions {
			if t.bytes.has(c) {
				to = append(to, t.to)
			}
		}
	}
	return a.closure(to...)
}

// accepts reports whether the text that led to the set is accepted.
func (a *automaton) accepts(set stateSet) bool { return slices.Contains(set, a.accept) }
