package wire

import (
	"cmp"
	"slices"
)

// A span is an object or array in the text: the position of its bracket, and the one after its closing bracket.
type span struct{ start, end int }

// spansOf finds all objects and arrays of a text that is JSON, in the order of their start. With them the decoder
// skips a value in one step when it is careful, which it must do at every level of nested unions.
func spansOf(s string) []span {
	var spans []span
	var open []int // indexes of spans
	for i := 0; i < len(s); {
		switch s[i] {
		case '"':
			i = skipString(s, i+1)
			continue
		case '{', '[':
			open = append(open, len(spans))
			spans = append(spans, span{start: i})
		case '}', ']':
			spans[open[len(open)-1]].end = i + 1
			open = open[:len(open)-1]
		}
		i++
	}
	return spans
}

// newCarefulDecoder makes a decoder that is careful. The mistake is where the text is not JSON, or not negative.
func newCarefulDecoder(raw string) (d decoder, mistake int) {
	mistake = skipSpace(raw, 0)
	if mistake = skipValue(raw, mistake, maxDepth); mistake >= 0 {
		if mistake = skipSpace(raw, mistake); mistake < len(raw) {
			mistake = ^mistake
		}
	}
	if mistake < 0 {
		return decoder{}, mistake
	}
	return decoder{s: raw, careful: true, spans: spansOf(raw)}, mistake
}

// skipSpan skips the object or array at i.
func (d *decoder) skipSpan(i int) int {
	k, _ := slices.BinarySearchFunc(d.spans, i, func(s span, i int) int { return cmp.Compare(s.start, i) })
	return d.spans[k].end
}
