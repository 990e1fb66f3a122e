package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// files opens the files of a map.
func files(texts map[string]string) Opener {
	all := fstest.MapFS{}
	for name, text := range texts {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return func(name string) ([]byte, error) { return fs.ReadFile(all, name) }
}

// TestHandlersAreInTheOrderOfTheFile: each of the keys groups, handlers and include adds its handlers where it stands.
func TestHandlersAreInTheOrderOfTheFile(t *testing.T) {
	parts := map[string]string{
		"groups":   "groups: [{handlers: [{name: G1, on: message}]}, {handlers: [{name: G2, on: message}]}]\n",
		"include":  "include: [b.yaml, sub/a.yaml]\n",
		"handlers": "handlers: [{name: H1, on: message}]\n",
	}
	handlers := map[string]string{"groups": "G1 G2", "include": "B1 B2 A1 A2", "handlers": "H1"}
	open := files(map[string]string{
		"sub/a.yaml": "handlers: [{name: A1, on: message}]\ngroups: [{handlers: [{name: A2, on: message}]}]\n",
		"b.yaml":     "groups: [{handlers: [{name: B1, on: message}]}]\nhandlers: [{name: B2, on: message}]\n",
	})
	for _, order := range [][]string{
		{"groups", "include", "handlers"}, {"include", "handlers", "groups"}, {"handlers", "groups", "include"}, {"handlers", "include", "groups"},
	} {
		src, want := "version: 1\n", []string{}
		for _, key := range order {
			src += parts[key]
			want = append(want, handlers[key])
		}
		spec, list := ParseFiles("bot/spec.yaml", []byte(src), open)
		if len(list) > 0 {
			t.Fatal(list)
		}
		var got []string
		for _, h := range spec.Handlers {
			got = append(got, h.Name.Value)
			wantFile := map[byte]string{'G': "bot/spec.yaml", 'H': "bot/spec.yaml", 'A': "bot/sub/a.yaml", 'B': "bot/b.yaml"}[h.Name.Value[0]]
			if h.Name.Pos.File != wantFile || h.Pos.File != wantFile {
				t.Errorf("%s is at %v", h.Name.Value, h.Name.Pos)
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%v: %v, want %v", order, got, want)
		}
	}
}

// TestWhatAGroupSays: predicates of the group and the handler both hold, and any other key of a handler replaces that of the
// group.
func TestWhatAGroupSays(t *testing.T) {
	src, err := os.ReadFile("testdata/include/spec.yaml")
	if err != nil {
		t.Fatal(err)
	}
	spec, list := ParseFiles("spec.yaml", src, func(name string) ([]byte, error) { return os.ReadFile("testdata/include/" + name) })
	if len(list) > 0 {
		t.Fatal(list)
	}
	describe := func(h *Handler) string {
		var in, where []string
		for _, v := range h.In {
			in = append(in, string(v.Value))
		}
		for _, w := range h.Where {
			where = append(where, fmt.Sprint(w.Name.Value, w.Negated))
		}
		constraint := "-"
		if h.Constraints != nil {
			constraint = h.Constraints.Default[0].Name.Value
		}
		timeout := time.Duration(0)
		if h.Timeout != nil {
			timeout = h.Timeout.After.Value
		}
		return fmt.Sprint(h.Name.Value, in, where, constraint, timeout, h.InheritsIn())
	}
	want := []string{
		"Ban[group supergroup] [IsAdminfalse IsBannedtrue]chat5s true",
		"Mine[private] [IsAdminfalse IsBannedtrue IsOpenfalse]none1m0s false",
		"Help[] []-0s false",
		"Kick[] []-0s false",
		"Mute[] [IsAdminfalse]user0s false",
		"Note[] []-0s false",
		"Rest[] []-0s false",
	}
	var got []string
	for _, h := range spec.Handlers {
		got = append(got, describe(h))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestMistakesInIncludedFiles(t *testing.T) {
	open := files(map[string]string{
		"a.yaml":     "version: 1\nhandlers: [{name: A, comand: a}]\n",
		"b/c.yaml":   "groups:\n  - where: IsAdmin\n    handlers: [{name: D, command: d}]\ninclude: [a.yaml]\n",
		"empty.yaml": "# nothing\n",
		"keys.yaml":  "{}\n",
		"bad.yaml":   "handlers: [\n",
		"utf.yaml":   "\xff",
	})
	broken := func(name string) ([]byte, error) {
		if name == "broken.yaml" {
			return nil, errors.New("permission denied")
		}
		return open(name)
	}
	_, list := ParseFiles("bot/spec.yaml", []byte(`version: 1
include: [a.yaml, b/c.yaml, empty.yaml, keys.yaml, bad.yaml, utf.yaml, gone.yaml, broken.yaml]
handlers:
  - {name: D, command: again}
`), broken)
	var got []string
	for _, d := range list {
		got = append(got, d.Pos.String()+" "+d.Code)
	}
	want := []string{
		"bot/a.yaml:1:1 unknown-key", "bot/a.yaml:2:22 unknown-key", "bot/b/c.yaml:4:1 unknown-key",
		"bot/bad.yaml:1:11 unclosed", "bot/empty.yaml:1:1 empty-spec", "bot/keys.yaml:1:1 missing-key",
		"bot/spec.yaml:2:72 unreadable-include", "bot/spec.yaml:2:83 unreadable-include", "bot/spec.yaml:4:12 duplicate-handler",
		"bot/utf.yaml:1:1 not-utf8",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestIncludedFilesAreBounded: the spec and its files have at most as many bytes as a spec, and as many diagnostics.
func TestIncludedFilesAreBounded(t *testing.T) {
	texts, names := map[string]string{}, []string{}
	for i := range 40 {
		name := fmt.Sprintf("f%d.yaml", i)
		names = append(names, name)
		texts[name] = strings.Repeat("#", 999) + "\n" + strings.Repeat("x"+strings.Repeat("y", 40)+": 1\n", 1200)
	}
	start := time.Now()
	_, list := ParseFiles("spec.yaml", []byte("version: 1\ninclude: ["+strings.Join(names, ", ")+"]\n"), files(texts))
	if took := time.Since(start); took > slowdown*time.Second {
		t.Errorf("it took %v", took)
	}
	if len(list) < 100 || len(list) > yaml.MaxProblems+2 {
		t.Errorf("%d diagnostics", len(list))
	}
	for i := range 3 {
		texts[fmt.Sprintf("f%d.yaml", i)] = "handlers: [{name: A" + fmt.Sprint(i) + ", on: message}]\n" + strings.Repeat("#", 400_000)
	}
	_, list = ParseFiles("spec.yaml", []byte("version: 1\ninclude: [f0.yaml, f1.yaml, f2.yaml]\n"), files(texts))
	if len(list) != 1 || list[0].Code != CodeTooLarge || list[0].Pos.String() != "spec.yaml:2:29" {
		t.Error(list)
	}
}

// TestSchemaOfIncludedFiles: the schema accepts a file that the parser accepts, and refuses mistakes in it.
func TestSchemaOfIncludedFiles(t *testing.T) {
	v := &validator{t: t}
	if err := json.Unmarshal(IncludedSchema(), &v.root); err != nil {
		t.Fatal(err)
	}
	for src, valid := range map[string]bool{
		"handlers: [{name: A, on: message}]":                                       true,
		"groups: [{in: group, where: IsAdmin, handlers: [{name: A, command: a}]}]": true,
		"{}": false, "version: 1\nhandlers: [{name: A, on: message}]": false, "handlers: []": false,
		"groups: [{in: group}]": false, "groups: [{groups: [{handlers: [{name: A, on: message}]}]}]": false,
	} {
		document, _ := yaml.Read([]byte(src))
		_, list := ParseFiles("spec.yaml", []byte("version: 1\ninclude: a.yaml\n"), files(map[string]string{"a.yaml": src}))
		if errs := v.validate(v.root, toJSON(document.Root), ""); (len(errs) == 0) != valid || (len(list) == 0) != valid {
			t.Errorf("%s: the schema says %v, the parser says %v", src, errs, list)
		}
	}
}

func FuzzIncluded(f *testing.F) {
	f.Add("include: [a.yaml, ../b.yaml]", "handlers: [{name: A, on: message}]", "groups: [{where: X, handlers: [{name: B, on: message, where: X}]}]")
	f.Add("groups: [{in: group, handlers: [{name: A, on: message, in: private}]}]", "", "{")
	f.Fuzz(func(t *testing.T, src, a, b string) {
		texts := map[string]string{"spec.yaml": src, "a.yaml": a, "b.yaml": b}
		_, list := ParseFiles("spec.yaml", []byte(src), func(name string) ([]byte, error) {
			if text, ok := texts[name]; ok && fs.ValidPath(name) {
				return []byte(text), nil
			}
			if !fs.ValidPath(name) {
				t.Errorf("the path %q is opened", name)
			}
			return nil, fs.ErrNotExist
		})
		for _, d := range list {
			lines := bytes.Count([]byte(texts[d.Pos.File]), []byte("\n")) + 1
			if _, ok := texts[d.Pos.File]; !ok || d.Pos.Line > lines {
				t.Errorf("a diagnostic at %v", d.Pos)
			}
		}
	})
}
