package yaml

import "strings"

// block reads the node at the next letter. parent is the indentation of the block around it, or -1 at the top. inline is set
// for a value on the line of its key, where a block mapping or sequence cannot begin.
func (r *reader) block(parent int, inline bool) *Node {
	if c := r.peek(0); c == '[' || c == '{' {
		node := r.flow(parent)
		if r.spaces(); !r.failed && r.peek(0) == ':' {
			return r.fail(CodeSyntax, node.Start, node.End, "", "a key must be a plain text")
		}
		return r.finish(node)
	}
	if r.depth == MaxDepth {
		return r.tooNested()
	}
	r.depth++
	defer func() { r.depth-- }()
	switch c := r.peek(0); {
	case r.isDash() && inline:
		return r.fail(CodeSyntax, r.at, r.lineEnd(), "start the list on the next line, or put the text in quotes",
			"a list cannot begin on the line of its key")
	case r.isDash():
		return r.sequence(r.column())
	case c == '|' || c == '>':
		return r.blockScalar(parent)
	}
	key := r.scalar(parent)
	if r.failed {
		return key
	}
	colon, isKey := r.colon(key)
	switch {
	case !isKey && parent < 0:
		return r.noKey(key)
	case !isKey && r.isPlain(key):
		return r.finish(r.continuePlain(key, parent, inline))
	case !isKey:
		return r.finish(key)
	case inline:
		return r.fail(CodeSyntax, colon, colon+1, "put the text in quotes, or the key on a line of its own",
			"a colon and a space inside an unquoted text")
	}
	return r.mapping(key, key.Start-r.lineStart)
}

// tooNested reports a node that is nested too deep, and ends the reading.
func (r *reader) tooNested() *Node {
	node := r.fail(CodeTooDeep, r.at, r.at+1, "", "more than %d levels of nesting", MaxDepth)
	r.stop()
	return node
}

// isDash reports whether an item of a block sequence begins here.
func (r *reader) isDash() bool { return r.peek(0) == '-' && isBreak(r.peek(1)) }

// scalar reads a quoted scalar, or the first line of a plain one.
func (r *reader) scalar(parent int) *Node {
	switch c := r.peek(0); {
	case c == '"':
		return r.doubleQuoted(parent)
	case c == '\'':
		return r.singleQuoted(parent)
	case c == '!':
		return r.tag(false)
	}
	if !r.startsPlain(false) {
		return r.unexpected()
	}
	return r.plain(false)
}

// colon finds the colon after a key. r.at is the byte after the scalar, and does not change.
func (r *reader) colon(key *Node) (at int, ok bool) {
	at = r.at
	for at < len(r.text) && isSpace(r.text[at]) {
		at++
	}
	if at == len(r.text) || r.text[at] != ':' || at+1 < len(r.text) && !isBreak(r.text[at+1]) {
		return at, false
	}
	return at, r.document.Line(key.Start) == r.document.Line(at)
}

// mapping reads a block mapping at an indentation. Its first key has been read already.
func (r *reader) mapping(key *Node, indent int) *Node {
	before := len(r.problems)
	node := &Node{Kind: Mapping, Start: key.Start}
	for key != nil {
		r.at, _ = r.colon(key)
		r.at++
		value := r.value(indent)
		node.Entries = append(node.Entries, Entry{Key: key, Value: value})
		node.End = max(key.End, value.End)
		key = r.nextKey(indent)
	}
	node.Broken = len(r.problems) > before
	return node
}

// value reads what follows the colon of a key.
func (r *reader) value(indent int) *Node {
	colon := r.at
	if r.spaces(); !r.atLineEnd() {
		return r.block(indent, true)
	}
	before := len(r.problems)
	r.skip()
	switch {
	case r.done():
	case r.column() > indent:
		return r.block(indent, false)
	case r.column() == indent && r.isDash():
		return r.sequence(indent)
	}
	return r.absent(colon, before)
}

// absent returns the node of a value that was not found. before is the number of problems before the search. If a line could
// not be read since, that line may have held the value, so the node is Invalid.
func (r *reader) absent(at, before int) *Node {
	node := r.null(at)
	if len(r.problems) > before {
		node.Kind = Invalid
	}
	return node
}

// nextKey reads the next key of the mapping. It returns nil at the end of the mapping. It reports and skips lines without a
// key.
func (r *reader) nextKey(indent int) *Node {
	for {
		r.recover(indent)
		if r.done() || r.column() < indent {
			return nil
		}
		if r.column() > indent {
			r.misplaced(indent)
			continue
		}
		if r.isDash() {
			r.fail(CodeSyntax, r.at, r.lineEnd(), "", "expected a key, found a list item")
			continue
		}
		key := r.scalar(indent)
		if r.failed {
			continue
		}
		if _, ok := r.colon(key); ok {
			return key
		}
		r.noKey(key)
	}
}

// noKey reports a text where a key and a colon are needed.
func (r *reader) noKey(text *Node) *Node {
	hint := "write key: value"
	if strings.Contains(text.Text, ":") {
		hint = "put a space after the colon"
	}
	return r.fail(CodeSyntax, text.Start, text.End, hint, "expected a key and a colon")
}

// misplaced reports a line that is indented deeper than the block it would belong to.
func (r *reader) misplaced(indent int) {
	r.fail(CodeIndentation, r.at, r.lineEnd(), "indent it like the lines around it",
		"the line is indented by %d, and the lines before it by %d", r.column(), indent)
}

// sequence reads a block sequence whose dashes are at an indentation.
func (r *reader) sequence(indent int) *Node {
	before := len(r.problems)
	node := &Node{Kind: Sequence, Start: r.at}
	for {
		item := r.item(indent)
		node.Items = append(node.Items, item)
		node.End = max(node.End, item.End)
		r.recover(indent)
		for !r.done() && r.column() > indent {
			r.misplaced(indent)
			r.recover(indent)
		}
		if r.done() || r.column() < indent || !r.isDash() {
			node.Broken = len(r.problems) > before
			return node
		}
	}
}

// item reads what follows a dash.
func (r *reader) item(indent int) *Node {
	r.at++
	dash := r.at
	for r.peek(0) == ' ' {
		r.at++
	}
	if tab := r.at; r.peek(0) == '\t' {
		if r.spaces(); !r.atLineEnd() {
			return r.fail(CodeTab, tab, tab+1, "use spaces", "a tab after a dash")
		}
	}
	if !r.atLineEnd() {
		return r.block(indent, false)
	}
	before := len(r.problems)
	r.skip()
	if r.done() || r.column() <= indent {
		return r.absent(dash, before)
	}
	return r.block(indent, false)
}

// unexpected reports a letter that cannot begin a value.
func (r *reader) unexpected() *Node {
	c := r.text[r.at]
	switch c {
	case '&', '*':
		what := "anchors"
		if c == '*' {
			what = "aliases"
		}
		return r.fail(CodeAnchor, r.at, r.wordEnd(), "repeat the value, or put the text in quotes", "%s are not supported", what)
	case '?':
		return r.fail(CodeSyntax, r.at, r.at+1, "write key: value", "complex keys are not supported")
	case '%', '@', '`':
		return r.fail(CodeSyntax, r.at, r.at+1, "put the text in quotes", "an unquoted text cannot begin with %c", c)
	}
	return r.fail(CodeSyntax, r.at, r.at+1, "", "unexpected %c", c)
}

// wordEnd returns the end of the word that begins at the next letter.
func (r *reader) wordEnd() int {
	end := r.at
	for end < len(r.text) && !isBreak(r.text[end]) && (end == r.at || !isFlow(r.text[end])) {
		end++
	}
	return end
}
