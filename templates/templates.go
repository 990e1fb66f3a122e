// Package templates holds the files of a new bot, which `tggen init` writes.
package templates

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// The names end in .tmpl so that no tool takes the files for Go files of this module. init writes them unchanged, but for
// the name of the binary.
//
//go:embed minimal full all:common
var tree embed.FS

// common is the folder of the files that every bot receives.
const common = "common"

// binary is the name of the bot's binary in the files of common.
const binary = "/mybot"

// A File is a file of a template.
type File struct {
	Name    string // without .tmpl, with slashes
	Content []byte
	// Optional says that the file has nothing to do with the bot's code, such as .gitignore: if the folder has such a file
	// already, that one is as good.
	Optional bool
}

// Names returns the names of the templates, the default first.
func Names() []string { return []string{"minimal", "full"} }

// Files returns the files of a template, sorted by name, those that are optional last.
func Files(template string) ([]File, error) {
	if !slices.Contains(Names(), template) {
		return nil, fmt.Errorf("there is no template %q: %s", template, strings.Join(Names(), " or "))
	}
	files, err := folder(template)
	if err != nil {
		return nil, err
	}
	optional, err := folder(common)
	if err != nil {
		return nil, err
	}
	for _, file := range optional {
		file.Optional = true
		files = append(files, file)
	}
	return files, nil
}

// ForRoot reports whether the file has an effect only in the folder at the top of a repository.
func (f File) ForRoot() bool { return strings.HasPrefix(f.Name, ".github/") }

// ForBinary returns the file for a bot whose binary has the given name. Files names it mybot.
func (f File) ForBinary(name string) File {
	if strings.HasSuffix(f.Name, "ignore") {
		f.Content = bytes.ReplaceAll(f.Content, []byte(binary), []byte("/"+name))
	}
	return f
}

// folder returns the files of a folder and of those below it, sorted by name.
func folder(root string) ([]File, error) {
	var files []File
	err := fs.WalkDir(tree, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(tree, name)
		files = append(files, File{Name: strings.TrimSuffix(strings.TrimPrefix(name, root+"/"), ".tmpl"), Content: content})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the template %s: %w", root, err)
	}
	return files, nil
}
