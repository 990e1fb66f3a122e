package spec

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// An Opener returns the text of a file that the key include names. The name is a path relative to the folder of the spec: it
// has slashes, no dots as elements, and does not lead out of the folder. An error that wraps [fs.ErrNotExist] means that there
// is no such file.
type Opener func(name string) ([]byte, error)

// includes is the shape of the key include: a file or a list of files. Its value is the handlers of all files.
type includes struct{}

var includeList = list[String]{item: includePath{}, alone: true, same: itself, want: "a file"}

func (includes) read(p *parser, node *yaml.Node, to *[]*Handler) bool {
	var names []String
	if !includeList.read(p, node, &names) {
		return false
	}
	for _, name := range names {
		if p.full {
			return false
		}
		*to = append(*to, p.include(name)...)
	}
	return true
}

func (includes) schema(defs *definitions) schema { return includeList.schema(defs) }

// includePath is the path of a file, in the folder of the spec or below it. Its value is the shortest equivalent path.
type includePath struct{}

const longestPath = 256

func (includePath) read(p *parser, node *yaml.Node, to *String) bool {
	if !(anyText{longestPath}).read(p, node, to) {
		return false
	}
	clean := path.Clean(to.Value)
	switch {
	case strings.ContainsAny(to.Value, "\\:*?\x00"):
		hint := "write the path of one file, such as bot/admin.yaml"
		if better := strings.ReplaceAll(to.Value, `\`, "/"); fs.ValidPath(better) && !strings.ContainsAny(better, ":*?\x00") {
			hint = "write " + shorten(better)
		}
		p.report(CodeBadInclude, placeOfValue(*to), hint, "%s is not a path that works on all systems", quote(to.Value))
		return false
	case path.IsAbs(clean), clean == "..", strings.HasPrefix(clean, "../"):
		p.report(CodeBadInclude, placeOfValue(*to), "write the path of a file in the folder of the spec or below it", "%s is outside the folder of the spec", quote(to.Value))
		return false
	case clean == path.Base(p.file):
		p.report(CodeBadInclude, placeOfValue(*to), "delete it", "the spec cannot include itself")
		return false
	}
	to.Value = clean
	return true
}

func (includePath) schema(defs *definitions) schema { return anyText{longestPath}.schema(defs) }

// An includedFile is the handlers of a file that the key include names.
type includedFile struct{ handlers []*Handler }

func includedShape() *object[includedFile] {
	return &object[includedFile]{
		name: "an included file", doc: "Handlers and groups that a spec includes, for tggen to generate.",
		keys: []key[includedFile]{
			more("groups", groupList{}, func(f *includedFile) *[]*Handler { return &f.handlers }, docGroups),
			more("handlers", handlerList(), func(f *includedFile) *[]*Handler { return &f.handlers }, docHandlers).absent(needHandlers),
		},
		elsewhere: func(name string) string {
			switch {
			case name == "include":
				return "an included file cannot include others: list them all in the spec"
			case specShape().find(name) != nil:
				return "put it in the spec"
			}
			return ""
		},
		check: func(p *parser, node *yaml.Node, f *includedFile, present map[string]*yaml.Node) bool {
			p.needsHandlers("an included file", node, present)
			return true
		},
		rules: oneRequired("handlers", "groups"),
	}
}

// needsHandlers reports a file with none of the keys that bring handlers.
func (p *parser) needsHandlers(what string, node *yaml.Node, present map[string]*yaml.Node) {
	if present["handlers"] == nil && present["groups"] == nil && present["include"] == nil && !node.Broken && !p.meant(node, "handlers") {
		p.report(CodeMissingKey, p.start(node), needHandlers, "%s needs the key handlers", what)
	}
}

// oneRequired is the part of the schema that says that a mapping has at least one of the keys.
func oneRequired(names ...string) schema {
	var each []any
	for _, name := range names {
		each = append(each, schema{{"required", []any{name}}})
	}
	return schema{{"anyOf", each}}
}

// include reads the handlers of an included file.
func (p *parser) include(name String) []*Handler {
	src, err := p.open(name.Value)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.report(CodeInclude, placeOfValue(name), "paths begin in the folder of the spec", "there is no file %s", shorten(name.Value))
		return nil
	case err != nil:
		p.report(CodeInclude, placeOfValue(name), "", "%s cannot be read: %v", shorten(name.Value), err)
		return nil
	}
	if p.size += len(src); p.size > yaml.MaxBytes {
		p.report(CodeTooLarge, placeOfValue(name), "", "the spec and its files have more than %d bytes together", yaml.MaxBytes)
		p.size -= len(src)
		return nil
	}
	file, document := p.file, p.document
	defer func() { p.file, p.document = file, document }()
	p.file = path.Join(path.Dir(file), name.Value)
	included := &includedFile{}
	if root, ok := p.load(src, "the file is empty", "write groups or handlers, or delete the file from include"); ok {
		includedShape().read(p, root, included)
	}
	return included.handlers
}
