package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"

	"github.com/tggen/tggen/docs/internal/page"
)

// A searchIndex holds the text of all pages, by headings. The script search.js looks through it.
type searchIndex struct{ entries []entry }

type entry struct {
	URL   string `json:"u"`
	Page  string `json:"p"`
	Title string `json:"t"`
	Text  string `json:"x"`
}

var marks = regexp.MustCompile("</?[a-z]+>|[`|*#<>\\\\]+|\\]\\([^)]*\\)|\\[|---+")

// add adds a page.
func (s *searchIndex) add(d document, markdown string) {
	taken := make(map[string]int)
	current := entry{URL: d.URL(), Page: d.Title, Title: d.Title}
	fenced := false
	flush := func() {
		current.Text = strings.Join(strings.Fields(marks.ReplaceAllString(current.Text, " ")), " ")
		if current.Text != "" || current.Title != current.Page {
			s.entries = append(s.entries, current)
		}
	}
	for line := range strings.Lines(withoutComments(markdown)) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		level := len(line) - len(strings.TrimLeft(line, "#"))
		if fenced || level == 0 || !strings.HasPrefix(line[level:], " ") {
			current.Text += line
			continue
		}
		title := strings.TrimSpace(line[level:])
		anchor := page.Anchor(title, taken)
		if level == 1 {
			continue
		}
		flush()
		current = entry{URL: d.URL() + "#" + anchor, Page: d.Title, Title: strings.ReplaceAll(title, "`", "")}
	}
	flush()
}

// write writes the index as a script, because a page that is opened as a file may load a script and no data.
func (s *searchIndex) write(path string) error {
	text, err := json.Marshal(s.entries)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(append([]byte("window.searchIndex="), text...), ";\n"...), 0o644)
}
