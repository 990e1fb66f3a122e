package reference

import (
	"context"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const optionsIntro = "The generated functions `New` and `Run` take options, for what a spec does not say. `WithConfig` changes what the spec says.\n" +
	"These texts are those of `go doc github.com/tggen/tggen/runtime/telegram`."

// optionsPage lists the options, the fields of the configuration, and the errors of package telegram.
func optionsPage(_ context.Context, s Source) (string, error) {
	fset := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(s.Root, "runtime/telegram/*.go"))
	if err != nil {
		return "", err
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return "", err
		}
		files = append(files, file)
	}
	environment := variables(files) // before package doc removes what is not exported
	telegram, err := doc.NewFromFiles(fset, files, "github.com/tggen/tggen/runtime/telegram")
	if err != nil {
		return "", err
	}
	w := newPage("Options and configuration", optionsIntro)
	w.add("## Environment\n")
	w.table("variable", "what it is")
	for _, variable := range environment {
		text, ok := variableTexts[variable]
		if !ok {
			return "", fmt.Errorf("the environment variable %s has no text in variableTexts", variable)
		}
		w.row("`"+variable+"`", text)
	}
	w.row("`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`", "the proxy, as net/http understands them")
	w.add("\n## Options\n")
	for _, t := range telegram.Types {
		if t.Name != "Option" {
			continue
		}
		for _, f := range t.Funcs {
			w.add("### `%s`\n\n```text\n%s\n```\n\n%s\n", f.Name, source(fset, f.Decl), markdown(telegram, f.Doc))
		}
	}
	w.add("## Configuration\n\nA field that is zero has the default.\n")
	for _, name := range []string{"Config", "PollingConfig", "CallsConfig", "Retry", "RetryPolicy"} {
		for _, t := range telegram.Types {
			if t.Name == name {
				w.add("### `%s`\n\n%s\n\n```text\n%s\n```\n", name, markdown(telegram, t.Doc), source(fset, t.Decl))
			}
		}
	}
	w.add("## Errors\n")
	w.table("error", "when")
	for _, t := range telegram.Types {
		if isError(t) {
			w.row("`*"+t.Name+"`", firstSentence(telegram, t.Doc))
		}
	}
	for _, v := range telegram.Vars {
		for _, one := range v.Decl.Specs {
			value := one.(*ast.ValueSpec)
			for _, name := range value.Names {
				if strings.HasPrefix(name.Name, "Err") {
					text := v.Doc
					if value.Doc != nil {
						text = value.Doc.Text()
					}
					w.row("`"+name.Name+"`", firstSentence(telegram, text))
				}
			}
		}
	}
	return w.String(), nil
}

// variableTexts say what the environment variables are that package telegram reads.
var variableTexts = map[string]string{
	"BOT_TOKEN":          "the bot's token; required, unless `WithToken` gives it",
	"BOT_WEBHOOK_URL":    "the public address of the webhook; with it, the bot takes a webhook instead of polling",
	"BOT_WEBHOOK_LISTEN": "the address that the bot listens on for the webhook, instead of that in the spec",
	"BOT_WEBHOOK_SECRET": "the secret of the webhook; default: a text that is derived from the token",
	"BOT_API_URL":        "the Bot API server; default `https://api.telegram.org`",
	"BOT_TRACE_URL":      "where the bot tells what becomes of its updates, for `tggen play`; only an address of this machine is allowed; default: nowhere",
}

var variablePattern = regexp.MustCompile("^\"BOT_[A-Z_]+\"$")

// variables are the environment variables that the files name.
func variables(files []*ast.File) []string {
	var found []string
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && variablePattern.MatchString(literal.Value) {
				found = append(found, strings.Trim(literal.Value, "\""))
			}
			return true
		})
	}
	slices.Sort(found)
	found = slices.Compact(found)
	slices.Reverse(found) // BOT_TOKEN is the one that everybody needs
	return found
}

func isError(t *doc.Type) bool {
	return strings.HasSuffix(t.Name, "Error") || slices.ContainsFunc(t.Methods, func(f *doc.Func) bool { return f.Name == "Error" })
}

// source is a declaration without its doc comment and its body.
func source(fset *token.FileSet, decl ast.Decl) string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		d.Doc, d.Body = nil, nil
	case *ast.GenDecl:
		d.Doc = nil
	}
	var b strings.Builder
	config := printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}
	if err := config.Fprint(&b, fset, decl); err != nil {
		return err.Error()
	}
	return b.String()
}

var docLink = regexp.MustCompile(`\[(\*?[A-Za-z]+(?:\.[A-Za-z]+)*)\]`)

// markdown is a doc comment as Markdown. Names in brackets become code.
func markdown(p *doc.Package, text string) string {
	out := string(p.Markdown(docLink.ReplaceAllString(text, "$1")))
	out = strings.ReplaceAll(out, "\\_", "_")
	return strings.TrimSpace(indented.ReplaceAllStringFunc(out, func(block string) string {
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		for i, line := range lines {
			lines[i] = strings.TrimPrefix(line, "\t")
		}
		return "\n```text\n" + strings.Join(lines, "\n") + "\n```\n"
	}))
}

// indented finds code that Markdown marks by a tab.
var indented = regexp.MustCompile(`(?m)(^\t.*\n)+`)

func firstSentence(p *doc.Package, text string) string {
	return prose(p.Synopsis(docLink.ReplaceAllString(text, "$1")))
}
