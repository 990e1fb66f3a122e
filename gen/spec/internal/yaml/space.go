package yaml

import "strings"

// done reports whether the document ends here.
func (r *reader) done() bool { return r.at >= len(r.text) }

// peek returns the byte i places after the next one, or a line feed after the end of the document.
func (r *reader) peek(i int) byte {
	if r.at+i < len(r.text) {
		return r.text[r.at+i]
	}
	return '\n'
}

// column returns the number of bytes before at on its line.
func (r *reader) column() int { return r.at - r.lineStart }

// lineEnd returns the end of the line of at.
func (r *reader) lineEnd() int {
	if i := strings.IndexByte(r.text[r.at:], '\n'); i >= 0 {
		return r.at + i
	}
	return len(r.text)
}

// nextLine moves to the start of the next line.
func (r *reader) nextLine() {
	r.at = min(r.lineEnd()+1, len(r.text))
	r.lineStart = r.at
}

// spaces skips spaces and tabs.
func (r *reader) spaces() {
	for r.at < len(r.text) && (r.text[r.at] == ' ' || r.text[r.at] == '\t') {
		r.at++
	}
}

// atLineEnd reports whether the rest of the line is empty or a comment. at must not be inside a word.
func (r *reader) atLineEnd() bool {
	switch r.peek(0) {
	case '\n':
		return true
	case '#':
		return r.at == r.lineStart || isSpace(r.text[r.at-1])
	}
	return false
}

// skip skips white space, comments and line ends.
func (r *reader) skip() {
	for !r.done() {
		r.spaces()
		if !r.atLineEnd() {
			return
		}
		r.nextLine()
		r.indentation()
	}
}

// indentation moves to the first letter of a line. If there are tabs before it, indentation reports them and skips the line,
// unless the rest of the line is empty or a comment.
func (r *reader) indentation() {
	for {
		for r.at < len(r.text) && r.text[r.at] == ' ' {
			r.at++
		}
		if r.peek(0) != '\t' {
			return
		}
		tab := r.at
		r.spaces()
		if r.atLineEnd() {
			return
		}
		r.note(CodeTab, tab, tab+1, "use spaces", "a tab in the indentation")
		r.nextLine()
		if r.done() {
			return
		}
	}
}

// finish checks that only a comment follows a value on its line, and moves to the next line that is not empty and not a
// comment.
func (r *reader) finish(value *Node) *Node {
	if r.failed {
		return value
	}
	r.spaces()
	if !r.atLineEnd() {
		return r.fail(CodeSyntax, r.at, r.lineEnd(), trailingHint(r, value), "text after the value")
	}
	r.skip()
	return value
}

func trailingHint(r *reader, value *Node) string {
	switch {
	case r.peek(0) == '#':
		return "put a space before the #"
	case value.Kind == String:
		return "put all of the text into one pair of quotes"
	}
	return ""
}

// recover continues after a failure, at the first line that is not indented deeper than indent.
func (r *reader) recover(indent int) {
	if !r.failed {
		return
	}
	r.failed = false
	for r.nextLine(); !r.done(); r.nextLine() {
		r.indentation()
		if r.done() {
			return
		}
		// A closing bracket at the start of a line ends the flow collection that failed.
		if closing := r.peek(0) == ']' || r.peek(0) == '}'; r.column() <= indent && !r.atLineEnd() && !closing {
			return
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// isBreak reports whether the byte ends a word: white space or the end of the line.
func isBreak(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// isFlow reports whether the byte is one of YAML's flow indicators.
func isFlow(c byte) bool { return strings.IndexByte(",[]{}", c) >= 0 }
