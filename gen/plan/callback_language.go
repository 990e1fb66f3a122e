package plan

import (
	"strings"

	"github.com/tggen/tggen/gen/spec"
)

// written is the language of what the pattern's Encode writes, and read that of what its Parse takes, which is more:
// people and older bots write numbers otherwise. Both leave the limits of numbers aside, but for their digits.
func written(c *spec.Callback) *language { return pattern(c, writtenField) }

func read(c *spec.Callback) *language { return pattern(c, readField) }

func pattern(c *spec.Callback, field func(f *spec.Field) part) *language {
	parts := make([]part, len(c.Parts))
	for i, p := range c.Parts {
		switch {
		case p.Field == nil:
			parts[i] = literal(p.Literal.Value)
		case isText(p.Field):
			until := ""
			if i+1 < len(c.Parts) {
				until = c.Parts[i+1].Literal.Value
			}
			parts[i] = textField(p.Field, until)
		default:
			parts[i] = field(p.Field)
			if p.Field.Optional || p.Field.Default != nil {
				parts[i] = maybe(parts[i])
			}
		}
	}
	return newLanguage(sequence(parts...))
}

func isText(f *spec.Field) bool {
	return f.Type.Kind == spec.TypeString || f.Type.Kind == spec.TypeRest
}

// textField is a text, which is escaped unless it is the last part: see AppendField and AppendPresent of
// runtime/telegram.
func textField(f *spec.Field, until string) part {
	omissible := f.Optional || f.Default != nil
	most := -1
	if f.Type.MaxBytes.IsSet() {
		most = f.Type.MaxBytes.Value
	}
	if until == "" {
		text := upTo(one(but("")), 0, most)
		if omissible && most >= 0 {
			return either(text, literal(strings.Repeat(`\`, most+1))) // which stands for one less
		}
		return text
	}
	escape := `\`
	if until[0] == '\\' {
		escape = "~"
	}
	special := escape + until[:1]
	text := upTo(either(one(but(special)), sequence(literal(escape), one(bytesOf(special)))), 0, most)
	if !omissible {
		return text
	}
	mark := "-"
	if until[0] == '-' {
		mark = "~"
	}
	return either(text, literal(escape+mark))
}

const digits = "0123456789"

// longestInt is the number of digits of the largest whole number.
const longestInt = len("9223372036854775807")

func digit() part { return one(bytesOf(digits)) }

func writtenField(f *spec.Field) part {
	minus := maybe(literal("-"))
	whole := upTo(digit(), 1, longestInt)
	switch f.Type.Kind {
	case spec.TypeInt, spec.TypeInt64:
		return sequence(minus, whole)
	case spec.TypeFloat64:
		const longestFraction = 20
		return sequence(minus, upTo(digit(), 1, 21), maybe(sequence(literal("."), upTo(digit(), 1, longestFraction))),
			maybe(sequence(literal("e"), one(bytesOf("+-")), upTo(digit(), 2, 3))))
	case spec.TypeBool:
		return one(bytesOf("01"))
	case spec.TypeDuration:
		return sequence(minus, whole, oneOf("d", "h", "m", "s", "ms", "us", "ns"))
	default:
		return values(f)
	}
}

func readField(f *spec.Field) part {
	sign := maybe(one(bytesOf("+-")))
	number := upTo(digit(), 1, -1)
	switch f.Type.Kind {
	case spec.TypeInt, spec.TypeInt64:
		return sequence(sign, upTo(literal("0"), 0, -1), upTo(digit(), 1, longestInt))
	case spec.TypeFloat64:
		fraction := sequence(literal("."), upTo(digit(), 0, -1))
		return sequence(sign, either(sequence(number, maybe(fraction)), sequence(literal("."), number)),
			maybe(sequence(one(bytesOf("eE")), sign, number)))
	case spec.TypeBool:
		return either(letterCase("true"), letterCase("yes"), letterCase("on"), literal("1"),
			letterCase("false"), letterCase("no"), letterCase("off"), literal("0"))
	case spec.TypeDuration:
		fraction := sequence(literal("."), upTo(digit(), 0, -1))
		amount := either(sequence(number, maybe(fraction)), sequence(literal("."), number))
		unit := oneOf("h", "m", "s", "ms", "us", "µs", "μs", "ns")
		return sequence(sign, either(literal("0"), sequence(number, literal("d")), upTo(sequence(amount, unit), 1, -1)))
	default:
		return values(f)
	}
}

func values(f *spec.Field) part {
	parts := make([]part, len(f.Type.Enum))
	for i, v := range f.Type.Enum {
		parts[i] = literal(v.Value)
	}
	return either(parts...)
}

func oneOf(names ...string) part {
	parts := make([]part, len(names))
	for i, name := range names {
		parts[i] = literal(name)
	}
	return either(parts...)
}

// letterCase is a word in any case.
func letterCase(word string) part {
	parts := make([]part, len(word))
	for i := range len(word) {
		letter := word[i : i+1]
		parts[i] = one(bytesOf(letter + strings.ToUpper(letter)))
	}
	return sequence(parts...)
}
