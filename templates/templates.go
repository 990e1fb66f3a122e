// Package templates is what `tggen init` lays down.
package templates

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The files end in .tmpl so that no tool takes them for Go files of this module. They are written as they are.
//
//go:embed minimal full
var tree embed.FS

// A File is a file to write.
type File struct {
	Name    string
	Content []byte
}

// Names are the templates, the usual one first.
func Names() []string { return []string{"minimal", "full"} }

// Files are the files of a template.
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
