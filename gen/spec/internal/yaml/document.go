// Package yaml reads the YAML of a spec: a strict subset of YAML 1.2, with the place of every byte.
//
// The existing libraries do not suffice. A diagnostic needs the exact column of a part of a quoted text. To report all
// mistakes at once, the reader must continue after a mistake. For hostile input, its time must be proportional to the
// length of the input. So this package reads only what a spec needs (mappings, sequences, scalars of all five styles, flow
// collections, comments, one document). It refuses the rest by name: anchors, aliases, merge keys, tags, directives,
// complex keys. Other readers of YAML 1.2 read the accepted documents alike, with one exception: here, !Name without a
// value is the text "!Name".
package yaml

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// The limits of a document. A spec of 2,000 handlers has a quarter of MaxBytes, and no spec needs half of MaxDepth. After
// MaxProblems problems the reader stops.
const (
	MaxBytes    = 1 << 20
	MaxDepth    = 24
	MaxProblems = 200
)

// Kind is the kind of a node.
type Kind uint8

// The kinds of nodes. The core schema of YAML 1.2 determines the kind of a plain scalar. Any other scalar is a String.
const (
	// Invalid is a node that could not be read. A problem says why.
	Invalid Kind = iota
	Null
	Bool
	Int
	Float
	String
	Mapping
	Sequence
)

// A Node is a value and its place, in bytes from the start of the text.
type Node struct {
	Kind Kind
	// Start and End enclose the node as it is written, including its quotes.
	Start, End int
	// Text is the content of a scalar: lines are folded and escapes are resolved.
	Text string
	// Entries are the entries of a mapping, in order, including duplicates.
	Entries []Entry
	// Items are the items of a sequence.
	Items []*Node
	// Broken is set if there is a problem inside the mapping or sequence, so that it may be incomplete.
	Broken bool

	// content is where Text begins in the document, if there are no segments.
	content  int
	segments []segment
}

// An Entry is a key and its value. The key is a scalar.
type Entry struct {
	Key, Value *Node
}

// A segment is a part of a scalar's content that is written in the document as it is. It begins at the byte text of the
// content and at the byte source of the document, and ends where the next segment begins.
type segment struct {
	text, source int
}

// Offset returns the place in the document of byte i of Text. i can be len(Text).
func (n *Node) Offset(i int) int {
	if len(n.segments) == 0 {
		return n.content + i
	}
	after := sort.Search(len(n.segments), func(k int) bool { return n.segments[k].text > i })
	if after == 0 {
		return n.segments[0].source
	}
	run := n.segments[after-1]
	return run.source + i - run.text
}

// A Problem is a part of the document that could not be read.
type Problem struct {
	Code string
	// Start and End enclose the part. Start is -1 for the document as a whole.
	Start, End    int
	Message, Hint string
}

// The codes of problems.
const (
	CodeTooLarge         = "too-large"
	CodeNotUTF8          = "not-utf8"
	CodeBadCharacter     = "bad-character"
	CodeTab              = "tab-indentation"
	CodeTooDeep          = "too-deep"
	CodeTooMany          = "too-many-mistakes"
	CodeSyntax           = "yaml-syntax"
	CodeIndentation      = "bad-indentation"
	CodeUnclosed         = "unclosed"
	CodeEscape           = "bad-escape"
	CodeAnchor           = "yaml-anchor"
	CodeTag              = "yaml-tag"
	CodeDirective        = "yaml-directive"
	CodeSeveralDocuments = "several-documents"
)

// A Document is a text that was read.
type Document struct {
	// Root is the node of the whole document. It is Null if the document is empty.
	Root *Node

	text string
	// lines are the offsets at which the lines begin.
	lines []int
	// letters holds, for every stride-th byte, the number of code points before it.
	letters []int
}

const stride = 64

// Position returns the line and the column, both from 1, of a byte of the text. Columns count code points.
func (d *Document) Position(offset int) (line, column int) {
	offset = min(max(offset, 0), len(d.text))
	line = sort.SearchInts(d.lines, offset+1)
	return line, d.lettersBefore(offset) - d.lettersBefore(d.lines[line-1]) + 1
}

// Line returns the number, from 1, of the line of a byte of the text.
func (d *Document) Line(offset int) int {
	return sort.SearchInts(d.lines, offset+1)
}

func (d *Document) lettersBefore(offset int) int {
	step := offset / stride
	return d.letters[step] + starts(d.text[step*stride:offset])
}

// starts counts the bytes at which a code point starts. Unlike the results of utf8.RuneCountInString, its results for the
// parts of a text add up, even if the text is cut inside a code point.
func starts(text string) int {
	n := 0
	for i := range len(text) {
		if utf8.RuneStart(text[i]) {
			n++
		}
	}
	return n
}

func newDocument(text string) *Document {
	d := &Document{
		text:    text,
		lines:   make([]int, 1, strings.Count(text, "\n")+1),
		letters: make([]int, 1, len(text)/stride+1),
	}
	for i := range len(text) {
		if text[i] == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	for at := stride; at <= len(text); at += stride {
		d.letters = append(d.letters, d.letters[len(d.letters)-1]+starts(text[at-stride:at]))
	}
	return d
}
