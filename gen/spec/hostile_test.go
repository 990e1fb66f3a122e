package spec

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/gen/diag"
)

// hostileCases are inputs that cannot be written in a golden file, with their first diagnostics.
var hostileCases = []struct{ name, src, want string }{
	{"ten megabytes", strings.Repeat("a: b\n", 2<<20), "spec.yaml: the file has 10485760 bytes; a spec can have at most 1048576"},
	{"ten megabytes of zeros", strings.Repeat("\x00", 10<<20), "spec.yaml: the file has 10485760 bytes; a spec can have at most 1048576"},
	{"alias bomb", "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "spec.yaml:1:1: the spec has no key a"},
	{"brackets", "version: " + strings.Repeat("[", 1<<19), "spec.yaml:1:33: more than 24 levels of nesting"},
	{"braces", strings.Repeat("{a: ", 1<<17), "spec.yaml:1:97: more than 24 levels of nesting"},
	{"dashes", strings.Repeat("- ", 1<<19), "spec.yaml:1:1: expected a mapping, found a list"},
	{"indentation", deep(40), "spec.yaml:1:1: the spec has no key x"},
	{"latin 1", "version: 1\nhandlers:\n  - {name: Caf\xe9}\n", "spec.yaml:3:15: the byte 0xE9 is not UTF-8"},
	{"utf-16", "\xff\xfev\x00e\x00", "spec.yaml: the file is UTF-16"},
	{"zero byte", "version: 1\x00\n", "spec.yaml:1:11: YAML does not allow the character U+0000"},
	{"escape sequence", "version: \x1b[2J\n", "spec.yaml:1:10: YAML does not allow the character U+001B"},
	{"old mac lines", "version: 1\rhandlers: []\r", "spec.yaml:1:11: a carriage return without a line feed"},
	{"unknown keys", many(1<<16, "x: 1\n"), "spec.yaml:1:1: the spec has no key x"},
	{"long unknown keys", many(1<<13, strings.Repeat("y", 100)+": 1\n"), "spec.yaml:1:1: the spec has no key " + strings.Repeat("y", 60) + "…"},
	{"bad handlers", "version: 1\nhandlers:\n" + strings.Repeat("- {name: a, on: B, where: c, in: d}\n", 20000), "spec.yaml:3:10: a does not begin with a capital letter, so it would not be exported"},
	{"one long line", "version: [" + strings.Repeat("a, ", 300000) + "]", "spec.yaml:1:1: the spec needs the key handlers"},
	{"long type", "version: 1\nhandlers: [{name: A, command: a, args: [x: " + strings.Repeat("(", 1<<19) + "]}]", "spec.yaml:2:44: expected a type"},
	{"long pattern", "version: 1\nhandlers: [{name: A, text: '" + strings.Repeat("(", 1<<19) + "'}]", "spec.yaml:2:28: the text has 524288 letters; at most 4096 are allowed"},
	{"deep pattern", "version: 1\nhandlers: [{name: A, text: '" + strings.Repeat("(", 2000) + strings.Repeat(")", 2000) + "'}]", "spec.yaml:2:28: not a regular expression: expression nests too deeply"},
	{"large pattern", "version: 1\nhandlers: [{name: A, text: '((a{100}){100}){100}'}]", "spec.yaml:2:44: not a regular expression: invalid repeat count: {100}"},
}

// deep returns mappings, nested to the given number of levels.
func deep(levels int) string {
	var out strings.Builder
	for i := range levels {
		out.WriteString(strings.Repeat(" ", i) + "x:\n")
	}
	return out.String()
}

// many returns the line so many times, with x added in front up to six times.
func many(lines int, line string) string {
	var out strings.Builder
	for i := range lines {
		out.WriteString(strings.Repeat("x", i%7))
		out.WriteString(line)
	}
	return out.String()
}

func TestHostileInputIsRefusedInTime(t *testing.T) {
	for _, c := range hostileCases {
		var list []diag.Diagnostic
		took := time.Hour
		for range 3 { // a machine that is busy with other work may be slow once
			start := time.Now()
			_, list = Parse("spec.yaml", []byte(c.src))
			if took = min(took, time.Since(start)); took <= slowdown*time.Second {
				break
			}
		}
		if took > slowdown*time.Second {
			t.Errorf("%s: it took %v", c.name, took)
		}
		if len(list) == 0 {
			t.Errorf("%s: no diagnostic", c.name)
			continue
		}
		if got := list[0].Pos.String() + ": " + list[0].Message; got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if len(list) > 202 {
			t.Errorf("%s: %d diagnostics", c.name, len(list))
		}
	}
}

// TestByteOrderMarkAndLineFeeds checks that a spec with a byte order mark and Windows line ends has the same positions.
func TestByteOrderMarkAndLineFeeds(t *testing.T) {
	files, err := filepath.Glob("testdata/valid/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no valid specs", err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := Parse("spec.yaml", src)
		got, list := Parse("spec.yaml", []byte("\uFEFF"+strings.ReplaceAll(string(src), "\n", "\r\n")))
		if len(list) > 0 {
			t.Errorf("%s: %v", file, list)
		}
		if got, want := dumpSpec(got), dumpSpec(want); got != want {
			t.Errorf("%s:\n got %s\nwant %s", file, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, cases := range goldenCases(f) {
		for _, c := range cases {
			f.Add(c.src)
		}
	}
	files, _ := filepath.Glob("testdata/valid/*.yaml")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, c := range hostileCases {
		if len(c.src) < 2000 {
			f.Add([]byte(c.src))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		spec, list := Parse("spec.yaml", src)
		lines := strings.Split(strings.TrimPrefix(string(src), "\uFEFF"), "\n")
		for _, d := range list {
			switch {
			case d.Message == "" || d.Code == "":
				t.Errorf("an empty diagnostic: %v", d)
			case d.Pos.Line > len(lines), d.Pos.IsValid() && d.Pos.Column < 1:
				t.Errorf("a diagnostic at %v", d.Pos)
			case d.Pos.IsValid() && d.Pos.Column > len([]rune(lines[d.Pos.Line-1]))+1:
				t.Errorf("a diagnostic at %v, in a line of %q", d.Pos, lines[d.Pos.Line-1])
			case d.End != 0 && d.End < d.Pos.Column:
				t.Errorf("a diagnostic from %v to column %d", d.Pos, d.End)
			}
		}
		for _, handler := range spec.Handlers {
			if _, pos := handler.Trigger(); !pos.IsValid() || !handler.Name.IsSet() || triggersOf(handler) != 1 {
				t.Errorf("a handler without a name, or with %d triggers", triggersOf(handler))
			}
		}
		if len(list) == 0 && (len(spec.Handlers) == 0 || spec.Version.Value != 1) {
			t.Errorf("accepted: %q", src)
		}
	})
}

// dumpSpec writes a whole spec, including its positions.
func dumpSpec(spec *Spec) string {
	out, err := json.MarshalIndent(spec, "", " ")
	if err != nil {
		panic(err)
	}
	return string(out)
}
