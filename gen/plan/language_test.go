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

func (l *language) has(text string) bool {
	p := l.at(l.start)
	for i := range len(text) {
		p = l.after(p, text[i])
	}
	return l.ends(p)
}

// largeNumber may be out of range: of hours, or of the exponent.
var largeNumber = regexp.MustCompile(`[0-9]{6}|[eE][+]?[0-9]{3}`)

var patterns = []string{
	"a:{n:int}", "a:{n:int64?}:{m:int}", "{n:float64}", "x{n:bool=true}/{m:bool}", "{d:duration}", "{d:duration?}:{n:int}",
	"{e:enum(a|b1|c-d)}", "{s:string}", "{s:string(3)}", "{s:string(3)?}", "{s:string(3)}:{t:string(2)}", "{s:string(2)?}:{n:int}",
	"{s:string=x}-{t:string?}", "m:{p:rest}", "m:{p:rest?}", `{s:string}\{t:string}`, "{s:string(2)?}é{n:int}", "exact",
}

// What runtime/telegram writes is in the language of what is written, and what it reads in that of what is read, which
// holds nothing that it does not read.
func TestLanguageIsThatOfTheRuntime(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, pattern := range patterns {
		c := callbackOf(t, pattern)
		writes, reads := written(c), read(c)
		taken := 0
		for range 1000 {
			data := encodeAny(c, random)
			if !writes.has(data) {
				t.Fatalf("%s: %q was written and is not in the language", pattern, data)
			}
			for range 3 {
				err := decode(c, data)
				switch has := reads.has(data); {
				case err == nil && has:
					taken++
				case err != nil && has && largeNumber.MatchString(data): // limits are left aside
				case (err == nil) != has:
					t.Fatalf("%s: %q reads as %v, the language says %v", pattern, data, err, has)
				}
				data = mutate(data, random)
			}
		}
		if taken < 1000 {
			t.Errorf("%s: %d data were read", pattern, taken)
		}
	}
}

// encodeAny writes data of the pattern with values at random.
func encodeAny(c *spec.Callback, random *rand.Rand) string {
	var b []byte
	for i, p := range c.Parts {
		f := p.Field
		if f == nil {
			b = append(b, p.Literal.Value...)
			continue
		}
		omissible := f.Optional || f.Default != nil
		if omissible && random.IntN(3) == 0 {
			continue
		}
		number := int64(random.Uint64()) >> random.IntN(64)
		switch f.Type.Kind {
		case spec.TypeInt, spec.TypeInt64:
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
			until := ""
			if i+1 < len(c.Parts) {
				until = c.Parts[i+1].Literal.Value
			}
			text := someText(random, f.Type.MaxBytes.Or(6))
			if omissible {
				b = dispatch.AppendPresent(b, text, until)
			} else {
				b = dispatch.AppendField(b, text, until)
			}
		}
	}
	return string(b)
}

const interesting = `ab:/\~-é0`

func someText(random *rand.Rand, most int) string {
	var b strings.Builder
	for range random.IntN(most + 1) {
		b.WriteByte(interesting[random.IntN(len(interesting))])
	}
	return b.String()
}

// mutate changes a byte of the data.
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
		until := ""
		if i+1 < len(c.Parts) {
			until = c.Parts[i+1].Literal.Value
		}
		switch f.Type.Kind {
		case spec.TypeInt, spec.TypeInt64:
			decodeField(&fields, f, until, dispatch.Int64)
		case spec.TypeFloat64:
			decodeField(&fields, f, until, dispatch.Float64)
		case spec.TypeBool:
			decodeField(&fields, f, until, dispatch.Bool)
		case spec.TypeDuration:
			decodeField(&fields, f, until, dispatch.Duration)
		case spec.TypeEnum:
			decodeField(&fields, f, until, func(text string) (string, error) {
				var values []string
				for _, v := range f.Type.Enum {
					values = append(values, v.Value)
				}
				return dispatch.OneOf(text, values...)
			})
		default:
			decodeField(&fields, f, until, func(text string) (string, error) {
				return dispatch.TextUpTo(text, f.Type.MaxBytes.Or(math.MaxInt))
			})
		}
	}
	return fields.Err()
}

func decodeField[T any](fields *dispatch.Fields, f *spec.Field, until string, parse func(string) (T, error)) {
	if f.Optional || f.Default != nil {
		dispatch.FieldOptional(fields, f.Name.Value, until, parse)
		return
	}
	dispatch.Field(fields, f.Name.Value, until, parse)
}

// shared and within against all short texts.
func TestSearchAgainstAllTexts(t *testing.T) {
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
		"{e:enum(a|a1)}", "{e:enum(a|a1)?}:{n:bool}", "{p:rest}", "a{p:rest}", "{s:string}:{p:rest}",
	}
	for _, x := range short {
		for _, y := range short {
			a, b := written(callbackOf(t, x)), written(callbackOf(t, y))
			meet, inside := false, true
			for _, text := range texts {
				inA, inB := a.has(text), b.has(text)
				meet = meet || inA && inB
				inside = inside && (!inA || inB)
			}
			example, ok := shared(a, b)
			if ok && !(a.has(example) && b.has(example)) {
				t.Errorf("%s and %s: %q is not of both", x, y, example)
			}
			if meet && !ok || ok && !meet && len(example) <= 5 && strings.Trim(example, alphabet) == "" {
				t.Errorf("%s and %s share %q, %v; of the short texts %v", x, y, example, ok, meet)
			}
			if within(a, b) && !inside {
				t.Errorf("%s is said to be within %s", x, y)
			}
			if x == y && !within(a, b) {
				t.Errorf("%s is not within itself", x)
			}
		}
	}
}
