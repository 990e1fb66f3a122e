package plan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
)

// callbackOf reads a pattern as it stands in a spec.
func callbackOf(t *testing.T, pattern string) *spec.Callback {
	t.Helper()
	s, found := spec.Parse("spec.yaml", fmt.Appendf(nil, "version: 1\nhandlers:\n- {name: A, callback: %q}\n", pattern))
	if len(found) > 0 {
		t.Fatalf("%s: %s", pattern, found[0].Message)
	}
	return s.Handlers[0].Callback
}

func (a *automaton) acceptsText(text string) bool {
	set := a.closure(a.start)
	for i := range len(text) {
		set = a.next(set, text[i])
	}
	return a.accepts(set)
}

// largeNumber matches data with a number that may be out of range: an amount of hours, or an exponent.
var largeNumber = regexp.MustCompile(`[0-9]{6}|[eE][+]?[0-9]{3}`)

var patterns = []string{
	"a:{n:int}", "a:{n:int64?}:{m:int}", "{n:float64}", "x{n:bool=true}/{m:bool}", "{d:duration}", "{d:duration?}:{n:int}",
	"{e:enum(a|b1|c-d)}", "{s:string}", "{s:string(3)}", "{s:string(3)?}", "{s:string(3)}:{t:string(2)}", "{s:string(2)?}:{n:int}",
	"{s:string=x}-{t:string?}", "m:{p:rest}", "m:{p:rest?}", `{s:string}\{t:string}`, "{s:string(2)?}é{n:int}", "exact",
	"p:{n:int(0..12)}", "{n:int64(-105..1)?}/", "{n:int64(0..)}-{m:int(..-7)}", "{n:int(98..1002)}", "{w:word(2)}", "{w:word(3)?}:{v:word(1)=x}",
	`{s:string(3, !":")}:{t:string(2, !"a/")}`, `{s:string(2, !"/")?}/x{n:int}`, `{s:string(2, !":~")=a}::{t:string(2, !"-")?}`, `x{s:string(4, !"\")}\{e:enum(a|b)}`,
}

// TestAutomataAgreeWithRuntime: the automaton written accepts whatever the runtime writes, and the automaton read accepts
// exactly what the runtime reads.
func TestAutomataAgreeWithRuntime(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, pattern := range patterns {
		c := callbackOf(t, pattern)
		writes, reads := written(c), read(c)
		taken := 0
		for range 1000 {
			data := encodeAny(c, random)
			if !writes.acceptsText(data) {
				t.Fatalf("%s: the runtime writes %q, and the automaton does not accept it", pattern, data)
			}
			for range 3 {
				err := decode(c, data)
				switch has := reads.acceptsText(data); {
				case err == nil && has:
					taken++
				case err != nil && has && largeNumber.MatchString(data): // the automata do not know the limits of numbers
				case (err == nil) != has:
					t.Fatalf("%s: %q: the runtime says %v, the automaton says %v", pattern, data, err, has)
				}
				data = mutate(data, random)
			}
		}
		if taken < 1000 {
			t.Errorf("%s: only %d of the texts were read", pattern, taken)
		}
	}
}

// encodeAny writes data of the pattern with random values.
func encodeAny(c *spec.Callback, random *rand.Rand) string {
	var b []byte
	for i, p := range c.Parts {
		f := p.Field
		if f == nil {
			b = append(b, p.Literal.Value...)
			continue
		}
		if Omissible(f) && random.IntN(3) == 0 {
			continue
		}
		number := int64(random.Uint64()) >> random.IntN(64)
		switch f.Type.Kind {
		case spec.TypeInt, spec.TypeInt64:
			if numbers := f.Type.Range.Value; f.Type.Range.IsSet() {
				number = max(numbers.Low, min(numbers.High, []int64{number, numbers.Low, numbers.High, number % 1000}[random.IntN(4)]))
			}
			b = dispatch.AppendInt(b, number)
		case spec.TypeFloat64:
			float := math.Float64frombits(random.Uint64())
			if random.IntN(2) == 0 || math.IsNaN(float) || math.IsInf(float, 0) {
				float = random.NormFloat64() * 100
			}
			b = dispatch.AppendFloat64(b, float)
		case spec.TypeBool:
			b = dispatch.AppendBool(b, number > 0)
		case spec.TypeDuration:
			b = dispatch.AppendDuration(b, time.Duration(number))
		case spec.TypeEnum:
			b = append(b, f.Type.Enum[random.IntN(len(f.Type.Enum))].Value...)
		default:
			next := NextLiteral(c, i)
			text := someText(random, f.Type.MaxBytes.Or(6))
			if f.Type.Verbatim() {
				if text = allowed(f, text); text == "" {
					text = "b" // the empty text is not a word, and means that a field is left out
				}
				b = append(b, text...)
			} else if Omissible(f) {
				b = dispatch.AppendPresent(b, text, next)
			} else {
				b = dispatch.AppendField(b, text, next)
			}
		}
	}
	return string(b)
}

// allowed is the text without the bytes that a verbatim field cannot contain.
func allowed(f *spec.Field, text string) string {
	var b []byte
	for i := range len(text) {
		if _, err := parserOf(f)(text[i : i+1]); err == nil {
			b = append(b, text[i])
		}
	}
	return string(b)
}

const interesting = `ab:/\~-é0`

func someText(random *rand.Rand, maximum int) string {
	var b strings.Builder
	for range random.IntN(maximum + 1) {
		b.WriteByte(interesting[random.IntN(len(interesting))])
	}
	return b.String()
}

// mutate inserts, removes or replaces a byte of the data.
func mutate(data string, random *rand.Rand) string {
	const letters = interesting + "+.1edhmsuntruyofTIME_xX"
	i := random.IntN(len(data) + 1)
	letter := string(letters[random.IntN(len(letters))])
	switch {
	case i == len(data) || random.IntN(3) == 0:
		return data[:i] + letter + data[i:]
	case random.IntN(2) == 0:
		return data[:i] + data[i+1:]
	}
	return data[:i] + letter + data[i+1:]
}

// decode reads data as generated code does.
func decode(c *spec.Callback, data string) error {
	fields := dispatch.NewFields(data)
	for i, p := range c.Parts {
		f := p.Field
		if f == nil {
			fields.Literal(p.Literal.Value)
			continue
		}
		next := NextLiteral(c, i)
		switch f.Type.Kind {
		case spec.TypeInt, spec.TypeInt64:
			decodeField(&fields, f, next, func(text string) (int64, error) {
				if numbers := f.Type.Range; numbers.IsSet() {
					return dispatch.IntBetween[int64](text, numbers.Value.Low, numbers.Value.High)
				}
				return dispatch.Int64(text)
			})
		case spec.TypeFloat64:
			decodeField(&fields, f, next, dispatch.Float64)
		case spec.TypeBool:
			decodeField(&fields, f, next, dispatch.Bool)
		case spec.TypeDuration:
			decodeField(&fields, f, next, dispatch.Duration)
		case spec.TypeEnum:
			decodeField(&fields, f, next, func(text string) (string, error) {
				var values []string
				for _, v := range f.Type.Enum {
					values = append(values, v.Value)
				}
				return dispatch.OneOf(text, values...)
			})
		default:
			switch {
			case !f.Type.Verbatim():
				decodeField(&fields, f, next, parserOf(f))
			case Omissible(f):
				dispatch.VerbatimFieldOptional(&fields, f.Name.Value, next, parserOf(f))
			default:
				dispatch.VerbatimField(&fields, f.Name.Value, next, parserOf(f))
			}
		}
	}
	return fields.Err()
}

// parserOf reads a text as generated code does.
func parserOf(f *spec.Field) func(text string) (string, error) {
	return func(text string) (string, error) {
		switch bound := f.Type.MaxBytes.Or(math.MaxInt); Parser(f.Type) {
		case "Word":
			return dispatch.Word(text, bound)
		case "Verbatim":
			return dispatch.Verbatim(text, bound, f.Type.Excluded.Value)
		default:
			return dispatch.TextUpTo(text, bound)
		}
	}
}

func decodeField[T any](fields *dispatch.Fields, f *spec.Field, next string, parse func(string) (T, error)) {
	if Omissible(f) {
		dispatch.FieldOptional(fields, f.Name.Value, next, parse)
		return
	}
	dispatch.Field(fields, f.Name.Value, next, parse)
}

// TestSearches compares commonText and isSubset with a search through all short texts.
func TestSearches(t *testing.T) {
	const alphabet = `a1:\`
	var texts []string
	level := []string{""}
	for range 5 {
		var next []string
		for _, text := range level {
			for _, letter := range alphabet {
				next = append(next, text+string(letter))
			}
		}
		texts = append(texts, next...)
		level = next
	}
	short := []string{
		"a", "a1", "a:{n:int}", "a{n:bool}", "{n:int}", "{n:int}:{m:int}", "{s:string(1)}", "{s:string(2)}:{n:bool}", "{s:string(1)}:{t:string(1)}",
		"{n:int(0..1)}", "a{n:int(0..11)}", "{w:word(2)}", `{s:string(2, !":")}:{n:int(1..1)}`,
		"{e:enum(a|a1)}", "{e:enum(a|a1)?}:{n:bool}", "{p:rest}", "a{p:rest}", "{s:string}:{p:rest}",
	}
	for _, x := range short {
		for _, y := range short {
			a, b := written(callbackOf(t, x)), written(callbackOf(t, y))
			meet, inside := false, true
			for _, text := range texts {
				inA, inB := a.acceptsText(text), b.acceptsText(text)
				meet = meet || inA && inB
				inside = inside && (!inA || inB)
			}
			example, ok := commonText(a, b)
			if ok && !(a.acceptsText(example) && b.acceptsText(example)) {
				t.Errorf("%s and %s: not both accept %q", x, y, example)
			}
			if meet && !ok || ok && !meet && len(example) <= 5 && strings.Trim(example, alphabet) == "" {
				t.Errorf("%s and %s: commonText returns %q, %v; a common short text exists: %v", x, y, example, ok, meet)
			}
			if isSubset(a, b) && !inside {
				t.Errorf("%s is said to be a subset of %s", x, y)
			}
			if x == y && !isSubset(a, b) {
				t.Errorf("%s is said not to be a subset of itself", x)
			}
		}
	}
}
