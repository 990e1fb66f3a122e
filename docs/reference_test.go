package docs_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tggen/tggen/docs/internal/page"
	"github.com/tggen/tggen/docs/internal/reference"
	"github.com/tggen/tggen/gen/spec"
)

// TestReferenceIsCurrent checks that the pages that a program writes are what it would write now. The program fails if a
// code has no example or no text, and if a guarantee has no test.
func TestReferenceIsCurrent(t *testing.T) {
	t.Parallel()
	pages, err := reference.Pages(t.Context(), reference.Source{Root: "..", Tool: buildTool(t)})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join("reference", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("reference/%s is not current: run go generate ./docs (%v)", name, err)
		}
	}
}

// TestEveryKeyHasItsPlace checks that the page about the spec has a heading for each key of the JSON Schemas.
func TestEveryKeyHasItsPlace(t *testing.T) {
	p, err := page.Read(".", "reference/spec.md")
	if err != nil {
		t.Fatal(err)
	}
	anchors := make(map[string]bool)
	for _, a := range p.Anchors {
		anchors[a] = true
	}
	keys := 0
	for _, text := range [][]byte{spec.Schema(), spec.IncludedSchema()} {
		var root struct {
			Title       string
			Properties  map[string]any
			Definitions map[string]struct{ Properties map[string]any }
		}
		if err := json.Unmarshal(text, &root); err != nil {
			t.Fatal(err)
		}
		check := func(heading string) {
			keys++
			if !anchors[page.Anchor(heading, map[string]int{})] {
				t.Errorf("reference/spec.md has no heading %q", heading)
			}
		}
		for key := range root.Properties {
			if strings.Contains(root.Title, "included") {
				key = "included file: " + key
			}
			check(key)
		}
		for mapping, definition := range root.Definitions {
			for key := range definition.Properties {
				check(mapping + ": " + key)
			}
		}
	}
	if keys < 60 {
		t.Errorf("only %d keys found", keys)
	}
}
