package yaml

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Read reads a document. If there are problems, the root holds the rest of the document. It is never nil. Read never panics,
// and its time is proportional to the length of src.
func Read(src []byte) (*Document, []Problem) {
	text, problems := decode(src)
	document := newDocument(text)
	document.Root = &Node{Kind: Invalid}
	if len(problems) > 0 {
		return document, problems
	}
	r := &reader{document: document, text: text}
	r.frame()
	document.Root = r.root()
	return document, r.problems
}

// decode returns the text of the document, without a byte order mark and with lines that end in \n. It reports everything
// that is wrong with single bytes and characters. If there is such a problem, the document is not read any further.
func decode(src []byte) (string, []Problem) {
	if len(src) > MaxBytes {
		return "", []Problem{{
			Code: CodeTooLarge, Start: -1,
			Message: fmt.Sprintf("the file has %d bytes; a spec can have at most %d", len(src), MaxBytes),
			Hint:    "is this the right file?",
		}}
	}
	if bytes.HasPrefix(src, []byte{0xFE, 0xFF}) || bytes.HasPrefix(src, []byte{0xFF, 0xFE}) {
		return "", []Problem{{
			Code: CodeNotUTF8, Start: -1, Message: "the file is UTF-16", Hint: "save it as UTF-8",
		}}
	}
	text := strings.TrimPrefix(string(src), "\uFEFF")
	if !utf8.ValidString(text) {
		return notUTF8(text)
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var problems []Problem
	for i, letter := range text {
		if isText(letter) {
			continue
		}
		problem := Problem{
			Code: CodeBadCharacter, Start: i, End: i + utf8.RuneLen(letter),
			Message: fmt.Sprintf("YAML does not allow the character %U", letter),
			Hint:    fmt.Sprintf(`delete it, or write it as \u%04X in double quotes`, letter),
		}
		if letter == '\r' {
			problem.Message = "a carriage return without a line feed"
			problem.Hint = "end lines with a line feed"
		}
		if problems = append(problems, problem); len(problems) == MaxProblems {
			break
		}
	}
	return text, problems
}

// notUTF8 reports the first byte that is not UTF-8. It keeps the text before that byte, for the position.
func notUTF8(text string) (string, []Problem) {
	at := 0
	for at < len(text) {
		letter, size := utf8.DecodeRuneInString(text[at:])
		if letter == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	bad := text[at]
	text = strings.ReplaceAll(text[:at], "\r\n", "\n")
	return text, []Problem{{
		Code: CodeNotUTF8, Start: len(text), End: len(text),
		Message: fmt.Sprintf("the byte 0x%02X is not UTF-8", bad),
		Hint:    "save the file as UTF-8",
	}}
}

// isText reports whether a document can contain the letter: YAML's c-printable, except the letters that some readers take
// for the end of a line.
func isText(letter rune) bool {
	switch {
	case letter == '\t', letter == '\n':
		return true
	case letter < ' ', letter >= 0x7F && letter <= 0x9F:
		return false
	case letter == 0x2028, letter == 0x2029, letter == 0xFEFF, letter == 0xFFFE, letter == 0xFFFF:
		return false
	}
	return true
}

// A reader reads one document. After a method has read a scalar or a flow collection, at is the byte after it. After a block
// collection, at is the first letter of the next line that is not empty and not a comment.
type reader struct {
	document *Document
	// text is the document up to its end marker.
	text string
	// at is the place of the next letter. lineStart is where the line of at begins.
	at, lineStart int
	depth         int
	problems      []Problem
	// failed is set after a problem, until reading continues at a later line.
	failed bool
}

// fail reports a problem, and returns an Invalid node for what could not be read.
func (r *reader) fail(code string, start, end int, hint, message string, args ...any) *Node {
	r.note(code, start, end, hint, message, args...)
	r.failed = true
	return &Node{Kind: Invalid, Start: start, End: end, content: start}
}

// note reports a problem after which reading continues at the same place.
func (r *reader) note(code string, start, end int, hint, message string, args ...any) {
	switch {
	case len(r.problems) < MaxProblems:
		r.problems = append(r.problems, Problem{
			Code: code, Start: start, End: end, Message: fmt.Sprintf(message, args...), Hint: hint,
		})
	case len(r.problems) == MaxProblems:
		r.problems = append(r.problems, Problem{
			Code: CodeTooMany, Start: start, End: end, Message: "too many mistakes; the rest is not shown",
		})
		r.stop()
	}
}

// stop makes the reader see the end of the document.
func (r *reader) stop() {
	r.text = r.text[:min(r.at, len(r.text))]
}

// frame finds the document in the text, between --- and ..., and moves the reader to its start.
func (r *reader) frame() {
	started, ended, content := false, false, false
	end := len(r.text)
	for start := 0; start < len(r.text); {
		next := len(r.text)
		if i := strings.IndexByte(r.text[start:], '\n'); i >= 0 {
			next = start + i + 1
		}
		line := strings.TrimRight(r.text[start:next], " \t\n")
		marker, rest, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
		rest = strings.TrimLeft(rest, " ")
		bare := rest == "" || rest[0] == '#'
		blank := strings.TrimLeft(line, " \t")
		switch {
		case blank == "" || blank[0] == '#':
		case ended && marker != "...", marker == "---" && (started || content):
			r.note(CodeSeveralDocuments, start, start+len(line), "a spec is one document: delete the rest, or move it to a file of its own",
				"a second document starts here")
			r.text = r.text[:min(end, start)]
			return
		case marker == "---":
			started = true
			r.at, r.lineStart = next, next
			if !bare {
				r.note(CodeSyntax, start+len(line)-len(rest), start+len(line), "start it on the next line",
					"text on the line of the marker ---")
			}
		case marker == "...":
			ended, end = true, min(end, start)
			if !bare {
				r.note(CodeSyntax, start+len(line)-len(rest), start+len(line), "delete it", "text after the end marker ...")
			}
		case line[0] == '%' && !started && !content:
			r.note(CodeDirective, start, start+len(line), "delete the line", "directives are not supported")
			r.at, r.lineStart = next, next
		default:
			content = true
		}
		start = next
	}
	r.text = r.text[:min(end, len(r.text))]
}

// root reads the node of the document. It reports and skips lines before the node that cannot be read.
func (r *reader) root() *Node {
	r.indentation()
	r.skip()
	if r.done() {
		return r.null(r.at)
	}
	node := r.block(-1, false)
	for r.failed && node.Kind == Invalid {
		if r.recover(0); r.done() {
			return node
		}
		node = r.block(-1, false)
	}
	if !r.failed && !r.done() {
		r.fail(CodeIndentation, r.at, r.lineEnd(), "indent it like the first line", "the line does not belong to anything before it")
	}
	node.Broken = len(r.problems) > 0
	return node
}

// null returns the node of an absent value.
func (r *reader) null(at int) *Node {
	return &Node{Kind: Null, Start: at, End: at, content: at}
}
