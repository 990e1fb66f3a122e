package emit_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/templates"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden compares the generated code of the full template, and of small specs that each show one thing, with the
// files under testdata/golden. After a change of the emitter, run the test with -update and read the diff.
func TestGolden(t *testing.T) {
	specs, err := filepath.Glob("testdata/golden/*/spec.yaml")
	if err != nil || len(specs) == 0 {
		t.Fatalf("there are no specs: %v", err)
	}
	for _, file := range specs {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			spec, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, spec, filepath.Dir(file))
		})
	}
	t.Run("full", func(t *testing.T) {
		files, err := templates.Files("full")
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(files, func(f templates.File) bool { return f.Name == "spec.yaml" })
		if i < 0 {
			t.Fatal("the template has no spec")
		}
		compareGolden(t, files[i].Content, "testdata/golden/full")
	})
}

// compareGolden compares the generated code of a spec with the golden file in a folder, or rewrites the file.
func compareGolden(t *testing.T, spec []byte, dir string) {
	t.Helper()
	result, found, err := gen.Generate(gen.Input{SpecFile: "spec.yaml", Spec: spec})
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	golden := filepath.Join(dir, "bot.gen.go.golden")
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, result.Source, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(result.Source, want) {
		return
	}
	got, lines := bytes.Split(result.Source, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(got), len(lines)) {
		if !bytes.Equal(got[i], lines[i]) {
			t.Fatalf("%s differs, first in line %d; -update rewrites it\n got %s\nwant %s", golden, i+1, got[i], lines[i])
		}
	}
	t.Fatalf("%s has %d lines, and the generated code has %d; -update rewrites it", golden, len(lines), len(got))
}
