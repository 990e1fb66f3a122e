package yaml

import "strings"

// blockScalar reads a literal (|) or folded (>) text. parent is the indentation of the block around it.
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
		return r.fail(CodeSyntax, r.at, r.lineEnd(), "start the text on the next line", "text after %s", r.text[node.Start:node.End])
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

// textIndent returns the indentation of a block scalar: that of its first line that is not empty. If all lines are empty, it
// is that of the longest line. The reader must be at the start of the first line.
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

// blockText collects the lines that are indented by at least indent, and stores them as the text of the node.
func (r *reader) blockText(node *Node, indent int, folded bool, chomp byte) {
	var text strings.Builder
	// breaks is the number of line breaks since the last line with text. verbatim is set if the breaks after that line are
	// not folded: the text is literal, or the line begins with white space.
	breaks, verbatim, first := 0, true, true
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
		verbatimLine := !folded || isSpace(content[0])
		switch {
		case first:
			text.WriteString(strings.Repeat("\n", breaks))
		case verbatimLine || verbatim:
			text.WriteString(strings.Repeat("\n", breaks+1))
		case breaks == 0:
			text.WriteByte(' ')
		default:
			text.WriteString(strings.Repeat("\n", breaks))
		}
		node.segments = append(node.segments, segment{text.Len(), r.at + indent})
		text.WriteString(content)
		node.End = r.at + len(line)
		breaks, verbatim, first = 0, verbatimLine, false
	}
	// The last line of the file can lack a break at its end.
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
