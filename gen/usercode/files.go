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

// listTimeout is how long the go command may take to list the files of the package. It usually takes about 20 ms.
const listTimeout = 10 * time.Second

// excluded replaces the generated file when the go command looks at the package. So the content of that file does not
// matter, nor whether it exists.
const excluded = "//go:build ignore\n\npackage ignored\n"

// files returns the names of the files of the package, including its tests, in order.
func (c Config) files(ctx context.Context) ([]string, error) {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("reading the folder of the package: %w", err)
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

// ask returns a function that reports whether a file belongs to the package. The go command decides. Outside a module, with
// a broken go.mod, or without a go command, package go/build decides.
func (c Config) ask(ctx context.Context) (belongs func(name string) bool) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	matches := func(name string) bool {
		ok, err := build.Default.MatchFile(c.Dir, name)
		return ok || err != nil // a file that ends within its head still belongs to the package
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return matches
	}
	loaded, err := packages.Load(&packages.Config{
		Context: ctx,
		Mode:    packages.NeedFiles,
		Dir:     dir,
		Env:     append(os.Environ(), "GOTOOLCHAIN=local"), // do not download a toolchain to list files
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
