package spec

import (
	"regexp"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// A word is a text that must match a pattern.
type word struct {
	// want says what the text is, with an article.
	want    string
	code    string
	pattern *regexp.Regexp
	// example is the hint for a value that is not a text. It may be empty.
	example string
	// hint says how to correct a text that does not match.
	hint func(text string) string
}

func (w word) read(p *parser, node *yaml.Node, to *String) bool {
	if node.Kind != yaml.String {
		hint := w.example
		if w.pattern.MatchString(node.Text) {
			hint = quoteHint(node)
		}
		p.wrongType(node, w.want, hint)
		return false
	}
	if !w.pattern.MatchString(node.Text) {
		p.report(w.code, p.placeOf(node), w.hint(node.Text), "%s is not %s", quote(node.Text), w.want)
		return false
	}
	*to = valueAt(p.placeOf(node), node.Text)
	return true
}

func (w word) schema(*definitions) schema {
	return schema{{"type", "string"}, {"pattern", w.pattern.String()}}
}

// updateKind is the form of an update kind. Package plan checks whether the kind exists.
var updateKind = word{
	want: "an update kind", code: CodeBadKind, pattern: regexp.MustCompile(`^[a-z][a-z0-9_]*$`),
	hint: func(text string) string { return lowerHint(text, "write it like message or callback_query") },
}

var commandPattern = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// commandName is the form of a command: https://core.telegram.org/bots/api#botcommand
var commandName = word{
	want: "a command", code: CodeBadCommand, pattern: commandPattern,
	hint: commandHint,
}

// prefixLetters is the form of the signs that can come before a command.
var prefixLetters = word{
	want: "a text of prefixes", example: "write the signs one after another, like \"/!\"", code: CodeBadPrefixes, pattern: regexp.MustCompile("^[!-/:-?\\[-^`{-~]{1,8}$"),
	hint: func(string) string {
		return "write the signs one after another, like \"/!\"; letters, digits, _ and @ cannot be prefixes"
	},
}

// lowerHint suggests the text in lower case, with underscores, if that makes it right. If not, it returns otherwise.
func lowerHint(text, otherwise string) string {
	lower := strings.ToLower(strings.NewReplacer("-", "_", " ", "_").Replace(text))
	if lower != text && lower != "" && len(lower) <= 32 && commandPattern.MatchString(lower) {
		return "did you mean " + lower + "?"
	}
	return otherwise
}

// constraintName is the name of a built-in constraint or of a method.
type constraintName struct{}

var builtInConstraints = []string{ConstraintChat, ConstraintUser, ConstraintChatUser, ConstraintTopic, ConstraintNone}

func (constraintName) read(p *parser, node *yaml.Node, to *Constraint) bool {
	if node.Kind != yaml.String {
		p.wrongType(node, "a constraint", "for no constraint, write none")
		return false
	}
	to.Name = valueAt(p.placeOf(node), node.Text)
	for _, name := range builtInConstraints {
		if node.Text == name {
			return true
		}
	}
	to.Method = true
	if meant := builtInConstraint(node.Text); meant != "" {
		p.report(CodeBadConstraint, p.placeOf(node), "write "+meant+"; a method of yours needs another name", "%s is not a constraint", quote(node.Text))
		return false
	}
	if methodRegexp.MatchString(node.Text) {
		return true
	}
	hint := diag.DidYouMean(node.Text, builtInConstraints)
	if meant := constraintHabits[strings.ToLower(strings.ReplaceAll(node.Text, "_", ""))]; meant != "" {
		hint = "did you mean " + meant + "?"
	}
	if hint == "" {
		hint = "write " + diag.Or(builtInConstraints)
		if better := camelCase(node.Text); better != "" {
			hint += ", or a method such as " + better
		}
	}
	p.report(CodeBadConstraint, p.placeOf(node), hint, "%s is not a constraint", quote(node.Text))
	return false
}

func (constraintName) schema(defs *definitions) schema {
	return defs.define("constraint", func() schema {
		return schema{{"anyOf", []any{schema{{"enum", builtInConstraints}}, method{}.schema(defs)}}}
	})
}

// predicate is the name of a predicate, or ! and a name.
type predicate struct{}

func (predicate) read(p *parser, node *yaml.Node, to *Predicate) bool {
	if node.Kind != yaml.String {
		p.wrongType(node, "the name of a predicate", "name a method of yours, such as IsAdmin; all that are in a list must hold")
		return false
	}
	if hint := predicateHint(node.Text); hint != "" {
		p.report(CodeBadName, p.placeOf(node), hint, "%s is not the name of a predicate", quote(node.Text))
		return false
	}
	name := strings.TrimPrefix(node.Text, "!")
	to.Negated = name != node.Text
	to.Name = p.textIn(node, len(node.Text)-len(name), len(node.Text))
	return p.checkMethod(to.Name)
}

func (predicate) schema(*definitions) schema {
	return schema{{"type", "string"}, {"pattern", "^!?" + methodPattern[1:]}}
}
