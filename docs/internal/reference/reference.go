// Package reference writes the pages below docs/reference that describe what the code knows already: the keys of a spec, the
// diagnostics, the command line, the guarantees, and what the options and the configuration are.
package reference

import (
	"bytes"
	"context"
	"fmt"
	"strings"
)

// A Source says where the pages come from.
type Source struct {
	// Root is the folder of the module.
	Root string
	// Tool is a binary of tggen.
	Tool string
}

// Pages returns the text of the pages, by their paths below docs/reference.
func Pages(ctx context.Context, s Source) (map[string][]byte, error) {
	pages := make(map[string][]byte)
	for name, write := range map[string]func(context.Context, Source) (string, error){
		"spec.md": specPage, "queries.md": queriesPage, "diagnostics.md": diagnosticsPage, "command-line.md": commandPage,
		"guarantees.md": guaranteesPage, "options.md": optionsPage,
	} {
		text, err := write(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("writing %s: %w", name, err)
		}
		pages[name] = []byte(text)
	}
	return pages, nil
}

// A writer collects the text of a page.
type writer struct{ bytes.Buffer }

// newPage begins a page. Its first line tells people who edit it where it is from.
func newPage(title, intro string) *writer {
	w := new(writer)
	w.add("<!-- Written by `go generate ./docs`. Change what it is made of, not this file. -->\n\n# %s\n\n%s\n", title, intro)
	return w
}

// add adds text with a line end.
func (w *writer) add(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// table begins a table.
func (w *writer) table(columns ...string) {
	w.row(columns...)
	w.WriteString(strings.Repeat("|---", len(columns)) + "|\n")
}

// row adds a row of a table.
func (w *writer) row(cells ...string) {
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(strings.ReplaceAll(cell, "|", `\|`), "\n", " ")
	}
	w.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// prose escapes what Markdown would take for a tag.
func prose(text string) string {
	return strings.NewReplacer("<", "&lt;", "*", `\*`, "_", `\_`).Replace(text)
}
