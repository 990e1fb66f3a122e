package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "update the expected output in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tggen": main})
}

func TestScripts(t *testing.T) {
	// Scripts compile bots with this source tree, and with the caches of the go command.
	source, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	caches := []string{"GOCACHE", "GOMODCACHE"}
	folders, err := exec.Command("go", append([]string{"env"}, caches...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector would delay the end of each run by a second
			env.Setenv("SOURCE", source)
			for i, name := range caches {
				env.Setenv(name, strings.Fields(string(folders))[i])
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"settime": settime, "exit": exit,
		},
	})
}

// old is the time that settime gives to a file. No file that a test writes has it.
var old = time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC)

// settime sets a file's modification time to old. With ! it fails if the time has changed since.
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

// exit runs a command. The first argument is the exit code that it must end with.
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

// TestCodes checks that a script shows each kind of mistake that the plan and this command report.
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
		t.Fatalf("found only %d codes; the test looks for them in the wrong place", len(codes))
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
