// Package usercode finds out what the author's package declares, even while it does not compile.
package usercode

import (
	"fmt"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// PackageName is the name of the package in dir, as its files say that are no tests. The generated file does not count:
// it may be stale. A folder without other Go files is taken for a program: "main".
func PackageName(dir, generated string) (string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return "", fmt.Errorf("looking for the package in %s: %w", dir, err)
	}
	for _, path := range paths {
		base := filepath.Base(path)
		if base == generated || strings.HasSuffix(base, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly)
		if err == nil && file.Name != nil {
			return file.Name.Name, nil
		}
	}
	return "main", nil
}
