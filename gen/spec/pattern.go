package spec

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// regularExpression is the shape of a regular expression of package regexp.
type regularExpression struct{}

func (regularExpression) read(p *parser, node *yaml.Node, to *Pattern) bool {
	if node.Kind != yaml.String {
		p.wrongType(node, "a regular expression", quoteHint(node))
		return false
	}
	if !(anyText{longestRegexp}).read(p, node, &to.Source) {
		return false
	}
	if slashes.MatchString(node.Text) {
		p.report(CodeBadRegexp, p.placeOf(node), slashesHint(node.Text), "the slashes would be a part of the expression")
		return false
	}
	tree, err := syntax.Parse(node.Text, syntax.Perl)
	if err != nil {
		p.badRegexp(node, err)
		return false
	}
	to.Tree = tree
	return p.groups(node, tree, to)
}

func (regularExpression) schema(defs *definitions) schema { return anyText{longestRegexp}.schema(defs) }

// longestRegexp is as long as a message of Telegram.
const longestRegexp = 4096

// badRegexp reports the error of package regexp, at the part of the expression that the error is about.
func (p *parser) badRegexp(node *yaml.Node, err error) {
	at := p.placeOf(node)
	message := err.Error()
	var wrong *syntax.Error
	if errors.As(err, &wrong) {
		message = string(wrong.Code)
		if i := strings.LastIndex(node.Text, wrong.Expr); i >= 0 && wrong.Expr != "" && wrong.Expr != node.Text {
			at = p.placeIn(node, i, i+len(wrong.Expr))
			message += ": " + shorten(wrong.Expr)
		}
	}
	p.report(CodeBadRegexp, at, regexpHint(wrong), "not a regular expression: %s", message)
}

func regexpHint(wrong *syntax.Error) string {
	if wrong == nil {
		return ""
	}
	switch wrong.Code {
	case syntax.ErrInvalidPerlOp, syntax.ErrInvalidNamedCapture:
		return "Go has no look-around; write a named group as (?P<name>...)"
	case syntax.ErrInvalidEscape:
		return "see https://pkg.go.dev/regexp/syntax; there are no back references"
	case syntax.ErrMissingRepeatArgument:
		return `for any text, write .*; to match the sign itself, write a \ before it`
	case syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
		return `to match a bracket, write \( or \)`
	}
	return "see https://pkg.go.dev/regexp/syntax"
}

// groups collects the named groups. They become fields of the handler's input.
func (p *parser) groups(node *yaml.Node, tree *syntax.Regexp, to *Pattern) bool {
	ok := true
	seen := make(map[string]String)
	optional := make(map[string]bool)
	optionalGroups(tree, false, optional)
	from := 0
	for index, name := range tree.CapNames() {
		if name == "" {
			continue
		}
		place := groupName.FindStringSubmatchIndex(node.Text[from:])
		for place != nil && node.Text[from+place[2]:from+place[3]] != name {
			from += place[1]
			place = groupName.FindStringSubmatchIndex(node.Text[from:])
		}
		text := to.Source
		if place != nil {
			text = p.textIn(node, from+place[2], from+place[3])
			from += place[1]
		}
		text.Value = name
		if !fieldName.MatchString(name) {
			ok = false
			p.report(CodeBadGroup, placeOfValue(text), "a name is a letter, followed by letters, digits and _", "%s cannot be the name of a field", quote(name))
			continue
		}
		if first, twice := seen[name]; twice {
			ok = false
			d := p.report(CodeDuplicateField, placeOfValue(text), "", "the name %s is used twice", shorten(name))
			relate(d, first.Pos, "the first is here")
			continue
		}
		seen[name] = text
		to.Groups = append(to.Groups, Group{Name: text, Index: index, Optional: optional[name]})
	}
	return ok
}

var (
	groupName = regexp.MustCompile(`\(\?P?<([^>]*)>`)
	notInName = regexp.MustCompile(`[^A-Za-z0-9_]+`)
)

// optionalGroups finds the named groups that can be missing from a match. within is set if tree itself can be missing.
func optionalGroups(tree *syntax.Regexp, within bool, optional map[string]bool) {
	switch tree.Op {
	case syntax.OpCapture:
		optional[tree.Name] = within
	case syntax.OpStar, syntax.OpQuest, syntax.OpAlternate:
		within = true
	case syntax.OpRepeat:
		within = within || tree.Min == 0
	}
	for _, part := range tree.Sub {
		optionalGroups(part, within, optional)
	}
}
