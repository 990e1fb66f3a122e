package emit

import (
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"
)

// comment is a text as a doc comment.
func comment(text string) *jen.Statement { return jen.Comment(lines(text)) }

// remark is a text as a comment at the end of a line.
func remark(text string) *jen.Statement {
	return jen.Comment("// " + visible(strings.Join(strings.Fields(text), " ")))
}

// lines breaks a text into line comments.
func lines(text string) string {
	const width = 110
	var lines []string
	line := "//"
	for word := range strings.FieldsSeq(visible(text)) {
		if len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = "//"
		}
		line += " " + word
	}
	return strings.Join(append(lines, line), "\n")
}

// quoted is a text of the spec for a comment: as it is if a reader can see all of it, and otherwise in quotes.
func quoted(text string) string {
	if strings.Join(strings.Fields(text), " ") == text && visible(text) == text {
		return text
	}
	return strconv.Quote(text)
}

// visible escapes the letters that cannot be seen, as a Go string does. Some of them are not allowed in a Go file, such as
// U+FEFF, and others change how an editor shows the file. It keeps white space, and the joiners that emoji and some
// scripts need.
func visible(text string) string {
	const nonJoiner, joiner = '\u200C', '\u200D'
	keep := func(letter rune) bool {
		return unicode.IsPrint(letter) || unicode.IsSpace(letter) || letter == nonJoiner || letter == joiner
	}
	if strings.IndexFunc(text, func(letter rune) bool { return !keep(letter) }) < 0 {
		return text
	}
	var b strings.Builder
	for _, letter := range text {
		if keep(letter) {
			b.WriteRune(letter)
			continue
		}
		escape := strconv.QuoteRune(letter)
		b.WriteString(escape[1 : len(escape)-1])
	}
	return b.String()
}

// specName is the name of the spec in the first line of the generated file.
func specName(file string) string {
	return visible(strings.Join(strings.Fields(path.Base(file)), " "))
}
