package dev

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
)

// listed prints, for each package of a local module that a bot depends on, its folder and the files that it embeds. A module is local
// if it is the main one, one of go.work, or replaced by a folder.
const listed = `{{if .Module}}{{if or .Module.Main (and .Module.Replace (not .Module.Replace.Version))}}{{$dir := .Dir}}{{$dir}}
{{range .EmbedFiles}}{{$dir}}/{{.}}
{{end}}{{end}}{{end}}`

// dependencies returns the folders of local packages that the main package in dir depends on, and the files that they embed. It is
// empty if the go command fails.
func dependencies(ctx context.Context, dir string) (paths []string) {
	command := exec.CommandContext(ctx, "go", "list", "-deps", "-f", listed, ".")
	command.Dir = dir
	out, err := command.Output()
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" {
			paths = append(paths, filepath.FromSlash(line))
		}
	}
	return paths
}
