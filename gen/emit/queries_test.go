package emit_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/filter/filtertest"
	"github.com/tggen/tggen/gen/model"
)

// TestEveryQuery generates a bot with a handler for every filter query, compiles it, and runs it on updates that match a
// query and on updates that nearly match. It compares the handlers that run with an evaluation of the queries on the JSON
// of the updates, independent of any Go types. No part of a handler's input may be empty.
func TestEveryQuery(t *testing.T) {
	api := model.Gotgbot()
	queries := filter.Valid(api)
	var spec, methods strings.Builder
	spec.WriteString("version: 1\nmatch: all\nconstraints: none\nhandlers:\n")
	for i, q := range queries {
		fmt.Fprintf(&spec, "- {name: Q%d, on: %q}\n", i, q)
		fmt.Fprintf(&methods, "func (r *recorder) Q%d(_ context.Context, in *Q%dInput) error { return r.ran(%d, in) }\n", i, i, i)
	}
	bot := build(t, spec.String(), "package main\n\nimport \"context\"\n\n"+methods.String(), "testdata/queries_main.go.txt")

	byKind := map[string][]int{}
	for i, q := range queries {
		byKind[q.Kind.Name] = append(byKind[q.Kind.Name], i)
	}
	var updates bytes.Buffer
	var want []string
	var names []string
	for _, q := range queries {
		for _, c := range filtertest.Cases(api, q) {
			c.Update["update_id"] = 1
			line, err := json.Marshal(c.Update)
			if err != nil {
				t.Fatal(err)
			}
			updates.Write(append(line, '\n'))
			var ran []string
			for _, i := range byKind[kindOf(c.Update)] {
				if filtertest.Match(queries[i].String(), c.Update, filtertest.Bot) {
					ran = append(ran, fmt.Sprint(i))
				}
			}
			want = append(want, strings.Join(ran, " "))
			names = append(names, fmt.Sprintf("%s: %s", q, c.Name))
		}
	}

	command := exec.Command(bot, fmt.Sprint(filtertest.Bot))
	command.Stdin = &updates
	var failures bytes.Buffer
	command.Stderr = &failures
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &failures)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for i := range want {
		if !lines.Scan() {
			t.Fatalf("the bot answered %d of %d updates", i, len(want))
		}
		if got := lines.Text(); got != want[i] {
			t.Errorf("%s: handlers %s ran, want %s", names[i], named(queries, got), named(queries, want[i]))
		}
	}
	t.Logf("%d queries, %d updates", len(queries), len(want))
}

func kindOf(update map[string]any) string {
	for name := range update {
		if name != "update_id" {
			return name
		}
	}
	return ""
}

func named(queries []filter.Query, indexes string) string {
	var names []string
	for _, text := range strings.Fields(indexes) {
		var i int
		if _, err := fmt.Sscan(text, &i); err != nil || i >= len(queries) {
			return indexes
		}
		names = append(names, queries[i].String())
	}
	return "[" + strings.Join(names, " ") + "]"
}

// build generates a bot from a spec, adds the handlers and a main function, and compiles it within this module. Without
// flags it turns the optimizations off, since that compiles thousands of handlers faster.
func build(t testing.TB, spec, handlers, main string, flags ...string) (binary string) {
	t.Helper()
	result, found, err := gen.Generate(gen.Input{SpecFile: "spec.yaml", Spec: []byte(spec)})
	if err != nil || len(found) > 0 {
		t.Fatalf("generating: %v %v", err, found)
	}
	source, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	// A folder inside this module needs no downloads. The go command ignores folders under testdata.
	dir, err := os.MkdirTemp("testdata", "bot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for name, content := range map[string][]byte{
		"bot.gen.go": result.Source, "handlers.go": []byte(handlers), "main.go": source,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	binary = filepath.Join(t.TempDir(), "bot")
	if flags == nil {
		flags = []string{"-gcflags=-N -l"}
	}
	command := exec.Command("go", append(append([]string{"build"}, flags...), "-o", binary, ".")...)
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%.4000s", err, out)
	}
	return binary
}
