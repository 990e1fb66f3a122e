package wire

import (
	"cmp"
	"slices"
)

// A span is an object or array in the text. start is the position of its opening bracket; end is the position after its
// closing bracket.
type span struct{ start, end int }

// spansOf returns all objects and arrays of a valid JSON text, in the order of their starts. The careful decoder reads a
// union twice, so without spans it would skip the text of nested unions once for each level.
func spansOf(s string) []span {
	var spans []span
	var open []int // indexes in spans
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

// newCarefulDecoder makes a careful decoder. The mistake is negative, as in the scan, if the text is not valid JSON.
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

// skipSpan skips the object or array at i, which must be in d.spans.
func (d *decoder) skipSpan(i int) int {
	k, _ := slices.BinarySearchFunc(d.spans, i, func(s span, i int) int { return cmp.Compare(s.start, i) })
	return d.spans[k].end
}
