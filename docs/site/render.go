package main

import (
	"bytes"
	"fmt"
	"html/template"
	"path"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/tggen/tggen/docs/internal/page"
)

// repository is where links lead that leave the documentation.
const repository = "https://github.com/tggen/tggen/blob/main/"

// A heading is an entry of the contents of a page.
type heading struct {
	ID, Text string
}

// mostContents is how many headings the contents of a page list. A page with more has its own list, or search.
const mostContents = 30

// render makes the body and the contents from the Markdown.
func (d *document) render(markdown string) error {
	source := []byte(withoutComments(markdown))
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe(), renderer.WithNodeRenderers(util.Prioritized(blocks{}, 100))),
	)
	context := parser.NewContext(parser.WithIDs(anchors{}))
	tree := md.Parser().Parse(text.NewReader(source), parser.WithContext(context))
	err := ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			n.Destination = []byte(d.link(string(n.Destination)))
		case *ast.Heading:
			id, _ := n.AttributeString("id")
			switch n.Level {
			case 1:
				d.Title = plain(n, source)
			case 2:
				d.Contents = append(d.Contents, heading{fmt.Sprintf("%s", id), plain(n, source)})
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return err
	}
	if len(d.Contents) < 3 || len(d.Contents) > mostContents {
		d.Contents = nil
	}
	var body bytes.Buffer
	if err := md.Renderer().Render(&body, source, tree); err != nil {
		return err
	}
	wide := strings.NewReplacer("<th></th>", "<td></td>", "<table>", `<div class="wide" tabindex="0"><table>`, "</table>", "</table></div>")
	d.Body = template.HTML(wide.Replace(body.String())) // the Markdown is ours
	return nil
}

// link is where a link of the Markdown leads on the site.
func (d *document) link(target string) string {
	if strings.Contains(target, "://") || strings.HasPrefix(target, "#") {
		return target
	}
	file, anchor, hasAnchor := strings.Cut(target, "#")
	full := path.Join("docs", path.Dir(d.Path), file)
	within, ok := strings.CutPrefix(full, "docs/")
	if !ok || path.Ext(file) != ".md" {
		return repository + full
	}
	url := strings.Repeat("../", strings.Count(d.Path, "/")) + document{Path: within}.URL()
	if hasAnchor {
		url += "#" + anchor
	}
	return url
}

var comment = regexp.MustCompile(`(?ms)^<!-- .*?-->\n?`)

// withoutComments removes the comments, which hold what readers do not see. No block of code has a line that begins like one.
func withoutComments(markdown string) string { return comment.ReplaceAllString(markdown, "") }

// plain is the text of a node.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function returns no error
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// anchors gives headings the anchors that a forge gives them.
type anchors map[string]int

// Generate implements [parser.IDs].
func (a anchors) Generate(value []byte, _ ast.NodeKind) []byte {
	return []byte(page.Anchor(strings.TrimSpace(string(value)), a))
}

// Put implements [parser.IDs].
func (anchors) Put([]byte) {}

// blocks renders blocks of code, with the names of their files.
type blocks struct{}

// RegisterFuncs implements [renderer.NodeRenderer].
func (blocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		n := node.(*ast.FencedCodeBlock)
		info := ""
		if n.Info != nil {
			info = string(n.Info.Segment.Value(source))
		}
		language, name, _ := strings.Cut(info, " ")
		_, _ = w.WriteString("<figure>")
		if name != "" {
			_, _ = fmt.Fprintf(w, "<figcaption>%s</figcaption>", template.HTMLEscapeString(name))
		}
		_, _ = fmt.Fprintf(w, `<pre tabindex="0" class="%s"><code>`, template.HTMLEscapeString(language))
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			_, _ = w.Write(util.EscapeHTML(line.Value(source)))
		}
		_, _ = w.WriteString("</code></pre></figure>\n")
		return ast.WalkSkipChildren, nil
	})
}
