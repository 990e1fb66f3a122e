package docs_test

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tggen/tggen/docs/internal/page"
)

// TestLinks checks that every link of a page leads to a file of the repository and, in a page, to a heading. Links to other hosts
// are only listed, with -v. The pages of the root folder are checked too. Every page can be reached from the index.
func TestLinks(t *testing.T) {
	pages := readPages(t)
	for _, name := range []string{"../README.md", "../ARCHITECTURE.md", "../CONTRIBUTING.md"} {
		p, err := page.Read(".", name)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = p
	}
	linked := map[string]bool{"README.md": true}
	for _, p := range pages {
		for _, link := range p.Links {
			if strings.Contains(link.Target, "://") {
				t.Logf("%s:%d: external: %s", p.Path, link.Line, link.Target)
				continue
			}
			file, anchor, _ := strings.Cut(link.Target, "#")
			target := p.Path
			if file != "" {
				target = path.Join(path.Dir(p.Path), file)
			}
			if _, err := os.Stat(filepath.FromSlash(target)); err != nil {
				t.Errorf("%s:%d: %s leads to no file", p.Path, link.Line, link.Target)
				continue
			}
			if p.Path != target {
				linked[target] = true
			}
			if anchor == "" || path.Ext(target) != ".md" {
				continue
			}
			to, ok := pages[target]
			if !ok {
				var err error
				if to, err = page.Read(".", target); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Contains(to.Anchors, anchor) {
				t.Errorf("%s:%d: %s has no heading %s", p.Path, link.Line, target, anchor)
			}
		}
	}
	for name := range pages {
		if !linked[name] && !strings.HasPrefix(name, "..") {
			t.Errorf("no page links to %s", name)
		}
	}
}

// readPages reads all pages, by path.
func readPages(t *testing.T) map[string]*page.Page {
	t.Helper()
	paths, err := page.Files(".")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	pages := make(map[string]*page.Page, len(paths))
	for _, name := range paths {
		p, err := page.Read(".", name)
		if err != nil {
			t.Fatal(err)
		}
		if p.Title == "" {
			t.Errorf("%s has no title", name)
		}
		pages[name] = p
	}
	return pages
}
