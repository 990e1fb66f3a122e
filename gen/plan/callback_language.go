package plan

import (
	"strings"

	"github.com/tggen/tggen/gen/spec"
)

// written accepts the callback data that a pattern's Encode writes.
func written(c *spec.Callback) *automaton {
	return pattern(c, func(f *spec.Field) fragment { return fieldTypes[f.Type.Kind].written(f) })
}

// read accepts the callback data that a pattern's Parse takes. That is more than Encode writes: people and older bots
// spell numbers differently.
//
// Both automata bound the digits of a number, not its value.
func read(c *spec.Callback) *automaton {
	return pattern(c, func(f *spec.Field) fragment { return fieldTypes[f.Type.Kind].read(f) })
}

func pattern(c *spec.Callback, value func(f *spec.Field) fragment) *automaton {
	fragments := make([]fragment, len(c.Parts))
	for i, p := range c.Parts {
		switch {
		case p.Field == nil:
			fragments[i] = literal(p.Literal.Value)
		case p.Field.Type.Verbatim():
			fragments[i] = verbatimField(p.Field)
		case isText(p.Field):
			fragments[i] = textField(p.Field, NextLiteral(c, i))
		default:
			fragments[i] = value(p.Field)
			if Omissible(p.Field) {
				fragments[i] = optional(fragments[i])
			}
		}
	}
	return newAutomaton(concat(fragments...))
}

// textField accepts a text as AppendField and AppendPresent of the runtime write it. The text is escaped unless it is
// the last part of the pattern; then next is empty.
func textField(f *spec.Field, next string) fragment {
	maximum := f.Type.MaxBytes.Or(unbounded)
	if next == "" {
		text := repeat(byteIn(byteSet{}.complement()), 0, maximum)
		if Omissible(f) && maximum != unbounded {
			return union(text, literal(strings.Repeat(`\`, maximum+1))) // stands for a text of one byte less
		}
		return text
	}
	escape := `\`
	if next[0] == '\\' {
		escape = "~"
	}
	special := bytesOf(escape + next[:1])
	text := repeat(union(byteIn(special.complement()), concat(literal(escape), byteIn(special))), 0, maximum)
	if !Omissible(f) {
		return text
	}
	emptyMark := "-" // after the escape: the text is present and empty
	if next[0] == '-' {
		emptyMark = "~"
	}
	return union(text, literal(escape+emptyMark))
}

// verbatimField accepts a text that is written as it is.
func verbatimField(f *spec.Field) fragment {
	allowed, minimum := bytesOf(f.Type.Excluded.Value).complement(), 0
	if f.Type.Kind == spec.TypeWord {
		allowed = bytesOf("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
		if !Omissible(f) {
			minimum = 1
		}
	}
	return repeat(byteIn(allowed), minimum, f.Type.MaxBytes.Or(unbounded))
}

// maxIntDigits is the number of digits of the largest whole number.
const maxIntDigits = len("9223372036854775807")

// Fragments that several types share.

func digits(minimum, maximum int) fragment {
	return repeat(byteIn(bytesOf("0123456789")), minimum, maximum)
}

func minus() fragment { return optional(literal("-")) }

func sign() fragment { return optional(byteIn(bytesOf("+-"))) }

// decimal accepts digits with or without a fraction.
func decimal() fragment {
	return union(concat(digits(1, unbounded), optional(concat(literal("."), digits(0, unbounded)))), concat(literal("."), digits(1, unbounded)))
}

// The languages of the types: first what is written, then what is read.

func writtenInt(f *spec.Field) fragment {
	if numbers := f.Type.Range; numbers.IsSet() {
		return numbersBetween(numbers.Value.Low, numbers.Value.High)
	}
	return concat(minus(), digits(1, maxIntDigits))
}

func readInt(f *spec.Field) fragment {
	if f.Type.Range.IsSet() {
		return writtenInt(f)
	}
	return concat(sign(), repeat(literal("0"), 0, unbounded), digits(1, maxIntDigits))
}

func writtenFloat(*spec.Field) fragment {
	const maxWhole, maxFraction = 21, 20
	return concat(minus(), digits(1, maxWhole), optional(concat(literal("."), digits(1, maxFraction))),
		optional(concat(literal("e"), byteIn(bytesOf("+-")), digits(2, 3))))
}

func readFloat(*spec.Field) fragment {
	return concat(sign(), decimal(), optional(concat(byteIn(bytesOf("eE")), sign(), digits(1, unbounded))))
}

func writtenBool(*spec.Field) fragment { return byteIn(bytesOf("01")) }

func readBool(*spec.Field) fragment {
	return union(anyCase("true"), anyCase("yes"), anyCase("on"), literal("1"),
		anyCase("false"), anyCase("no"), anyCase("off"), literal("0"))
}

func writtenDuration(*spec.Field) fragment {
	return concat(minus(), digits(1, maxIntDigits), anyOf("d", "h", "m", "s", "ms", "us", "ns"))
}

func readDuration(*spec.Field) fragment {
	unit := anyOf("h", "m", "s", "ms", "us", "µs", "μs", "ns")
	return concat(sign(), union(literal("0"), concat(digits(1, unbounded), literal("d")), repeat(concat(decimal(), unit), 1, unbounded)))
}

func enumValues(f *spec.Field) fragment {
	values := make([]string, len(f.Type.Enum))
	for i, v := range f.Type.Enum {
		values[i] = v.Value
	}
	return anyOf(values...)
}

// anyOf accepts any of the texts.
func anyOf(texts ...string) fragment {
	literals := make([]fragment, len(texts))
	for i, text := range texts {
		literals[i] = literal(text)
	}
	return union(literals...)
}

// anyCase accepts a word in upper case, lower case, or a mixture. The word is in lower case.
func anyCase(word string) fragment {
	letters := make([]fragment, len(word))
	for i := range len(word) {
		letter := word[i : i+1]
		letters[i] = byteIn(bytesOf(letter + strings.ToUpper(letter)))
	}
	return concat(letters...)
}
