package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// A DecodeError reports an update that cannot be decoded. It holds no text of the update except the names of members.
type DecodeError struct {
	// Path leads to the value, such as "message.entities[2].length". It is empty for the update itself.
	Path string

	// Offset is the number of bytes before the mistake.
	Offset int

	// Want is what was expected there, such as "an integer". It is empty if the text is not valid JSON.
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

// fail is the result for a value at i of the wrong type; want is what was expected. The first such problem is kept.
func (d *decoder) fail(i int, want string) int {
	if i < 0 {
		return i
	}
	if d.problem == "" {
		d.problem = want
	}
	return ^i
}

// maxPath is how many steps of a path an error shows, at most.
const maxPath = 32

// newDecodeError makes the error for a mistake at the offset. It reads the text again up to there to find the path.
func newDecodeError(s string, offset int, want string) *DecodeError {
	return &DecodeError{Path: pathTo(s, offset), Offset: offset, Want: want}
}

// A pathStep is one level of a path: an index in an array, or a name in an object.
type pathStep struct {
	name  string
	index int // -1 in an object
}

// pathTo returns the path from the outermost value of s to the value at offset, or around it.
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

// stepsTo returns the steps of the path to offset. The text must be valid JSON up to there.
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
