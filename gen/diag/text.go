package diag

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sources holds the text of the files that diagnostics point into, by the name in [Pos]. A file that is not there
// is printed without its lines.
type Sources map[string][]byte

// lineWidth is the number of code points of a source line that are shown; of a longer one, those around the mistake.
const lineWidth = 160

// Text writes the list for people, in its own order. A diagnostic looks like this:
//
//	spec.yaml:12:9: "mesage" is not an update kind
//	  12 |     on: mesage
//	     |         ^^^^^^
//	  hint: did you mean message?
//
// What could steer a terminal is replaced, in messages as in source lines. Columns line up also behind tabs and
// behind letters that are two columns wide.
func (l List) Text(w io.Writer, sources Sources) error {
	out := bufio.NewWriter(w)
	lines := lineCache{sources: sources}
	for _, d := range l {
		writeText(out, &lines, d.Pos, d.End, d.Message)
		if d.Hint != "" {
			fmt.Fprintf(out, "  hint: %s\n", printable(d.Hint))
		}
		for _, r := range d.Related {
			writeText(out, &lines, r.Pos, 0, r.Message)
		}
	}
	return out.Flush()
}

func writeText(w io.Writer, lines *lineCache, pos Pos, end int, message string) {
	if place := pos.String(); place != "" {
		fmt.Fprintf(w, "%s: ", printable(place))
	}
	fmt.Fprintln(w, printable(message))
	line, ok := lines.line(pos)
	if !ok {
		return
	}
	shown, caret := excerpt(line, pos.Column, end)
	number := fmt.Sprint(pos.Line)
	fmt.Fprintf(w, "  %s | %s\n", number, shown)
	fmt.Fprintf(w, "  %s | %s\n", strings.Repeat(" ", len(number)), caret)
}

// excerpt is the part of the line to show, and the carets to print under it.
func excerpt(line []byte, column, end int) (shown, caret string) {
	letters := []rune(string(bytes.ToValidUTF8(line, []byte("\uFFFD"))))
	// A position behind the last letter is fine: something is missing there.
	first := min(max(column-1, 0), len(letters))
	last := min(max(end-1, first), max(len(letters)-1, first))
	from, to := 0, len(letters)
	if len(letters) > lineWidth {
		from = min(max(first-lineWidth/2, 0), len(letters)-lineWidth)
		to = from + lineWidth
		last = min(last, to-1)
	}
	var source, under strings.Builder
	if from > 0 {
		source.WriteString("…")
		under.WriteString(" ")
	}
	for i := from; i < to; i++ {
		letter := safe(letters[i])
		source.WriteRune(letter)
		switch {
		case i > last:
		case i >= first:
			under.WriteString(strings.Repeat("^", max(width(letter), 1)))
		case letter == '\t':
			under.WriteByte('\t')
		default:
			under.WriteString(strings.Repeat(" ", width(letter)))
		}
	}
	if to < len(letters) {
		source.WriteString("…")
	}
	if first == len(letters) {
		under.WriteByte('^')
	}
	return source.String(), under.String()
}

// printable is the text with nothing in it that a terminal would act on.
func printable(text string) string {
	return strings.Map(safe, text)
}

func safe(letter rune) rune {
	if letter != '\t' && (unicode.IsControl(letter) || unicode.Is(unicode.Bidi_Control, letter) ||
		letter == '\u2028' || letter == '\u2029') {
		return utf8.RuneError
	}
	return letter
}

// wide holds the blocks whose letters take two columns of a terminal, for the most part.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115F, Stride: 1},
		{Lo: 0x2E80, Hi: 0xA4CF, Stride: 1},
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1},
		{Lo: 0xF900, Hi: 0xFAFF, Stride: 1},
		{Lo: 0xFE30, Hi: 0xFE6F, Stride: 1},
		{Lo: 0xFF00, Hi: 0xFF60, Stride: 1},
		{Lo: 0xFFE0, Hi: 0xFFE6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1F300, Hi: 0x1F64F, Stride: 1},
		{Lo: 0x1F680, Hi: 0x1F6FF, Stride: 1},
		{Lo: 0x1F900, Hi: 0x1FAFF, Stride: 1},
		{Lo: 0x20000, Hi: 0x3FFFD, Stride: 1},
	},
}

// width is the number of terminal columns of a letter that is not a tab.
func width(letter rune) int {
	switch {
	case unicode.In(letter, unicode.Mn, unicode.Me, unicode.Cf, unicode.Variation_Selector):
		return 0
	case unicode.Is(wide, letter):
		return 2
	}
	return 1
}

// lineCache finds lines in the sources. It splits a file once, so that a thousand diagnostics read it once.
type lineCache struct {
	sources Sources
	split   map[string][][]byte
}

func (c *lineCache) line(pos Pos) ([]byte, bool) {
	source, ok := c.sources[pos.File]
	if !ok || !pos.IsValid() {
		return nil, false
	}
	lines, ok := c.split[pos.File]
	if !ok {
		if c.split == nil {
			c.split = make(map[string][][]byte)
		}
		lines = bytes.Split(bytes.TrimPrefix(source, []byte("\uFEFF")), []byte("\n"))
		c.split[pos.File] = lines
	}
	if pos.Line > len(lines) {
		return nil, false
	}
	return bytes.TrimSuffix(lines[pos.Line-1], []byte("\r")), true
}
