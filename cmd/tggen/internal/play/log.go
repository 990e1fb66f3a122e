package play

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// maxLine bounds a line of the log, in bytes. The rest of a longer line is a line of its own.
const maxLine = 4096

// escapes are the escape sequences by which a program colours its lines, moves the cursor and sets titles and links in a terminal.
var escapes = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])`)

// log keeps the last lines that the bot has printed.
type log struct {
	changed func()

	mu   sync.Mutex
	kept []string
	part []byte // of a line that has not ended
}

// Write implements io.Writer. It never fails.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	for rest := p; len(rest) > 0; {
		line, more, ended := bytes.Cut(rest, []byte("\n"))
		if room := maxLine - len(l.part); len(line) > room {
			line, more, ended = line[:room], rest[room:], true
		}
		l.part, rest = append(l.part, line...), more
		if ended {
			l.keep(string(bytes.TrimSuffix(l.part, []byte("\r"))))
			l.part = l.part[:0]
		}
	}
	l.mu.Unlock()
	l.changed()
	return len(p), nil
}

// add adds a line.
func (l *log) add(line string) {
	l.mu.Lock()
	l.keep(line)
	l.mu.Unlock()
	l.changed()
}

func (l *log) keep(line string) {
	if len(l.kept) == maxLog {
		l.kept = append(l.kept[:0], l.kept[1:]...)
	}
	line = strings.Map(func(r rune) rune {
		if r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, escapes.ReplaceAllString(strings.ToValidUTF8(line, "�"), ""))
	l.kept = append(l.kept, line)
}

// lines returns the lines, oldest first.
func (l *log) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string{}, l.kept...)
}
