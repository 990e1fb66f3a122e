package yaml

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A quote collects the content of a quoted scalar.
type quote struct {
	node *Node
	text []byte
	// kept is the length of the part of the content that strip leaves alone, because white space in it was written as
	// an escape.
	kept int
}

// mark begins a segment of the content.
func (q *quote) mark(source int) {
	q.node.segments = append(q.node.segments, segment{len(q.text), source})
}

// strip removes white space at the end of the content.
func (q *quote) strip() {
	end := len(q.text)
	for end > q.kept && isSpace(q.text[end-1]) {
		end--
	}
	q.text = q.text[:end]
}

func (r *reader) singleQuoted(parent int) *Node {
	q := r.open()
	for {
		run := r.at
		for r.at < len(r.text) && r.text[r.at] != '\'' && r.text[r.at] != '\n' {
			r.at++
		}
		q.text = append(q.text, r.text[run:r.at]...)
		switch {
		case r.done():
			return r.unclosed(q.node)
		case r.text[r.at] == '\n':
			if !r.fold(q, parent, false) {
				return r.unclosed(q.node)
			}
		case r.peek(1) == '\'':
			q.text = append(q.text, '\'')
			r.at += 2
			q.mark(r.at)
		default:
			return r.closeQuote(q)
		}
	}
}

func (r *reader) doubleQuoted(parent int) *Node {
	q := r.open()
	for {
		run := r.at
		for r.at < len(r.text) && strings.IndexByte("\"\\\n", r.text[r.at]) < 0 {
			r.at++
		}
		q.text = append(q.text, r.text[run:r.at]...)
		switch {
		case r.done():
			return r.unclosed(q.node)
		case r.text[r.at] == '\n':
			if !r.fold(q, parent, false) {
				return r.unclosed(q.node)
			}
		case r.text[r.at] == '"':
			return r.closeQuote(q)
		case r.peek(1) == '\n':
			q.kept = len(q.text)
			r.at++
			if r.done() || !r.fold(q, parent, true) {
				return r.unclosed(q.node)
			}
		default:
			r.escape(q)
			q.kept = len(q.text)
			q.mark(r.at)
		}
	}
}

func (r *reader) open() *quote {
	q := &quote{node: &Node{Kind: String, Start: r.at}}
	r.at++
	q.mark(r.at)
	return q
}

func (r *reader) closeQuote(q *quote) *Node {
	r.at++
	q.node.End = r.at
	q.node.Text = string(q.text)
	return q.node
}

func (r *reader) unclosed(node *Node) *Node {
	if node.Start >= len(r.text) {
		node.Kind = Invalid
		return node
	}
	r.at, r.lineStart = node.Start, r.startOfLine(node.Start)
	return r.fail(CodeUnclosed, node.Start, node.Start+1, "if the text has several lines, indent them deeper than its key",
		"the quote is never closed")
}

// fold reads the line break at the next letter, with the white space and the empty lines around it. The break becomes a
// space, or nothing if it is escaped. Further breaks are kept. fold returns false if a line is not indented deeper than the
// block around the text, which means that the quote is not closed.
func (r *reader) fold(q *quote, parent int, escaped bool) bool {
	q.strip()
	breaks := 0
	for !r.done() && r.peek(0) == '\n' {
		breaks++
		r.nextLine()
		for r.peek(0) == ' ' && !r.done() {
			r.at++
		}
		indent := r.column()
		if r.spaces(); r.peek(0) != '\n' && indent <= parent {
			return false
		}
	}
	if r.done() {
		return false
	}
	if breaks == 1 && !escaped {
		q.text = append(q.text, ' ')
	}
	q.text = append(q.text, strings.Repeat("\n", breaks-1)...)
	q.kept = len(q.text)
	q.mark(r.at)
	return true
}

// simpleEscapes are the escapes of one letter.
var simpleEscapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r",
	'e': "\x1B", ' ': " ", '"': "\"", '/': "/", '\\': "\\",
	'N': "\u0085", '_': "\u00A0", 'L': "\u2028", 'P': "\u2029",
}

// escape reads an escape sequence. The next letter is its backslash.
func (r *reader) escape(q *quote) {
	start := r.at
	letter := r.peek(1)
	if text, ok := simpleEscapes[letter]; ok {
		r.at += 2
		q.text = append(q.text, text...)
		return
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[letter]
	if digits == 0 {
		_, size := utf8.DecodeRuneInString(r.text[r.at+1:])
		r.at += 1 + size
		r.badEscape(q, start, fmt.Sprintf(`put the text in single quotes, or write \%s`, r.document.text[start:r.at]))
		return
	}
	code, ok := r.hex(digits)
	if ok && utf16.IsSurrogate(code) && r.peek(0) == '\\' && r.peek(1) == 'u' {
		var low rune
		if low, ok = r.hex(4); ok && utf16.IsSurrogate(low) {
			if whole := utf16.DecodeRune(code, low); whole != utf8.RuneError {
				code = whole
			}
		}
	}
	if utf16.IsSurrogate(code) {
		r.badEscape(q, start, `it is half of a character: write both halves, or \U and the 8 hexadecimal digits of the character`)
		return
	}
	if !ok || !utf8.ValidRune(code) {
		r.badEscape(q, start, fmt.Sprintf(`write \%c and the %d hexadecimal digits of a character`, letter, digits))
		return
	}
	q.text = utf8.AppendRune(q.text, code)
}

func (r *reader) badEscape(q *quote, start int, hint string) {
	q.node.Kind = Invalid
	end := min(r.at, len(r.document.text))
	r.note(CodeEscape, start, end, hint, "%s is not an escape sequence of YAML", r.document.text[start:end])
}

// hex reads the escape sequence of a character with the given number of hexadecimal digits.
func (r *reader) hex(digits int) (rune, bool) {
	r.at += 2
	end := r.at
	for end < len(r.text) && end < r.at+digits && strings.IndexByte("0123456789abcdefABCDEF", r.text[end]) >= 0 {
		end++
	}
	text := r.text[min(r.at, end):end]
	r.at = end
	code, err := strconv.ParseUint(text, 16, 32)
	return rune(code), err == nil && len(text) == digits && code <= utf8.MaxRune
}
