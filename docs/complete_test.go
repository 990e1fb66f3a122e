package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imported are the packages that a block may use without importing them.
var imported = []string{
	"bytes", "cmp", "context", "database/sql", "encoding/json", "errors", "expvar", "fmt", "io", "log", "log/slog", "maps", "math/rand/v2",
	"net/http", "os", "os/signal", "slices", "strconv", "strings", "sync", "sync/atomic", "syscall", "testing", "testing/synctest", "time",
	"github.com/PaulSonOfLars/gotgbot/v2",
	"github.com/tggen/tggen/runtime",
	"github.com/tggen/tggen/runtime/telegram",
	"github.com/tggen/tggen/runtime/telegram/calls",
	"github.com/tggen/tggen/runtime/telegram/wire",
	"github.com/tggen/tggen/runtime/session",
	"github.com/tggen/tggen/runtime/session/sqlstore",
	"github.com/tggen/tggen/runtime/tgtest",
}

// completeGo adds a package clause and imports to a file that has no package clause.
func completeGo(text string) string {
	if strings.HasPrefix(text, "package ") || strings.Contains(text, "\npackage ") {
		return text
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+text, parser.SkipObjectResolution)
	if err != nil {
		return "package main\n\n" + text // the compiler reports it
	}
	var used []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := selector.X.(*ast.Ident)
		if !ok || !ast.IsExported(selector.Sel.Name) {
			return true
		}
		for _, path := range imported {
			if packageName(path) == x.Name && !declares(file, x.Name) {
				used = append(used, strconv.Quote(path))
			}
		}
		return true
	})
	slices.Sort(used)
	used = slices.Compact(used)
	return "package main\n\nimport (\n\t" + strings.Join(used, "\n\t") + "\n)\n\n" + text
}

// declares reports whether a file declares a variable, a field or a parameter of that name.
func declares(file *ast.File, name string) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			found = found || slices.ContainsFunc(n.Names, func(i *ast.Ident) bool { return i.Name == name })
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if i, ok := x.(*ast.Ident); ok && n.Tok == token.DEFINE && i.Name == name {
					found = true
				}
			}
		}
		return true
	})
	return found
}

func packageName(path string) string {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if len(last) > 1 && last[0] == 'v' && last[1] >= '0' && last[1] <= '9' {
		last = parts[len(parts)-2]
	}
	return last
}

func itoa(n int) string { return strconv.Itoa(n) }

func TestCompleteGo(t *testing.T) {
	got := completeGo("func f(in *Input) error { strings := 1; _ = strings; return errors.New(fmt.Sprint(gotgbot.User{})) }\n")
	want := "package main\n\nimport (\n\t\"errors\"\n\t\"fmt\"\n\t\"github.com/PaulSonOfLars/gotgbot/v2\"\n)\n\n" +
		"func f(in *Input) error { strings := 1; _ = strings; return errors.New(fmt.Sprint(gotgbot.User{})) }\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
