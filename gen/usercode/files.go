package usercode

import (
	"context"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/packages"
)

// patience is how long the go command may take to list the files of the package. It takes some 20 ms.
const patience = 10 * time.Second

// excluded replaces the generated file while the go command looks at the package, so that it matters neither what is
// in it nor whether it is there.
const excluded = "//go:build ignore\n\npackage ignored\n"

// files are the names of the files of the package, its tests included, in order.
func (c Config) files(ctx context.Context) ([]string, error) {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("looking for the package: %w", err)
	}
	belongs := c.ask(ctx)
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		if filepath.Ext(name) == ".go" && name != c.Output && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, ".") && belongs(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// ask asks the go command which files belong to the package. It has no answer outside a module, when go.mod is broken,
// or when there is no go command.
func (c Config) ask(ctx context.Context) (belongs func(name string) bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	matches := func(name string) bool {
		ok, err := build.Default.MatchFile(c.Dir, name)
		return ok || err != nil // a file that is cut off in its head is still the package's
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return matches
	}
	loaded, err := packages.Load(&packages.Config{
		Context: ctx,
		Mode:    packages.NeedFiles,
		Dir:     dir,
		Env:     append(os.Environ(), "GOTOOLCHAIN=local"), // nothing here is worth a download
		Overlay: map[string][]byte{filepath.Join(dir, c.Output): []byte(excluded)},
	}, ".")
	if err != nil || len(loaded) != 1 || len(loaded[0].Errors) > 0 && len(loaded[0].GoFiles) == 0 {
		return matches
	}
	ignored := loaded[0].IgnoredFiles
	return func(name string) bool {
		return !slices.ContainsFunc(ignored, func(path string) bool { return filepath.Base(path) == name })
	}
}
