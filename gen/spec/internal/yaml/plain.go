package yaml

import (
	"regexp"
	"strings"
)

// startsPlain reports whether a plain scalar begins at the next letter.
func (r *reader) startsPlain(flow bool) bool {
	c := r.peek(0)
	switch c {
	case '-', '?', ':':
		next := r.peek(1)
		return !isBreak(next) && !(flow && isFlow(next))
	case ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', '\n':
		return false
	}
	return true
}

// plain reads a plain scalar up to the end of the line.
func (r *reader) plain(flow bool) *Node {
	start := r.at
	end := r.plainLine(flow)
	node := &Node{Start: start, End: end, Text: r.text[start:end], content: start}
	node.Kind = resolve(node.Text)
	r.at = end
	return node
}

// plainLine returns where the plain scalar ends on this line.
func (r *reader) plainLine(flow bool) int {
	at := r.at
scan:
	for ; at < len(r.text); at++ {
		switch c := r.text[at]; {
		case c == '\n':
			break scan
		case c == '#' && at > r.at && isSpace(r.text[at-1]):
			break scan
		case flow && isFlow(c):
			break scan
		case c == ':' && (at+1 == len(r.text) || isBreak(r.text[at+1]) || flow && isFlow(r.text[at+1])):
			break scan
		}
	}
	for at > r.at && isSpace(r.text[at-1]) {
		at--
	}
	return at
}

// isPlain reports whether the node is a plain scalar. Only such a scalar can continue on the next line.
func (r *reader) isPlain(node *Node) bool {
	return node.Kind != Invalid && strings.IndexByte(`"'!`, r.document.text[node.Start]) < 0
}

// continuePlain reads the further lines of a plain scalar: those that are indented deeper than parent. A line break becomes a
// space, and an empty line becomes a break. inline is set if the text began on the line of its key.
func (r *reader) continuePlain(node *Node, parent int, inline bool) *Node {
	var text strings.Builder
	for {
		breaks, found := r.nextPlainLine(parent)
		if !found {
			break
		}
		if r.isDash() || r.peek(0) == '?' && isBreak(r.peek(1)) {
			return r.fail(CodeIndentation, r.at, r.lineEnd(), "indent it less, or put all of the text in quotes",
				"this list item reads as a continuation of the text of line %d", r.document.Line(node.Start))
		}
		end := r.plainLine(false)
		if at := r.at; r.endsAtColon(end) {
			// The keys are in one column, so the first one lacks its colon.
			if !inline && r.column() == node.Start-r.startOfLine(node.Start) {
				return r.noKey(node)
			}
			return r.fail(CodeIndentation, at, end, "indent it less, or put all of the text in quotes",
				"this key reads as a continuation of the text of line %d", r.document.Line(node.Start))
		}
		if text.Len() == 0 {
			text.WriteString(node.Text)
			node.segments = append(node.segments, segment{0, node.content})
		}
		if breaks == 1 {
			text.WriteByte(' ')
		}
		text.WriteString(strings.Repeat("\n", breaks-1))
		node.segments = append(node.segments, segment{text.Len(), r.at})
		text.WriteString(r.text[r.at:end])
		r.at, node.End = end, end
	}
	if text.Len() > 0 {
		node.Text, node.Kind = text.String(), String
	}
	return node
}

// nextPlainLine moves to the next line of a plain scalar, and counts the line breaks before it. If there is no such line, it
// does not move.
func (r *reader) nextPlainLine(parent int) (breaks int, ok bool) {
	at, lineStart := r.at, r.lineStart
	for r.spaces(); r.peek(0) == '\n' && !r.done(); r.spaces() {
		breaks++
		r.nextLine()
		for r.peek(0) == ' ' {
			r.at++
		}
		if tab := r.peek(0) == '\t'; tab && r.column() <= parent {
			break
		}
	}
	if breaks == 0 || r.done() || r.peek(0) == '#' || r.column() <= parent || r.peek(0) == '\t' {
		r.at, r.lineStart = at, lineStart
		return 0, false
	}
	return breaks, true
}

// endsAtColon reports whether a colon follows the plain text that ends at end, so that it is a key.
func (r *reader) endsAtColon(end int) bool {
	for end < len(r.text) && isSpace(r.text[end]) {
		end++
	}
	return end < len(r.text) && r.text[end] == ':'
}

// startOfLine returns the start of the line of a place.
func (r *reader) startOfLine(at int) int {
	return r.document.lines[r.document.Line(at)-1]
}

// tag reads !Name. If no value follows, it is the text "!Name". Every other tag is refused.
func (r *reader) tag(flow bool) *Node {
	start := r.at
	end := start
	for end < len(r.text) && !isBreak(r.text[end]) && !(flow && isFlow(r.text[end])) {
		end++
	}
	node := &Node{Kind: String, Start: start, End: end, Text: r.text[start:end], content: start}
	r.at = end
	r.spaces()
	if alone := r.atLineEnd() || flow && isFlow(r.peek(0)); !alone || !negation.MatchString(node.Text) {
		return r.fail(CodeTag, start, end, "delete it, or put the text in quotes", "tags are not supported")
	}
	r.at = end
	return node
}

var negation = regexp.MustCompile(`^![A-Za-z_][A-Za-z0-9_]*$`)

// resolve returns the kind of a plain scalar, by the core schema of YAML 1.2. In addition, what other readers take for a
// number is a number (1_000, 0b1).
func resolve(text string) Kind {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	}
	switch c := text[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
	default:
		return String
	}
	switch {
	case integer.MatchString(text):
		return Int
	case float.MatchString(text):
		return Float
	}
	return String
}

var (
	integer = regexp.MustCompile(`^[-+]?([0-9][0-9_]*|0o[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+)$`)
	float   = regexp.MustCompile(`^[-+]?((\.[0-9][0-9_]*|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|\.inf|\.Inf|\.INF)$|^\.(nan|NaN|NAN)$`)
)
