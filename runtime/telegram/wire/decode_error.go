package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// A DecodeError says where an update cannot be decoded. It holds nothing of the update but the names of fields.
type DecodeError struct {
	// Path leads to the value, such as "message.entities[2].length". It is empty for the update itself.
	Path string

	// Offset is the number of bytes before the mistake.
	Offset int

	// Want is what should have stood there; it is empty if the text is not JSON from there on.
	Want string
}

func (e *DecodeError) Error() string {
	var b strings.Builder
	if e.Path != "" {
		b.WriteString(e.Path)
		b.WriteString(": ")
	}
	if e.Want == "" {
		b.WriteString("not JSON")
	} else {
		fmt.Fprintf(&b, "not %s", e.Want)
	}
	fmt.Fprintf(&b, ", at byte %d", e.Offset)
	return b.String()
}

// fail is the result for a value at i that encoding/json would not take for the field; want is what it would take.
func (d *decoder) fail(i int, want string) int {
	if i < 0 {
		return i
	}
	if d.problem == "" {
		d.problem = want
	}
	return ^i
}

// maxPath is how many steps of a path an error shows.
const maxPath = 32

// newDecodeError is the error for the mistake at the given offset. It walks there again to find the path.
func newDecodeError(s string, offset int, want string) *DecodeError {
	return &DecodeError{Path: pathTo(s, offset), Offset: offset, Want: want}
}

// pathStep is a level of the path: the name of a member, or the index of an element if that is not negative.
type pathStep struct {
	name  string
	index int
}

// pathTo is the path from the outermost value of s to the one at or around offset.
func pathTo(s string, offset int) string {
	steps := stepsTo(s, offset)
	var b strings.Builder
	for _, level := range steps[:min(len(steps), maxPath)] {
		switch {
		case level.index >= 0:
			b.WriteString("[" + strconv.Itoa(level.index) + "]")
		case level.name != "":
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(level.name)
		}
	}
	if len(steps) > maxPath {
		b.WriteString("...")
	}
	return b.String()
}

// levels is how many objects and arrays there are around offset.
func levels(s string, offset int) int { return len(stepsTo(s, offset)) }

// stepsTo are the steps of the path to offset. It needs s to be JSON only up to there.
func stepsTo(s string, offset int) (steps []pathStep) {
	for i := 0; i < len(s) && i < offset; {
		switch c := s[i]; c {
		case '{':
			steps = append(steps, pathStep{index: -1})
			i++
		case '[':
			steps = append(steps, pathStep{})
			i++
		case '}', ']':
			if len(steps) > 0 {
				steps = steps[:len(steps)-1]
			}
			i++
		case ',':
			if n := len(steps); n > 0 && steps[n-1].index >= 0 {
				steps[n-1].index++
			}
			i++
		case '"':
			end := skipString(s, i+1)
			if end < 0 || end > offset {
				return steps
			}
			if n := len(steps); n > 0 && steps[n-1].index < 0 && skipColon(s, end) >= 0 {
				steps[n-1].name = unquote(s[i+1 : end-1])
			}
			i = end
		default:
			i++
		}
	}
	return steps
}
