package plan

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// A language is a set of texts, as an automaton: what a callback pattern writes, or what it reads. It has one state to
// begin in and one to end in, and steps between states that take a byte, or none.
type language struct {
	states []state
	start  int
	end    int
}

type state struct {
	steps []step
	free  []int // states that are reached without a byte
}

type step struct {
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

// but is every byte that is not in text.
func but(text string) byteSet {
	s := bytesOf(text)
	for i := range s {
		s[i] = ^s[i]
	}
	return s
}

func (s byteSet) and(o byteSet) byteSet {
	for i := range s {
		s[i] &= o[i]
	}
	return s
}

// letter is the byte of the set that reads best in an example.
func (s byteSet) letter() (byte, bool) {
	const best = "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for i := range len(best) {
		if s.has(best[i]) {
			return best[i], true
		}
	}
	for i, word := range s {
		if word != 0 {
			return byte(i*64 + bits.TrailingZeros64(word)), true
		}
	}
	return 0, false
}

// A part adds a piece of a language behind a state, and returns the state that the piece ends in.
type part func(l *language, from int) (to int)

func newLanguage(p part) *language {
	l := &language{}
	l.start = l.state()
	l.end = p(l, l.start)
	return l
}

func (l *language) state() int {
	l.states = append(l.states, state{})
	return len(l.states) - 1
}

func one(set byteSet) part {
	return func(l *language, from int) int {
		to := l.state()
		l.states[from].steps = append(l.states[from].steps, step{set, to})
		return to
	}
}

func literal(text string) part {
	parts := make([]part, len(text))
	for i := range len(text) {
		parts[i] = one(bytesOf(text[i : i+1]))
	}
	return sequence(parts...)
}

func sequence(parts ...part) part {
	return func(l *language, from int) int {
		for _, p := range parts {
			from = p(l, from)
		}
		return from
	}
}

func either(parts ...part) part {
	return func(l *language, from int) int {
		to := l.state()
		for _, p := range parts {
			end := p(l, from)
			l.states[end].free = append(l.states[end].free, to)
		}
		return to
	}
}

func nothing() part { return sequence() }

func maybe(p part) part { return either(nothing(), p) }

// upTo repeats a part: at least `least` times, and at most `most` times, or without end if that is negative.
func upTo(p part, least, most int) part {
	return func(l *language, from int) int {
		for range least {
			from = p(l, from)
		}
		if most < 0 {
			loop := l.state()
			l.states[from].free = append(l.states[from].free, loop)
			end := p(l, loop)
			l.states[end].free = append(l.states[end].free, loop)
			return loop
		}
		to := l.state()
		l.states[from].free = append(l.states[from].free, to)
		for range most - least {
			from = p(l, from)
			l.states[from].free = append(l.states[from].free, to)
		}
		return to
	}
}

// A position is where an automaton may be after some text: its states, sorted.
type position []int

func (l *language) at(states ...int) position {
	seen := make([]bool, len(l.states))
	var p position
	for len(states) > 0 {
		s := states[len(states)-1]
		states = states[:len(states)-1]
		if seen[s] {
			continue
		}
		seen[s] = true
		p = append(p, s)
		states = append(states, l.states[s].free...)
	}
	slices.Sort(p)
	return p
}

func (l *language) after(p position, c byte) position {
	var to []int
	for _, s := range p {
		for _, step := range l.states[s].steps {
			if step.bytes.has(c) {
				to = append(to, step.to)
			}
		}
	}
	return l.at(to...)
}

func (l *language) ends(p position) bool { return slices.Contains(p, l.end) }

func (p position) key() string {
	var b strings.Builder
	for _, s := range p {
		b.WriteString(strconv.Itoa(s))
		b.WriteByte(' ')
	}
	return b.String()
}

// shared is a shortest text, not empty, that is in both languages, if there is one. It walks the pairs of states that
// both can be in at once.
func shared(a, b *language) (example string, ok bool) {
	type place struct {
		a, b int
		any  bool // the text is not empty
	}
	type path struct {
		place
		text string
	}
	seen := map[place]bool{}
	level := []path{{place: place{a.start, b.start, false}}}
	for len(level) > 0 {
		var next []path
		for len(level) > 0 {
			p := level[len(level)-1]
			level = level[:len(level)-1]
			if seen[p.place] {
				continue
			}
			seen[p.place] = true
			if p.any && p.a == a.end && p.b == b.end {
				return p.text, true
			}
			for _, to := range a.states[p.a].free {
				level = append(level, path{place{to, p.b, p.any}, p.text})
			}
			for _, to := range b.states[p.b].free {
				level = append(level, path{place{p.a, to, p.any}, p.text})
			}
			for _, x := range a.states[p.a].steps {
				for _, y := range b.states[p.b].steps {
					if letter, ok := x.bytes.and(y.bytes).letter(); ok {
						next = append(next, path{place{x.to, y.to, true}, p.text + string([]byte{letter})})
					}
				}
			}
		}
		level = next
	}
	return "", false
}

// maxPositions bounds the search of within. It is far more than two patterns of callback data need.
const maxPositions = 20_000

// within reports whether every text of a, but for the empty one, is sure to be in b.
func within(a, b *language) bool {
	type place struct {
		a, b position
		any  bool
	}
	queue := []place{{a: a.at(a.start), b: b.at(b.start)}}
	seen := map[string]bool{}
	letters := toldApart(a, b)
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		if p.any && a.ends(p.a) && !b.ends(p.b) {
			return false
		}
		for _, c := range letters {
			next := place{a: a.after(p.a, c), any: true}
			if len(next.a) == 0 {
				continue
			}
			next.b = b.after(p.b, c)
			if key := next.a.key() + "/" + next.b.key(); !seen[key] {
				if len(seen) == maxPositions {
					return false
				}
				seen[key] = true
				queue = append(queue, next)
			}
		}
	}
	return true
}

// toldApart is a letter of each sort that the two languages tell apart.
func toldApart(a, b *language) []byte {
	var sets []byteSet
	for _, l := range []*language{a, b} {
		for _, s := range l.states {
			for _, step := range s.steps {
				if !slices.Contains(sets, step.bytes) {
					sets = append(sets, step.bytes)
				}
			}
		}
	}
	sorts := map[string]bool{}
	var letters []byte
	for c := range 256 {
		sort := make([]byte, len(sets))
		for i, s := range sets {
			if s.has(byte(c)) {
				sort[i] = 1
			}
		}
		if !sorts[string(sort)] {
			sorts[string(sort)] = true
			letters = append(letters, byte(c))
		}
	}
	return letters
}
