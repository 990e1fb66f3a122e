package dev

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen/diag"
)

func TestParse(t *testing.T) {
	mistake := func(file string, line, column int, message string) diag.Diagnostic {
		return diag.Diagnostic{Pos: diag.Pos{File: file, Line: line, Column: column}, Code: compilerCode, Message: message, Hint: hint(message)}
	}
	for name, c := range map[string]struct {
		output string
		found  diag.List
		rest   string
	}{
		"one": {"# example.com/bot\n./main.go:4:2: declared and not used: x\n", diag.List{mistake("bot/main.go", 4, 2, "declared and not used: x")}, ""},
		"several packages": {
			"# example.com/lib\nlib/a.go:1:2: one: two\n# example.com/bot\n./main.go:3: three\n../other/b.go:5:6: four\n",
			diag.List{mistake("bot/lib/a.go", 1, 2, "one: two"), mistake("bot/main.go", 3, 0, "three"), mistake("other/b.go", 5, 6, "four")}, "",
		},
		"a message of several lines": {
			"./main.go:7:9: not enough arguments in call to f\n\thave (number)\n\twant (int, string)\n./main.go:8:1: next\n",
			diag.List{mistake("bot/main.go", 7, 9, "not enough arguments in call to f have (number) want (int, string)"), mistake("bot/main.go", 8, 1, "next")}, "",
		},
		"too many":         {"./main.go:4:2: x\n./main.go:5:2: too many errors\n", diag.List{mistake("bot/main.go", 4, 2, "x")}, ""},
		"an absolute path": {"/src/main.go:4:2: x\r\n", diag.List{mistake("/src/main.go", 4, 2, "x")}, ""},
		"other text": {
			"go: updates to go.mod needed\nmain.go:3:8: package nothing is not in std (/usr/go/src/nothing)\n",
			diag.List{mistake("bot/main.go", 3, 8, "package nothing is not in std (/usr/go/src/nothing)")}, "go: updates to go.mod needed",
		},
		"the linker": {"# example.com/bot\nld: cannot find -lx\n\tat x\n", nil, "ld: cannot find -lx\n\tat x"},
		"nothing":    {"", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			found, rest := parse(c.output, "bot")
			if !reflect.DeepEqual(found, c.found) || rest != c.rest {
				t.Errorf("found %+v and %q, want %+v and %q", found, rest, c.found, c.rest)
			}
		})
	}
}

func TestHint(t *testing.T) {
	const message = "cannot use &bot{} as Handlers value in argument to Run: *bot does not implement Handlers "
	if got := hint(message + "(missing method Stop)"); !strings.Contains(got, "tggen stubs") {
		t.Errorf("the hint for a missing method is %q", got)
	}
	if got := hint(message + "(wrong type for method Stop)\n\t\thave Stop()"); !strings.Contains(got, "bot.gen.go") {
		t.Errorf("the hint for a wrong type is %q", got)
	}
	if got := hint("undefined: x"); got != "" {
		t.Errorf("another mistake has the hint %q", got)
	}
}

// The compiler counts bytes, and editors and diagnostics count letters.
func TestColumns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte("package main\r\n\tx := \"äöü\" + y\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	at := func(line, column int) diag.Diagnostic {
		return diag.Diagnostic{Pos: diag.Pos{File: filepath.ToSlash(file), Line: line, Column: column}}
	}
	found := diag.List{at(2, 19), at(2, 1), at(2, 0), at(9, 4), at(2, 400)}
	sources := readSources(found)
	for i, want := range []int{16, 1, 0, 4, 400} {
		if got := found[i].Pos.Column; got != want {
			t.Errorf("mistake %d is in column %d, want %d", i, got, want)
		}
	}
	all := shown(found, sources)
	if all[0].Source != "\tx := \"äöü\" + y" || all[3].Source != "" {
		t.Errorf("the lines are %q and %q", all[0].Source, all[3].Source)
	}
}
