package dispatch

import (
	"strconv"
	"strings"
	"time"
)

// Callback data is literals, and fields between them. A field ends at the literal behind it, which its functions are
// given as until, or with the data if until is empty.
//
// In a text, two bytes have an escape byte before them: the first of until, so that the text does not end too early, and
// the escape byte itself. The escape byte is a backslash, unless until begins with one. The text of a last field is
// written as it is. Numbers and the like need no escapes: until may not begin with a letter that they can hold.
//
// Where a field may be left out, nothing at all means that it is, and an empty text that is not left out has a mark.

// escapeByte is the byte that takes the one after it into the text.
func escapeByte(until string) byte {
	if until[0] == '\\' {
		return '~'
	}
	return '\\'
}

// emptyMark is what stands after the escape byte for an empty text: neither of the two that are escaped.
func emptyMark(until string) byte {
	if until[0] == '-' {
		return '~'
	}
	return '-'
}

// AppendField appends a text for [Field].
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

// AppendPresent appends a text for [FieldOptional] or [FieldOr], which take nothing at all for a field that is left
// out. It is [AppendField] for all texts but two sorts: the empty one, and, in a last field, one of nothing but
// backslashes, which has one more.
func AppendPresent(b []byte, value, until string) []byte {
	switch {
	case until == "" && onlyBackslashes(value):
		b = append(b, '\\')
	case until != "" && value == "":
		return append(b, escapeByte(until), emptyMark(until))
	}
	return AppendField(b, value, until)
}

func onlyBackslashes(text string) bool { return strings.TrimLeft(text, `\`) == "" }

// AppendInt appends a whole number in decimal, at most 20 bytes.
func AppendInt[T ~int | ~int64](b []byte, value T) []byte {
	return strconv.AppendInt(b, int64(value), 10)
}

// AppendFloat64 appends the shortest text that reads as the same number, at most 24 bytes. [Float64] refuses what it
// appends for an infinity or for what is not a number.
func AppendFloat64(b []byte, value float64) []byte { return strconv.AppendFloat(b, value, 'g', -1, 64) }

// AppendBool appends 1 or 0.
func AppendBool(b []byte, value bool) []byte {
	if value {
		return append(b, '1')
	}
	return append(b, '0')
}

// AppendDuration appends a duration in the largest unit that it is a whole number of, days to nanoseconds: at most 22
// bytes.
func AppendDuration(b []byte, value time.Duration) []byte {
	unit, name := durationUnit(value)
	return append(strconv.AppendInt(b, int64(value/unit), 10), name...)
}

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
