package dev

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tggen/tggen/gen/diag"
)

// compilerCode is the code of a mistake that the Go compiler reports.
const compilerCode = "compiler"

// place is the beginning of a line about a mistake: ./main.go:12:3: message. The column may be missing.
var place = regexp.MustCompile(`^((?:[A-Za-z]:)?[^:\s][^:]*\.go):(\d+)(?::(\d+))?: (.+)$`)

// tooMany is what the compiler prints instead of the eleventh mistake.
const tooMany = "too many errors"

// parse reads the mistakes in the output of go build in a folder. The go command prints files relative to that folder. Those of the
// result are relative to the folder of this process, as long as they were not absolute. rest is what else it printed, without the lines
// that name the package.
func parse(output, dir string) (found diag.List, rest string) {
	var others []string
	for text := range strings.Lines(output) {
		text = strings.TrimRight(text, "\r\n")
		switch match := place.FindStringSubmatch(text); {
		case match != nil && match[4] == tooMany:
		case match != nil:
			file := filepath.FromSlash(match[1])
			if !filepath.IsAbs(file) {
				file = filepath.Join(dir, file)
			}
			at, _ := strconv.Atoi(match[2])
			column, _ := strconv.Atoi(match[3])
			found = append(found, diag.Diagnostic{
				Pos: diag.Pos{File: filepath.ToSlash(file), Line: at, Column: column}, Code: compilerCode, Message: match[4], Hint: hint(match[4]),
			})
		case len(found) > 0 && strings.HasPrefix(text, "\t"): // the message goes on, as with what a function has and wants
			last := &found[len(found)-1]
			last.Message += " " + strings.Join(strings.Fields(text), " ")
		case text == "" || strings.HasPrefix(text, "# "):
		default:
			others = append(others, text)
		}
	}
	return found, strings.Join(others, "\n")
}

// hint says what to do about mistakes that one makes often with a generated interface.
func hint(message string) string {
	switch {
	case strings.Contains(message, "does not implement Handlers") && strings.Contains(message, "missing method"):
		return "`tggen stubs` prints the methods that your type is missing"
	case strings.Contains(message, "does not implement Handlers") && strings.Contains(message, "wrong type for method"):
		return "bot.gen.go says which parameters and results the method has"
	}
	return ""
}

// readSources reads the files that mistakes point into, and turns the columns of the compiler, which count bytes, into columns of code
// points. A file that cannot be read is left out.
func readSources(found diag.List) diag.Sources {
	sources := make(diag.Sources)
	for i, d := range found {
		text, known := sources[d.Pos.File]
		if !known {
			text, _ = os.ReadFile(filepath.FromSlash(d.Pos.File))
			sources[d.Pos.File] = text
		}
		if text := line(text, d.Pos.Line); d.Pos.Column > 1 && d.Pos.Column <= len(text)+1 {
			found[i].Pos.Column = utf8.RuneCountInString(text[:d.Pos.Column-1]) + 1
		}
	}
	return sources
}
