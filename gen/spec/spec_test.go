package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp/syntax"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/gen/diag"
)

// validSpecs returns the specs of testdata/valid, by the names of their files.
func validSpecs(t testing.TB) map[string]*Spec {
	files, err := filepath.Glob("testdata/valid/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no valid specs: %v", err)
	}
	specs := make(map[string]*Spec)
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		spec, list := Parse("spec.yaml", src)
		if len(list) > 0 {
			t.Errorf("%s:\n%s", file, golden(t, list, src))
		}
		specs[file] = spec
	}
	return specs
}

// walk calls visit for every part of a value that is not zero.
func walk(path string, value reflect.Value, visit func(path string, value reflect.Value)) {
	if value.IsZero() || value.Type() == reflect.TypeFor[*syntax.Regexp]() || value.Type() == reflect.TypeFor[diag.Pos]() {
		return
	}
	visit(path, value)
	switch value.Kind() {
	case reflect.Pointer:
		walk(path, value.Elem(), visit)
	case reflect.Slice:
		for i := range value.Len() {
			walk(fmt.Sprintf("%s[%d]", path, i), value.Index(i), visit)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			walk(path+"."+value.Type().Field(i).Name, value.Field(i), visit)
		}
	}
}

// dumpLines writes every value of a spec with its place.
func dumpLines(spec *Spec) string {
	var out strings.Builder
	walk("", reflect.ValueOf(spec), func(path string, value reflect.Value) {
		pos := value
		if value.Kind() == reflect.Struct {
			if pos = value.FieldByName("Pos"); pos.IsValid() && value.FieldByName("Value").IsValid() {
				at := pos.Interface().(diag.Pos)
				fmt.Fprintf(&out, "%d:%d-%d %s %v\n", at.Line, at.Column, value.FieldByName("End").Int(), path, show(value.FieldByName("Value")))
			}
		} else if value.Kind() == reflect.Bool && !strings.HasSuffix(path, ".Value") {
			fmt.Fprintf(&out, "%s\n", path)
		}
	})
	return out.String()
}

func show(value reflect.Value) string {
	if value.Kind() == reflect.String {
		return fmt.Sprintf("%q", value.String())
	}
	return fmt.Sprint(value.Interface())
}

// TestValid compares every value and every place of the valid specs with golden files, which a person has checked.
func TestValid(t *testing.T) {
	for file, spec := range validSpecs(t) {
		goldenFile := strings.TrimSuffix(file, ".yaml") + ".txt"
		got := dumpLines(spec)
		if *update {
			if err := os.WriteFile(goldenFile, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(goldenFile)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s", file, got)
		}
	}
}

// TestPlacesHoldTheirText checks that the text of every value is at its place.
func TestPlacesHoldTheirText(t *testing.T) {
	for file, spec := range validSpecs(t) {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(src), "\n")
		checked := 0
		walk("", reflect.ValueOf(spec), func(path string, value reflect.Value) {
			text, ok := value.Interface().(String)
			if !ok || text.Value == "" {
				return
			}
			checked++
			there := string([]rune(lines[text.Pos.Line-1])[text.Pos.Column-1:])
			if !strings.HasPrefix(there, text.Value) && !strings.HasPrefix(strings.TrimLeft(there, `'"`), text.Value) && !strings.ContainsAny(there, "|>{}\\'") {
				t.Errorf("%s: %s is %q, but at %v there is %q", file, path, text.Value, text.Pos, there)
			}
		})
		if checked < 10 {
			t.Errorf("%s: only %d texts", file, checked)
		}
	}
}

// TestEveryFieldIsRead checks that the valid specs fill every field of the types of a spec. A field that none fills has no
// key, or the value of its key is lost.
func TestEveryFieldIsRead(t *testing.T) {
	filled := make(map[string]bool)
	types := make(map[reflect.Type]bool)
	for _, spec := range validSpecs(t) {
		walk("", reflect.ValueOf(spec), func(_ string, value reflect.Value) {
			if value.Kind() != reflect.Struct {
				return
			}
			types[value.Type()] = true
			for i := range value.NumField() {
				if !value.Field(i).IsZero() {
					filled[value.Type().String()+"."+value.Type().Field(i).Name] = true
				}
			}
		})
	}
	for typ := range types {
		for i := range typ.NumField() {
			name := typ.String() + "." + typ.Field(i).Name
			if !filled[name] {
				t.Errorf("no valid spec fills %s", name)
			}
		}
	}
	for _, typ := range []reflect.Type{
		reflect.TypeFor[Spec](), reflect.TypeFor[Timeout](), reflect.TypeFor[Retry](), reflect.TypeFor[KindConstraints](),
		reflect.TypeFor[Command](), reflect.TypeFor[Callback](), reflect.TypeFor[Literal](), reflect.TypeFor[Group](),
	} {
		if !types[typ] {
			t.Errorf("no valid spec has a %v", typ)
		}
	}
}

func TestDefaults(t *testing.T) {
	spec, list := Parse("spec.yaml", []byte("version: 1\nhandlers: [{name: A, on: message}]\n"))
	if len(list) > 0 {
		t.Fatal(list)
	}
	if spec.Concurrency.IsSet() || spec.Concurrency.Or(DefaultConcurrency) != 500 || spec.Polling.Timeout.Or(DefaultPollTimeout) != 30*time.Second {
		t.Error("a key that is absent has a value")
	}
	spec, _ = Parse("spec.yaml", []byte("version: 1\nstop_timeout: 0s\nhandlers: [{name: A, on: message}]\n"))
	if !spec.StopTimeout.IsSet() || spec.StopTimeout.Or(DefaultStopTimeout) != 0 {
		t.Error("a key with a zero value counts as absent")
	}
}

// TestAKeyThatCannotBeReadIsReportedOnce uses a bad escape in a key of every kind of mapping.
func TestAKeyThatCannotBeReadIsReportedOnce(t *testing.T) {
	for _, src := range []string{
		"version: 1\n\"\\d\": 1\nhandlers: [{name: A, on: message}]\n",
		"version: 1\nconstraints: {\"\\d\": chat}\nhandlers: [{name: A, on: message}]\n",
		"version: 1\nhandlers: [{name: A, command: a, args: {\"\\d\": int, x: int}}]\n",
	} {
		if _, list := Parse("spec.yaml", []byte(src)); len(list) != 1 || list[0].Code != CodeEscape {
			t.Errorf("%q: %v", src, list)
		}
	}
}

// TestWhatIsRightIsKept checks that the part of a spec that has no mistakes is kept, so that later checks can use it.
func TestWhatIsRightIsKept(t *testing.T) {
	spec, list := Parse("spec.yaml", []byte(`version: 1
workers: many
middleware: [Logged, bad]
handlers:
  - {name: A, on: message, timeout: soon}
  - {name: b, on: message}
  - {name: C, command: [ok, /c], args: [x: int, y: itn]}
  - {name: D, text: '('}
  - {name: E, text: hello
  - {name: F, callback: "f:{id:int}", in: private}
`))
	if len(list) != 8 {
		t.Errorf("%d diagnostics: %v", len(list), list)
	}
	var got []string
	for _, handler := range spec.Handlers {
		trigger, _ := handler.Trigger()
		got = append(got, handler.Name.Value+" "+string(trigger))
	}
	if want := "A on, C command, F callback"; strings.Join(got, ", ") != want {
		t.Errorf("handlers %v, want %s", got, want)
	}
	command := spec.Handlers[1].Command
	if spec.Workers.IsSet() || len(spec.Middleware) != 1 || spec.Handlers[0].Timeout != nil || len(command.Names) != 1 || len(command.Args) != 1 {
		t.Errorf("kept: %s", dumpLines(spec))
	}
}

// triggersOf counts the triggers that a handler has.
func triggersOf(h *Handler) int {
	n := 0
	for _, set := range []bool{h.Command != nil, h.Callback != nil, len(h.On) > 0, h.Text != nil, h.Inline != nil} {
		if set {
			n++
		}
	}
	return n
}

// TestAHandlerWithSeveralTriggersIsLeftOut checks that such a handler is reported once and left out, so that later checks do
// not report mistakes that follow from it.
func TestAHandlerWithSeveralTriggersIsLeftOut(t *testing.T) {
	src := "version: 1\nhandlers: [{name: A, text: hi, inline: true}, {name: B, on: message}]\n"
	spec, list := Parse("spec.yaml", []byte(src))
	if len(list) != 1 || list[0].Code != CodeSeveralTriggers {
		t.Errorf("the diagnostics are %v", list)
	}
	if len(spec.Handlers) != 1 || spec.Handlers[0].Name.Value != "B" {
		t.Errorf("%d handlers, want B alone", len(spec.Handlers))
	}
}

func TestParseIsAPureFunction(t *testing.T) {
	for _, cases := range goldenCases(t) {
		for _, c := range cases {
			first, firstList := Parse("spec.yaml", c.src)
			second, secondList := Parse("spec.yaml", c.src)
			if !reflect.DeepEqual(first, second) || !reflect.DeepEqual(firstList, secondList) {
				t.Errorf("%s: two calls have different results", c.name)
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	var src strings.Builder
	src.WriteString("version: 1\nhandlers:\n")
	for i := range 1000 {
		fmt.Fprintf(&src, "  - name: Handler%d\n    command: [command_%d, alias_%d]\n    args: [item: int64, qty: int = 1, note: rest?]\n    where: [IsOpen, \"!IsBanned\"]\n", i, i, i)
	}
	b.SetBytes(int64(src.Len()))
	for b.Loop() {
		if _, list := Parse("spec.yaml", []byte(src.String())); len(list) > 0 {
			b.Fatal(list)
		}
	}
}
