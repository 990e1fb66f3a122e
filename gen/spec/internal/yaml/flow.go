package yaml

// flow reads a flow collection, or a node inside one. parent is the indentation of the block around the outermost
// collection.
func (r *reader) flow(parent int) *Node {
	if r.depth == MaxDepth {
		return r.tooNested()
	}
	r.depth++
	defer func() { r.depth-- }()
	switch r.peek(0) {
	case '[':
		return r.flowSequence(parent)
	case '{':
		return r.flowMapping(parent)
	}
	return r.flowScalar(parent)
}

func (r *reader) flowScalar(parent int) *Node {
	switch c := r.peek(0); {
	case c == '"':
		return r.doubleQuoted(parent)
	case c == '\'':
		return r.singleQuoted(parent)
	case c == '!':
		return r.tag(true)
	}
	if !r.startsPlain(true) {
		return r.unexpected()
	}
	return r.plain(true)
}

// flowSequence reads from [ to ].
func (r *reader) flowSequence(parent int) *Node {
	node := &Node{Kind: Sequence, Start: r.at}
	r.at++
	for r.flowSkip(node, parent) {
		if r.peek(0) == ']' {
			return r.close(node)
		}
		item := r.flow(parent)
		if r.failed {
			return item
		}
		// a: b between commas is a mapping with one entry.
		if r.flowColon(item) {
			if item.Kind == Mapping || item.Kind == Sequence {
				return r.fail(CodeSyntax, item.Start, item.End, "", "a key must be a plain text")
			}
			pair := &Node{Kind: Mapping, Start: item.Start}
			if !r.flowValue(pair, item, parent) {
				return node
			}
			item = pair
		}
		node.Items = append(node.Items, item)
		if !r.comma(node, parent, ']') {
			break
		}
	}
	node.Kind = Invalid
	return node
}

// flowMapping reads from { to }.
func (r *reader) flowMapping(parent int) *Node {
	node := &Node{Kind: Mapping, Start: r.at}
	r.at++
	for r.flowSkip(node, parent) {
		if r.peek(0) == '}' {
			return r.close(node)
		}
		key := r.flowScalar(parent)
		if r.failed {
			return key
		}
		if r.flowColon(key) {
			if !r.flowValue(node, key, parent) {
				break
			}
		} else {
			node.Entries = append(node.Entries, Entry{Key: key, Value: r.null(key.End)})
		}
		if !r.comma(node, parent, '}') {
			break
		}
	}
	node.Kind = Invalid
	return node
}

// flowColon reports whether a colon follows the node, so that it is a key. If so, it moves to the colon.
func (r *reader) flowColon(key *Node) bool {
	at := r.at
	for at < len(r.text) && isSpace(r.text[at]) {
		at++
	}
	if at == len(r.text) || r.text[at] != ':' || r.document.Line(key.Start) != r.document.Line(at) {
		return false
	}
	r.at = at
	return true
}

// flowValue reads the value after the colon of a key, and adds both to the mapping. It returns false after a failure.
func (r *reader) flowValue(node, key *Node, parent int) bool {
	r.at++
	value := r.null(r.at)
	if !r.flowSkip(node, parent) {
		return false
	}
	if c := r.peek(0); c != ',' && c != ']' && c != '}' {
		if value = r.flow(parent); r.failed {
			return false
		}
	}
	node.Entries = append(node.Entries, Entry{Key: key, Value: value})
	node.End = max(key.End, value.End)
	return true
}

// flowSkip moves to the next letter inside the collection node. If the collection is not closed, it reports that and returns
// false: the document ends, or a line is indented like the block around the collection.
func (r *reader) flowSkip(node *Node, parent int) bool {
	line := r.lineStart
	r.skip()
	closing := r.peek(0) == ']' || r.peek(0) == '}'
	if r.done() || r.lineStart != line && r.column() <= parent && !closing {
		r.at, r.lineStart = min(node.Start, len(r.text)), r.startOfLine(node.Start)
		r.fail(CodeUnclosed, node.Start, node.Start+1, "", "the %c is never closed", r.document.text[node.Start])
		return false
	}
	return true
}

// comma skips the comma between two elements. It does not skip the closing bracket. It returns false after a failure.
func (r *reader) comma(node *Node, parent int, closing byte) bool {
	if !r.flowSkip(node, parent) {
		return false
	}
	switch r.peek(0) {
	case ',':
		r.at++
		return true
	case closing:
		return true
	}
	hint := ""
	if r.peek(0) == ':' {
		hint = "put a space after the colon, or the text in quotes"
	}
	r.fail(CodeSyntax, r.at, r.at+1, hint, "expected a comma or %c", closing)
	return false
}

func (r *reader) close(node *Node) *Node {
	r.at++
	node.End = r.at
	return node
}
