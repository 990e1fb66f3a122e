package yaml

import "strings"

// blockScalar reads a literal | or folded > text below the block at the indentation parent.
func (r *reader) blockScalar(parent int) *Node {
	node := &Node{Kind: String, Start: r.at, End: r.at + 1, content: r.at + 1}
	folded := r.peek(0) == '>'
	r.at++
	indent, chomp := 0, byte(0)
	for {
		c := r.peek(0)
		if c >= '1' && c <= '9' && indent == 0 {
			indent = max(parent, 0) + int(c-'0')
		} else if (c == '+' || c == '-') && chomp == 0 {
			chomp = c
		} else {
			break
		}
		r.at++
	}
	node.End = r.at
	if r.spaces(); !r.atLineEnd() {
		return r.fail(CodeSyntax, r.at, r.lineEnd(), "start the text on the next line", "text behind %s", r.text[node.Start:node.End])
	}
	r.nextLine()
	if indent == 0 {
		indent = r.textIndent(parent)
	}
	r.blockText(node, indent, folded, chomp)
	r.indentation()
	r.skip()
	return node
}

// textIndent is the indentation of a block scalar, from the start of its first line: that of the first line that is
// not empty, or of the longest line when all are empty.
func (r *reader) textIndent(parent int) int {
	longest := parent + 1
	for at := r.at; at < len(r.text); at++ {
		start := at
		for at < len(r.text) && r.text[at] == ' ' {
			at++
		}
		if at < len(r.text) && r.text[at] != '\n' {
			if at-start <= parent {
				return longest
			}
			if at-start < longest {
				r.note(CodeIndentation, at, at+1, "", "an empty line before this one is indented deeper")
			}
			return at - start
		}
		longest = max(longest, at-start)
	}
	return longest
}

// blockText gathers the lines that are indented by at least indent.
func (r *reader) blockText(node *Node, indent int, folded bool, chomp byte) {
	var text strings.Builder
	// breaks are the line breaks since the last line with text, and apart says that this line keeps its own, for
	// white space at its start.
	breaks, apart, first := 0, true, true
	for ; !r.done(); r.nextLine() {
		line := r.text[r.at:r.lineEnd()]
		spaces := 0
		for spaces < len(line) && spaces < indent && line[spaces] == ' ' {
			spaces++
		}
		if spaces == len(line) {
			// A line of spaces at the end of the file has no break.
			if r.at+len(line) < len(r.text) {
				breaks++
			}
			continue
		}
		if spaces < indent {
			break
		}
		content := line[indent:]
		own := !folded || isSpace(content[0])
		switch {
		case first:
			text.WriteString(strings.Repeat("\n", breaks))
		case own || apart:
			text.WriteString(strings.Repeat("\n", breaks+1))
		case breaks == 0:
			text.WriteByte(' ')
		default:
			text.WriteString(strings.Repeat("\n", breaks))
		}
		node.segments = append(node.segments, segment{text.Len(), r.at + indent})
		text.WriteString(content)
		node.End = r.at + len(line)
		breaks, apart, first = 0, own, false
	}
	// The last line of the file may have no break at its end.
	if !first && node.End < len(r.text) {
		breaks++
	}
	switch {
	case chomp == '+':
		text.WriteString(strings.Repeat("\n", breaks))
	case chomp == 0 && !first:
		text.WriteString(strings.Repeat("\n", min(breaks, 1)))
	}
	node.Text = text.String()
}
