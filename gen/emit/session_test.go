package emit_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/usercode"
)

// TestSessions generates a bot with sessions of all kinds, and runs its tests: testdata/session_test.go.txt talks to it.
func TestSessions(t *testing.T) {
	spec, err := os.ReadFile("testdata/session.yaml")
	if err != nil {
		t.Fatal(err)
	}
	runTests(t, spec, map[string]string{"bot.go": "testdata/session_bot.go.txt", "bot_test.go": "testdata/session_test.go.txt"})
}

// runTests generates a bot and runs its tests.
func runTests(t *testing.T, spec []byte, files map[string]string) {
	t.Helper()
	result, found, err := gen.Generate(gen.Input{SpecFile: "spec.yaml", Spec: spec})
	if err != nil || len(found) > 0 {
		t.Fatalf("generating: %v %v", err, found)
	}
	contents := map[string][]byte{"bot.gen.go": result.Source}
	for name, from := range files {
		if contents[name], err = os.ReadFile(from); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("go", "test", "-count=1", ".")
	command.Dir = folder(t, contents)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go test: %v\n%s", err, out)
	}
}

// manyStates is the spec of a dialogue with the given number of states: a form with a question in each state.
func manyStates(n int) []byte {
	var spec strings.Builder
	spec.WriteString("version: 1\nsessions:\n  - name: Form\n    key: user\n    ttl: 24h\n    states:\n      - Idle\n")
	for i := range n - 1 {
		fmt.Fprintf(&spec, "      - Question%d: [answers: \"[]string\", tries: int]\n", i+1)
	}
	spec.WriteString("constraints: user\nhandlers:\n  - {name: Begin, command: begin, state: Form.Idle, to: Question1}\n" +
		"  - {name: Cancel, command: cancel, state: \"Form.*\", to: Idle}\n")
	for i := range n - 1 {
		next := fmt.Sprintf("[Question%d, Question%d]", i+1, i+2)
		if i == n-2 {
			next = "Idle"
		}
		fmt.Fprintf(&spec, "  - {name: Answer%d, on: \"message:text\", state: Form.Question%[1]d, to: %s}\n", i+1, next)
	}
	spec.WriteString("  - {name: Other, on: message}\n")
	return []byte(spec.String())
}

// TestManyStates generates a dialogue of 60 states. Its code has to compile and not to repeat what one switch can decide.
func TestManyStates(t *testing.T) {
	const states = 60
	spec := manyStates(states)
	// A package that is not main is compiled and not linked.
	result, found, err := gen.Generate(gen.Input{SpecFile: "spec.yaml", Spec: spec, Author: &usercode.Facts{Package: "form"}})
	if err != nil || len(found) > 0 {
		t.Fatalf("generating: %v %v", err, found)
	}
	if got := strings.Count(string(result.Source), ".At(ctx, ev)"); got != 3 {
		t.Errorf("the state is asked for in %d places, want one for each trigger, which are 3", got)
	}
	if got := strings.Count(string(result.Source), "case at == stateForm"); got != states {
		t.Errorf("%d cases of single states, want %d: for Begin and for each question", got, states)
	}
	var handlers strings.Builder
	handlers.WriteString("package form\n\nimport \"context\"\n\nvar _ Handlers = new(bot)\n\ntype bot struct{}\n\n" +
		"func (*bot) Begin(context.Context, *BeginInput) (BeginTo, error) { return FormQuestion1{}, nil }\n" +
		"func (*bot) Cancel(context.Context, *CancelInput) (CancelTo, error) { return FormIdle{}, nil }\n" +
		"func (*bot) Other(context.Context, *OtherInput) error { return nil }\n")
	for i := range states - 1 {
		fmt.Fprintf(&handlers, "func (*bot) Answer%d(ctx context.Context, in *Answer%[1]dInput) (Answer%[1]dTo, error) { _ = in.Form.Answers; return nil, nil }\n", i+1)
	}
	dir := folder(t, map[string][]byte{"bot.gen.go": result.Source, "handlers.go": []byte(handlers.String())})
	command := exec.Command("go", "build", ".")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%.4000s", err, out)
	}
}

// folder makes a folder with the given files. It is inside this module, so that nothing is downloaded. The go command ignores folders under
// testdata.
func folder(t *testing.T, files map[string][]byte) (dir string) {
	t.Helper()
	dir, err := os.MkdirTemp("testdata", "bot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
