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

// Sources holds the text of the files that diagnostics point into, by the name in [Pos]. A diagnostic in a file that is not
// in Sources is printed without the source line.
type Sources map[string][]byte

// lineWidth is how many code points of a source line are shown. Of a longer line, the part around the mistake is shown.
const lineWidth = 160

// Text writes the list for people, in the order of the list. A diagnostic looks like this:
//
//	spec.yaml:12:9: "mesage" is not an update kind
//	  12 |     on: mesage
//	     |         ^^^^^^
//	  hint: did you mean message?
//
// Control characters are replaced, in messages and in source lines, so that the output cannot control a terminal. The carets
// are in the right column after tabs and after letters that are two columns wide, too.
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

// excerpt returns the part of the line to show, and the carets to print under it.
func excerpt(line []byte, column, end int) (shown, caret string) {
	letters := []rune(string(bytes.ToValidUTF8(line, []byte("\uFFFD"))))
	// A position after the last letter is valid: something is missing there.
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

// printable returns the text without characters that a terminal would act on.
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

// wide holds the blocks in which most letters take two columns of a terminal.
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

// width returns how many terminal columns a letter takes. The letter must not be a tab.
func width(letter rune) int {
	switch {
	case unicode.In(letter, unicode.Mn, unicode.Me, unicode.Cf, unicode.Variation_Selector):
		return 0
	case unicode.Is(wide, letter):
		return 2
	}
	return 1
}

// A lineCache finds lines in the sources. It splits each file only once, even for a thousand diagnostics.
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
