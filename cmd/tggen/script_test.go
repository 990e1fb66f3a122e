package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the scripts compare with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tggen": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0") // under the race detector each run would end a second late
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"settime": settime, "exit": exit,
		},
	})
}

// old is a time that no file has which was written by a test.
var old = time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC)

// settime gives a file an old time. With ! it fails if the file has it no more.
func settime(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[0])
	if !neg {
		ts.Check(os.Chtimes(path, old, old))
		return
	}
	info, err := os.Stat(path)
	ts.Check(err)
	if !info.ModTime().Equal(old) {
		ts.Fatalf("%s was written at %v", args[0], info.ModTime())
	}
}

// exit runs a command that must end with the exit code that is the first argument.
func exit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit code command...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		if _, scanErr := fmt.Sscanf(err.Error(), "exit status %d", &got); scanErr != nil {
			ts.Fatalf("%s: %v", args[1], err)
		}
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("%s: exit code %d, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// TestCodes sees that every kind of mistake of the plan, and of this command, has a script that shows it.
func TestCodes(t *testing.T) {
	codes := map[string]string{}
	for _, file := range []string{"../../gen/plan/codes.go", "generate.go"} {
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(strings.ToLower(spec.Names[0].Name), "code") {
				return true
			}
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes[value] = file
			return true
		})
	}
	if len(codes) < 10 {
		t.Fatalf("found %d codes: the test looks for them in the wrong place", len(codes))
	}
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range scripts {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(content)
	}
	for code, file := range codes {
		if !strings.Contains(all.String(), `"code": "`+code+`"`) {
			t.Errorf("no script shows the mistake %s of %s", code, file)
		}
	}
}
