// Command site makes a static site of the documentation: HTML that needs no server, no script to be read, and no request to
// another host.
//
//	go run . -docs .. -out ../../bin/docs
package main

import (
	"embed"
	"flag"
	"fmt"
	"html/template"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/tggen/tggen/docs/internal/page"
)

//go:embed page.html style.css search.js
var assets embed.FS

func main() {
	log.SetFlags(0)
	docs := flag.String("docs", "..", "the folder of the Markdown")
	out := flag.String("out", "../../bin/docs", "the folder to write")
	flag.Parse()
	n, err := build(*docs, *out)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d pages in %s\n", n, *out)
}

// A document is a page of the site.
type document struct {
	Path, Title string // of the Markdown, such as start/first-bot.md
	Current     bool
	Body        template.HTML
	Contents    []heading
	Menu        []section
	// Root is the way from the page to the index, such as "../".
	Root string
	// Before and After are the neighbours in the menu. They are nil at the ends.
	Before, After *document
}

// URL is the address of the document, from the index.
func (d document) URL() string {
	if name, ok := strings.CutSuffix(d.Path, "README.md"); ok {
		return name + "index.html"
	}
	return strings.TrimSuffix(d.Path, ".md") + ".html"
}

// A section is a part of the menu: a heading of the index, and the pages that it links to.
type section struct {
	Title string
	Pages []document
}

// build writes the site, and returns the number of pages.
func build(docs, out string) (int, error) {
	layout, err := template.ParseFS(assets, "page.html")
	if err != nil {
		return 0, err
	}
	menu, err := readMenu(docs)
	if err != nil {
		return 0, err
	}
	var all []*document
	all = append(all, &document{Path: "README.md", Title: "Documentation"})
	for _, s := range menu {
		for i := range s.Pages {
			all = append(all, &s.Pages[i])
		}
	}
	index := &searchIndex{}
	for i, d := range all {
		text, err := os.ReadFile(filepath.Join(docs, filepath.FromSlash(d.Path)))
		if err != nil {
			return 0, err
		}
		one := *d
		one.Root = strings.Repeat("../", strings.Count(d.Path, "/"))
		one.Menu = mark(menu, d.Path)
		if i > 0 {
			one.Before = all[i-1]
		}
		if i+1 < len(all) {
			one.After = all[i+1]
		}
		if err := one.render(string(text)); err != nil {
			return 0, fmt.Errorf("%s: %w", d.Path, err)
		}
		index.add(one, string(text))
		path := filepath.Join(out, filepath.FromSlash(one.URL()))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return 0, err
		}
		file, err := os.Create(path)
		if err != nil {
			return 0, err
		}
		err = layout.Execute(file, one)
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return 0, err
		}
	}
	for _, name := range []string{"style.css", "search.js"} {
		text, err := assets.ReadFile(name)
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(filepath.Join(out, name), text, 0o644); err != nil {
			return 0, err
		}
	}
	if err := copyPictures(filepath.Join(docs, "pictures"), filepath.Join(out, "pictures")); err != nil {
		return 0, err
	}
	return len(all), index.write(filepath.Join(out, "index.js"))
}

// copyPictures copies the files of a folder.
func copyPictures(from, to string) error {
	if err := os.RemoveAll(to); err != nil { // CopyFS does not overwrite
		return err
	}
	return os.CopyFS(to, os.DirFS(from))
}

// readMenu reads the order of the pages from the index: a section for each heading, with the pages that it links to.
func readMenu(docs string) ([]section, error) {
	text, err := os.ReadFile(filepath.Join(docs, "README.md"))
	if err != nil {
		return nil, err
	}
	var menu []section
	for part := range strings.SplitSeq(string(text), "\n## ") {
		title, body, _ := strings.Cut(part, "\n")
		s := section{Title: title}
		for _, link := range page.Parse("README.md", body).Links {
			if strings.HasPrefix(link.Target, "..") || !strings.HasSuffix(link.Target, ".md") {
				continue
			}
			p, err := page.Read(docs, link.Target)
			if err != nil {
				return nil, err
			}
			s.Pages = append(s.Pages, document{Path: link.Target, Title: p.Title})
		}
		if len(s.Pages) > 0 {
			menu = append(menu, s)
		}
	}
	return menu, nil
}

// mark is the menu with the current page marked.
func mark(menu []section, path string) []section {
	marked := make([]section, len(menu))
	for i, s := range menu {
		marked[i].Title = s.Title
		for _, d := range s.Pages {
			d.Current = d.Path == path
			marked[i].Pages = append(marked[i].Pages, d)
		}
	}
	return marked
}
