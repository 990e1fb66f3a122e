// Package page reads the Markdown of the documentation: its headings, links and blocks of code. It knows the part of Markdown
// that the pages use.
package page

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Page is a file of the documentation.
type Page struct {
	// Path is the file, from the folder of the documentation, with slashes.
	Path   string
	Blocks []Block
	Links  []Link
	// Anchors are the anchors of the headings.
	Anchors []string
	// Title is the first heading.
	Title string
}

// A Block is a fenced block of code, or an HTML comment that begins with the language of a block: what it holds is
// compiled, and readers do not see it.
type Block struct {
	// Line is the line of its fence.
	Line int
	// Language and Name are the two words after the fence: the language, and the name of a file or empty.
	Language, Name string
	Text           string
	// Hidden is set for a block in a comment.
	Hidden bool
}

// A Link is a link of a page, or the address of a picture.
type Link struct {
	Line   int
	Target string
}

// Files returns the paths of all pages below a folder, in order. The folders internal and site hold no pages.
func Files(root string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == "internal" || entry.Name() == "site") {
			return filepath.SkipDir
		}
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		relative, err := filepath.Rel(root, path)
		paths = append(paths, filepath.ToSlash(relative))
		return err
	})
	slices.Sort(paths)
	return paths, err
}

// Read reads a page below the folder root.
func Read(root, path string) (*Page, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	return Parse(path, string(text)), nil
}

// hiddenLanguages are the languages of blocks in comments.
var hiddenLanguages = []string{"go", "yaml", "console"}

// Parse reads the text of a page.
func Parse(path, text string) *Page {
	p := &Page{Path: path}
	taken := make(map[string]int)
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if info, ok := strings.CutPrefix(line, "```"); ok {
			i = p.block(lines, i, info, "```", false)
			continue
		}
		if info, ok := strings.CutPrefix(line, "<!-- "); ok && slices.Contains(hiddenLanguages, firstWord(info)) {
			i = p.block(lines, i, info, "-->", true)
			continue
		}
		if title, ok := heading(line); ok {
			if p.Title == "" {
				p.Title = plain(title)
			}
			p.Anchors = append(p.Anchors, Anchor(title, taken))
			continue
		}
		for _, found := range linkPattern.FindAllStringSubmatch(codePattern.ReplaceAllString(line, ""), -1) {
			p.Links = append(p.Links, Link{i + 1, found[1]})
		}
	}
	return p
}

// block adds the block that begins at line i, and returns the line of its end.
func (p *Page) block(lines []string, i int, info, end string, hidden bool) int {
	words := append(strings.Fields(info), "", "")
	b := Block{Line: i + 1, Language: words[0], Name: words[1], Hidden: hidden}
	for i++; i < len(lines) && lines[i] != end; i++ {
		b.Text += lines[i] + "\n"
	}
	p.Blocks = append(p.Blocks, b)
	return i
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// linkPattern finds links and pictures. The text of a link may be a picture.
var linkPattern = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// codePattern finds code within a line, which holds no links, unless the code is the text of one.
var codePattern = regexp.MustCompile("`[^`]*`")

func heading(line string) (title string, ok bool) {
	level := len(line) - len(strings.TrimLeft(line, "#"))
	if level == 0 || level > 6 || !strings.HasPrefix(line[level:], " ") {
		return "", false
	}
	return strings.TrimSpace(line[level:]), true
}

// plain is a heading without the marks of code and links.
func plain(title string) string {
	return strings.ReplaceAll(headingLink.ReplaceAllString(title, "$1"), "`", "")
}

var headingLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// Anchor is the anchor that a forge gives to a heading. taken counts the headings of the page that have the same anchor.
func Anchor(title string, taken map[string]int) string {
	var b strings.Builder
	for _, r := range strings.ToLower(plain(title)) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127:
			b.WriteRune(r)
		}
	}
	anchor := b.String()
	n := taken[anchor]
	taken[anchor]++
	if n > 0 {
		return anchor + "-" + strconv.Itoa(n)
	}
	return anchor
}
