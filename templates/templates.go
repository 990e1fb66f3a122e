// Package templates holds the files of a new bot, which `tggen init` writes.
package templates

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The names end in .tmpl so that no tool takes the files for Go files of this module. init writes them unchanged.
//
//go:embed minimal full
var tree embed.FS

// A File is a file of a template.
type File struct {
	Name    string // without .tmpl
	Content []byte
}

// Names returns the names of the templates, the default first.
func Names() []string { return []string{"minimal", "full"} }

// Files returns the files of a template, sorted by name.
func Files(template string) ([]File, error) {
	if !slices.Contains(Names(), template) {
		return nil, fmt.Errorf("there is no template %q: %s", template, strings.Join(Names(), " or "))
	}
	entries, err := fs.ReadDir(tree, template)
	if err != nil {
		return nil, fmt.Errorf("reading the template %s: %w", template, err)
	}
	files := make([]File, len(entries))
	for i, entry := range entries {
		content, err := fs.ReadFile(tree, path.Join(template, entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading the template %s: %w", template, err)
		}
		files[i] = File{strings.TrimSuffix(entry.Name(), ".tmpl"), content}
	}
	return files, nil
}
