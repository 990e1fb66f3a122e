// Package yaml reads the YAML of a spec: a strict part of YAML 1.2, with the place of every byte.
//
// The readers at hand do not fit. A diagnostic needs the exact column of a part of a quoted text, all mistakes at
// once needs a reader that goes on after a mistake, and hostile input needs time that grows with its length and
// nothing else. So this package reads what a spec is written in (mappings, sequences, scalars of all five styles,
// flow collections, comments, one document) and refuses by name what it is not written in: anchors, aliases, merge
// keys, tags, directives, complex keys. What it accepts, any other reader of YAML 1.2 reads alike, with one
// exception: !Name without a value is the text "!Name".
package yaml

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// The limits of a document. A spec of 2,000 handlers has a quarter of these bytes, and no spec is half as deep.
const (
	MaxBytes    = 1 << 20
	MaxDepth    = 24
	MaxProblems = 200
)

// Kind is what a node is.
type Kind uint8

// The kinds of nodes. A plain scalar is what YAML 1.2's core schema makes of it; any other scalar is a String.
const (
	// Invalid is a node that could not be read; a problem says why.
	Invalid Kind = iota
	Null
	Bool
	Int
	Float
	String
	Mapping
	Sequence
)

// A Node is a value and its place, in bytes from the start of the document's text.
type Node struct {
	Kind Kind
	// Start and End enclose the node as it is written, with its quotes.
	Start, End int
	// Text is a scalar's content: folded, and with escapes resolved.
	Text string
	// Entries are a mapping's, in order, duplicates included.
	Entries []Entry
	// Items are a sequence's.
	Items []*Node
	// Broken says that a problem lies within the mapping or sequence, so that something may be missing from it.
	Broken bool

	// content is where Text begins, when there are no segments.
	content  int
	segments []segment
}

// An Entry is a key, which is a scalar, and its value.
type Entry struct {
	Key, Value *Node
}

// A segment is a run of a scalar's content that stands in the document as it is: from the byte text of the content
// to the next segment.
type segment struct {
	text, source int
}

// Offset is the place in the document of byte i of Text. i may be len(Text).
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

// A Problem is something that could not be read.
type Problem struct {
	Code string
	// Start and End enclose what could not be read. Start is -1 for the document as a whole.
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
	// Root is the node of the whole document: Null when it is empty.
	Root *Node

	text string
	// lines are the offsets at which lines begin.
	lines []int
	// letters is the number of code points before every stride-th byte.
	letters []int
}

const stride = 64

// Position is the line and the column, both from 1, of a byte of the text. Columns count code points.
func (d *Document) Position(offset int) (line, column int) {
	offset = min(max(offset, 0), len(d.text))
	line = sort.SearchInts(d.lines, offset+1)
	return line, d.lettersBefore(offset) - d.lettersBefore(d.lines[line-1]) + 1
}

// Line is the number, from 1, of the line that a byte of the text is on.
func (d *Document) Line(offset int) int {
	return sort.SearchInts(d.lines, offset+1)
}

func (d *Document) lettersBefore(offset int) int {
	step := offset / stride
	return d.letters[step] + starts(d.text[step*stride:offset])
}

// starts counts the bytes at which a code point starts. Other than utf8.RuneCountInString it can be added up over
// the parts of a text, wherever it is cut.
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
