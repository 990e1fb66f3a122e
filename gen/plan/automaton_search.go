package plan

import (
	"slices"
	"strconv"
	"strings"
)

// commonText returns a shortest text that is not empty and that both automata accept. It reports false if they accept no common text.
//
// It is a breadth-first search through the product of the two automata.
func commonText(a, b *automaton) (text string, ok bool) {
	type place struct {
		a, b     int
		nonEmpty bool // the text read so far
	}
	type path struct {
		place
		text string
	}
	seen := map[place]bool{}
	level := []path{{place: place{a.start, b.start, false}}} // the paths of one length
	for len(level) > 0 {
		var longer []path
		for len(level) > 0 {
			p := level[len(level)-1]
			level = level[:len(level)-1]
			if seen[p.place] {
				continue
			}
			seen[p.place] = true
			if p.nonEmpty && p.a == a.accept && p.b == b.accept {
				return p.text, true
			}
			for _, to := range a.states[p.a].epsilon {
				level = append(level, path{place{to, p.b, p.nonEmpty}, p.text})
			}
			for _, to := range b.states[p.b].epsilon {
				level = append(level, path{place{p.a, to, p.nonEmpty}, p.text})
			}
			for _, x := range a.states[p.a].transitions {
				for _, y := range b.states[p.b].transitions {
					if c, ok := x.bytes.intersection(y.bytes).example(); ok {
						longer = append(longer, path{place{x.to, y.to, true}, p.text + string([]byte{c})})
					}
				}
			}
		}
		level = longer
	}
	return "", false
}

// maxPairs bounds the search of isSubset. Two patterns of callback data need far fewer.
const maxPairs = 20_000

// isSubset reports whether b accepts every text that a accepts, the empty text aside. It also reports false if the
// search takes more than maxPairs steps.
//
// It makes both automata deterministic as it goes, and looks for a text of the difference.
func isSubset(a, b *automaton) bool {
	type pair struct {
		a, b     stateSet
		nonEmpty bool // the text read so far
	}
	queue := []pair{{a: a.closure(a.start), b: b.closure(b.start)}}
	seen := map[string]bool{}
	alphabet := representatives(a, b)
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		if p.nonEmpty && a.accepts(p.a) && !b.accepts(p.b) {
			return false
		}
		for _, c := range alphabet {
			next := pair{a: a.next(p.a, c), nonEmpty: true}
			if len(next.a) == 0 {
				continue
			}
			next.b = b.next(p.b, c)
			if key := next.a.key() + "/" + next.b.key(); !seen[key] {
				if len(seen) == maxPairs {
					return false
				}
				seen[key] = true
				queue = append(queue, next)
			}
		}
	}
	return true
}

// key is a text that is different for each set.
func (s stateSet) key() string {
	var b strings.Builder
	for _, state := range s {
		b.WriteString(strconv.Itoa(state))
		b.WriteByte(' ')
	}
	return b.String()
}

// representatives are one byte of each class of bytes between which neither automaton distinguishes.
func representatives(a, b *automaton) []byte {
	var sets []byteSet
	for _, x := range []*automaton{a, b} {
		for _, s := range x.states {
			for _, t := range s.transitions {
				if !slices.Contains(sets, t.bytes) {
					sets = append(sets, t.bytes)
				}
			}
		}
	}
	classes := map[string]bool{}
	var bytes []byte
	for c := range 256 {
		class := make([]byte, len(sets)) // which sets have the byte
		for i, s := range sets {
			if s.has(byte(c)) {
				class[i] = 1
			}
		}
		if !classes[string(class)] {
			classes[string(class)] = true
			bytes = append(bytes, byte(c))
		}
	}
	return bytes
}
