package page_test

import (
	"reflect"
	"testing"

	"github.com/tggen/tggen/docs/internal/page"
)

func TestParse(t *testing.T) {
	const text = "# Title `code`\n\nA [link](a.md#b), `[no](link)` and [`code`](c.md).\n\n```go main.go\nx\n# no heading\n```\n" +
		"<!-- go hidden.go\ny\n-->\n## Two\n## Two\n### G5: a, b\n"
	got := page.Parse("p.md", text)
	want := &page.Page{
		Path: "p.md", Title: "Title code",
		Anchors: []string{"title-code", "two", "two-1", "g5-a-b"},
		Links:   []page.Link{{Line: 3, Target: "a.md#b"}, {Line: 3, Target: "c.md"}},
		Blocks: []page.Block{
			{Line: 5, Language: "go", Name: "main.go", Text: "x\n# no heading\n"},
			{Line: 9, Language: "go", Name: "hidden.go", Text: "y\n", Hidden: true},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}
