package main

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	attribute  = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	loaded     = regexp.MustCompile(`<(?:script|img|link|iframe|source)[^>]*(?:href|src)="([^"]*)"`)
	identifier = regexp.MustCompile(` id="([^"]*)"`)
	headings   = regexp.MustCompile(`<h([1-6])[ >]`)
)

// TestSite checks the HTML of all pages: links lead to pages and headings, nothing is loaded from another host, and what
// screen readers need is there.
func TestSite(t *testing.T) {
	out := t.TempDir()
	n, err := build("..", out)
	if err != nil {
		t.Fatal(err)
	}
	pages := make(map[string]string)
	err = filepath.WalkDir(out, func(file string, entry os.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".html" {
			return err
		}
		text, err := os.ReadFile(file)
		name, _ := filepath.Rel(out, file)
		pages[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != n || n < 15 {
		t.Errorf("%d pages, and build says %d", len(pages), n)
	}
	for name, text := range pages {
		ids := identifiers(t, name, text)
		for _, match := range attribute.FindAllStringSubmatch(text, -1) {
			target := match[1]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "data:") {
				continue
			}
			file, anchor, _ := strings.Cut(target, "#")
			if file == "" {
				if !ids[anchor] {
					t.Errorf("%s: no heading %s", name, target)
				}
				continue
			}
			full := path.Join(path.Dir(name), file)
			if _, err := os.Stat(filepath.Join(out, full)); err != nil {
				t.Errorf("%s: %s leads to no file", name, target)
			}
			if anchor != "" && !identifiers(t, full, pages[full])[anchor] {
				t.Errorf("%s: %s leads to no heading", name, target)
			}
		}
		for _, match := range loaded.FindAllStringSubmatch(text, -1) {
			if strings.Contains(match[1], "//") {
				t.Errorf("%s loads %s", name, match[1])
			}
		}
		for _, want := range []string{`<html lang="en">`, "<title>", `href="#content"`, `<main id="content">`, `<label for="search">`, `name="viewport"`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s has no %s", name, want)
			}
		}
		if strings.Contains(text, "<!--") {
			t.Errorf("%s shows a comment", name)
		}
		last := 0
		for _, match := range headings.FindAllStringSubmatch(text, -1) {
			level := int(match[1][0] - '0')
			if level == 1 && last != 0 || level > last+1 {
				t.Errorf("%s: a heading of level %d after one of level %d", name, level, last)
			}
			last = level
		}
	}
	index, err := os.ReadFile(filepath.Join(out, "index.js"))
	if err != nil {
		t.Fatal(err)
	}
	var entries []entry
	list := strings.TrimSuffix(strings.TrimPrefix(string(index), "window.searchIndex="), ";\n")
	if err := json.Unmarshal([]byte(list), &entries); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, e := range entries {
		file, anchor, _ := strings.Cut(e.URL, "#")
		if anchor != "" && !identifiers(t, file, pages[file])[anchor] {
			t.Errorf("the search leads to %s, which does not exist", e.URL)
		}
		found = found || e.URL == "guides/order.html#stuck-handlers" && strings.Contains(e.Text, "ctx.Err()")
	}
	if !found || len(entries) < 100 {
		t.Errorf("the search has %d entries, and finds stuck handlers: %v", len(entries), found)
	}
}

// identifiers returns the ids of a page. It fails the test if an id occurs twice.
func identifiers(t *testing.T, name, text string) map[string]bool {
	ids := make(map[string]bool)
	for _, match := range identifier.FindAllStringSubmatch(text, -1) {
		if ids[match[1]] {
			t.Errorf("%s has the id %s twice", name, match[1])
		}
		ids[match[1]] = true
	}
	return ids
}
