package oracle

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	goccy "github.com/goccy/go-yaml"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
	"github.com/tggen/tggen/gen/spec/internal/yaml/yamltest"
)

// TestLikeGoccy reads the accepted documents with goccy/go-yaml too, and compares.
func TestLikeGoccy(t *testing.T) {
	compared := 0
	for _, test := range yamltest.Accepted {
		if compareWithGoccy(t, test.Source) {
			compared++
		}
	}
	if compared < 10 {
		t.Errorf("only %d documents were compared", compared)
	}
}

// compareWithGoccy fails if package yaml accepts a document that goccy/go-yaml reads differently. It skips documents with
// letters that goccy/go-yaml is known to read wrongly, or that the two readers may read differently, and then returns false.
func compareWithGoccy(t *testing.T, src string) (compared bool) {
	t.Helper()
	document, problems := yaml.Read([]byte(src))
	if len(problems) > 0 || strings.ContainsAny(src, "\t\r!|>\"'~<%\uFEFF.") || document.Root.Kind != yaml.Mapping {
		return false
	}
	var value goccy.MapSlice
	if err := goccy.UnmarshalWithOptions([]byte(src), &value, goccy.AllowDuplicateMapKey(), goccy.UseOrderedMap()); err != nil {
		t.Fatalf("%q: accepted as %s, and %v", src, yamltest.Dump(document.Root), err)
	}
	if got, want := flat(yamltest.Dump(document.Root)), flat(dumpValue(value)); got != want {
		t.Fatalf("%q:\n      %s\ngoccy %s", src, got, want)
	}
	return true
}

// flat removes the differences of writing between the two dumps: quotes, and the brackets of an empty mapping.
func flat(text string) string { return strings.NewReplacer(`"`, "", "{}", "[]").Replace(text) }

func dumpValue(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case goccy.MapSlice:
		var entries []string
		for _, item := range value {
			entries = append(entries, fmt.Sprint(item.Key)+": "+dumpValue(item.Value))
		}
		return "{" + strings.Join(entries, ", ") + "}"
	case []any:
		var items []string
		for _, item := range value {
			items = append(items, dumpValue(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case string:
		return strconv.Quote(value)
	}
	return fmt.Sprint(value)
}
