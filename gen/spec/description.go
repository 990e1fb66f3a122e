package spec

import (
	"regexp"
	"strings"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// A Description says what a handler does. The text is for everyone whose language has no translation.
type Description struct {
	String
	// Translations are the texts by language. The first one is also the text for everyone else. Empty: the spec has a
	// text alone.
	Translations []Translation
}

// A Translation is a text in one language.
type Translation struct {
	// Language is a two-letter code of ISO 639-1.
	Language String
	Text     String
}

// In returns the text for users of a language.
func (d *Description) In(language string) string {
	for _, t := range d.Translations {
		if t.Language.Value == language {
			return t.Text.Value
		}
	}
	return d.Value
}

// about is a description: https://core.telegram.org/bots/api#botcommand bounds its length.
var about = prose{256}

// languageCode is the form of a language: https://core.telegram.org/bots/api#setmycommands
var languageCode = word{
	want: "a language", code: CodeBadLanguage, pattern: regexp.MustCompile(`^[a-z]{2}$`),
	hint: func(text string) string {
		short, _, _ := strings.Cut(strings.ToLower(text), "-")
		if short, _, _ = strings.Cut(short, "_"); len(short) == 2 && short != text {
			return "Telegram takes two letters: write " + short
		}
		return "write the two letters of the language in ISO 639-1, such as en or de"
	},
}

// describing is the shape of a description: a text, or texts by language.
type describing struct{}

func (describing) read(p *parser, node *yaml.Node, to *Description) bool {
	if node.Kind != yaml.Mapping {
		return about.read(p, node, &to.String)
	}
	if len(node.Entries) == 0 {
		p.report(CodeEmptyList, p.placeOf(node), "write a text, or {en: a text}", "the mapping is empty; expected languages and texts")
		return false
	}
	present := make(map[string]*yaml.Node, len(node.Entries))
	for entry := range p.entries(node, present) {
		var t Translation
		switch {
		case !languageCode.read(p, entry.Key, &t.Language):
		case entry.Value.Kind == yaml.Null:
			p.report(CodeMissingValue, p.placeOf(entry.Key), "give it one, or delete the key", "the key %s has no value", t.Language.Value)
		case about.read(p, entry.Value, &t.Text):
			to.Translations = append(to.Translations, t)
		}
	}
	if len(to.Translations) == 0 {
		return false
	}
	to.String = to.Translations[0].Text
	return !p.full
}

func (describing) schema(defs *definitions) schema {
	return schema{{"anyOf", []any{about.schema(defs), schema{
		{"type", "object"},
		{"minProperties", 1},
		{"propertyNames", schema{{"pattern", languageCode.pattern.String()}}},
		{"additionalProperties", about.schema(defs)},
	}}}}
}
