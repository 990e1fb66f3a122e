package dispatch

import (
	"strconv"
	"strings"
	"time"
)

// Callback data consists of literals, and of fields between them. A field ends where the literal after it begins, or at the
// end of the data. The parameter until is that literal; it is empty for the last field.
//
// In a text, an escape byte stands before each byte that equals the first byte of until, so that the text does not seem to
// end there, and before each byte that equals the escape byte. The escape byte is a backslash, or ~ if until begins with a
// backslash. The text of the last field has no escapes. Numbers, durations and the like need none: the generator refuses a
// literal that begins with a letter that they can hold.
//
// If a field may be left out, no text at all means that it is left out. An empty text that is not left out is written as a
// mark.

// escapeByte returns the byte that is written before a byte of the text that needs it.
func escapeByte(until string) byte {
	if until[0] == '\\' {
		return '~'
	}
	return '\\'
}

// emptyMark returns the byte that follows the escape byte in the mark of an empty text. It differs from the two bytes that
// are escaped.
func emptyMark(until string) byte {
	if until[0] == '-' {
		return '~'
	}
	return '-'
}

// AppendField appends the text of a field that [Field] reads.
func AppendField(b []byte, value, until string) []byte {
	if until == "" {
		return append(b, value...)
	}
	escape := escapeByte(until)
	for i := range len(value) {
		if value[i] == escape || value[i] == until[0] {
			b = append(b, escape)
		}
		b = append(b, value[i])
	}
	return b
}

// AppendPresent appends the text of a field that [FieldOptional] or [FieldOr] reads and that is not left out. For a field
// that is left out, nothing is appended. AppendPresent differs from [AppendField] in two cases: an empty text becomes a
// mark, and a last field of backslashes only has one backslash more, so that the mark there is a single backslash.
func AppendPresent(b []byte, value, until string) []byte {
	switch {
	case until == "" && onlyBackslashes(value):
		b = append(b, '\\')
	case until != "" && value == "":
		return append(b, escapeByte(until), emptyMark(until))
	}
	return AppendField(b, value, until)
}

// onlyBackslashes reports whether text is empty or consists of backslashes.
func onlyBackslashes(text string) bool { return strings.TrimLeft(text, `\`) == "" }

// AppendInt appends a whole number in decimal: at most 20 bytes.
func AppendInt[T ~int | ~int64](b []byte, value T) []byte {
	return strconv.AppendInt(b, int64(value), 10)
}

// AppendFloat64 appends the shortest text that parses to the same number: at most 24 bytes. [Float64] refuses the text of
// an infinity and of NaN.
func AppendFloat64(b []byte, value float64) []byte { return strconv.AppendFloat(b, value, 'g', -1, 64) }

// AppendBool appends 1 or 0.
func AppendBool(b []byte, value bool) []byte {
	if value {
		return append(b, '1')
	}
	return append(b, '0')
}

// AppendDuration appends a duration as a whole number of the largest unit that divides it, from days to nanoseconds: at
// most 22 bytes.
func AppendDuration(b []byte, value time.Duration) []byte {
	unit, name := durationUnit(value)
	return append(strconv.AppendInt(b, int64(value/unit), 10), name...)
}

// durationUnit returns the largest unit that divides value, and its name.
func durationUnit(value time.Duration) (unit time.Duration, name string) {
	switch {
	case value == 0:
		return time.Second, "s"
	case value%(24*time.Hour) == 0:
		return 24 * time.Hour, "d"
	case value%time.Hour == 0:
		return time.Hour, "h"
	case value%time.Minute == 0:
		return time.Minute, "m"
	case value%time.Second == 0:
		return time.Second, "s"
	case value%time.Millisecond == 0:
		return time.Millisecond, "ms"
	case value%time.Microsecond == 0:
		return time.Microsecond, "us"
	}
	return time.Nanosecond, "ns"
}
