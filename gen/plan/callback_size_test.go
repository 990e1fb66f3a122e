package plan

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
)

// TestSizeIsTight: the size that is proved for a pattern is that of its longest data. The runtime writes data of that size,
// and the automaton of what can be written accepts nothing longer.
func TestSizeIsTight(t *testing.T) {
	for _, pattern := range append(patterns, "c:te:{repo:string(30, !\":\")}:{evt:word(12)}:{page:int(0..999)}") {
		c := callbackOf(t, pattern)
		literals, fields := sizes(c)
		sum, bounded := literals, true
		for _, size := range fields {
			sum += size.bytes()
			bounded = bounded && size.bound != unbounded && (size.field.Type.Kind != spec.TypeRest || size.field.Type.MaxBytes.IsSet())
		}
		if !bounded {
			continue
		}
		if longest := longestData(c); len(longest) != sum {
			t.Errorf("%s: the size is %d, and the longest data is %q, of %d bytes", pattern, sum, longest, len(longest))
		}
		if strings.Contains(pattern, "float64") {
			continue // the automaton accepts numbers that are longer than the shortest way to write them
		}
		if longest := written(c).longest(); longest != sum {
			t.Errorf("%s: the size is %d, and the automaton accepts %d bytes", pattern, sum, longest)
		}
	}
}

// longestData is the longest data that the runtime writes for a pattern: each field has its worst value.
func longestData(c *spec.Callback) string {
	var b []byte
	for i, p := range c.Parts {
		f := p.Field
		if f == nil {
			b = append(b, p.Literal.Value...)
			continue
		}
		next := NextLiteral(c, i)
		worst := "b"
		if next != "" {
			worst = next[:1]
		}
		switch f.Type.Kind {
		case spec.TypeInt, spec.TypeInt64:
			low, high := strconv.FormatInt(math.MinInt64, 10), strconv.FormatInt(math.MaxInt64, 10)
			if numbers := f.Type.Range; numbers.IsSet() {
				low, high = strconv.FormatInt(numbers.Value.Low, 10), strconv.FormatInt(numbers.Value.High, 10)
			}
			if len(low) > len(high) {
				high = low
			}
			b = append(b, high...)
		case spec.TypeFloat64:
			b = dispatch.AppendFloat64(b, -2.2250738585072014e-308)
		case spec.TypeBool:
			b = dispatch.AppendBool(b, true)
		case spec.TypeDuration:
			b = dispatch.AppendDuration(b, time.Duration(-1<<63))
		case spec.TypeEnum:
			longest := ""
			for _, v := range f.Type.Enum {
				if len(v.Value) > len(longest) {
					longest = v.Value
				}
			}
			b = append(b, longest...)
		default:
			bound := f.Type.MaxBytes.Value
			switch {
			case f.Type.Verbatim():
				b = append(b, strings.Repeat("b", bound)...)
			case Omissible(f):
				if next == "" {
					worst = `\`
				}
				b = dispatch.AppendPresent(b, strings.Repeat(worst, bound), next)
			default:
				b = dispatch.AppendField(b, strings.Repeat(worst, bound), next)
			}
		}
	}
	return string(b)
}

// longest is the length of the longest text that the automaton accepts. The automaton has no loops.
func (a *automaton) longest() int {
	const unknown, never = -2, -1
	known := make([]int, len(a.states))
	for i := range known {
		known[i] = unknown
	}
	var from func(state int) int
	from = func(state int) int {
		if known[state] != unknown {
			return known[state]
		}
		best := never
		if state == a.accept {
			best = 0
		}
		for _, to := range a.states[state].epsilon {
			best = max(best, from(to))
		}
		for _, one := range a.states[state].transitions {
			if rest := from(one.to); rest != never {
				best = max(best, rest+1)
			}
		}
		known[state] = best
		return best
	}
	return from(a.start)
}

// TestRangesAreExact compares the language of a range with a search through all numbers near it.
func TestRangesAreExact(t *testing.T) {
	ends := []int64{-1 << 63, -1000, -100, -13, -9, 0, 1, 8, 10, 99, 101, 989, 1<<63 - 1}
	for i, low := range ends {
		for _, high := range ends[i:] {
			language := newAutomaton(numbersBetween(low, high))
			for _, near := range ends {
				for _, delta := range []int64{-3, -1, 0, 1, 2} {
					n := near + delta
					if (delta < 0) != (n < near) && delta != 0 {
						continue // it does not fit 64 bits
					}
					text := strconv.FormatInt(n, 10)
					if got, want := language.acceptsText(text), low <= n && n <= high; got != want {
						t.Fatalf("%d..%d accepts %s: %v", low, high, text, got)
					}
					for _, other := range []string{"0" + text, "+" + text, text + "0" + "x", "-0", ""} {
						if language.acceptsText(other) {
							t.Fatalf("%d..%d accepts %q", low, high, other)
						}
					}
				}
			}
		}
	}
}
