package spec

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// regularExpression is a text that package regexp takes.
type regularExpression struct{}

func (regularExpression) read(p *parser, node *yaml.Node, to *Pattern) bool {
	if node.Kind != yaml.String {
		p.wrongType(node, "a regular expression", quoteHint(node))
		return false
	}
	if !(anyText{longestRegexp}).read(p, node, &to.Source) {
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

// badRegexp reports what package regexp says, at the part of the expression that it says it of.
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
		return "Go has no look-around; a named group is written (?P<name>...)"
	case syntax.ErrInvalidEscape:
		return "the syntax is that of https://pkg.go.dev/regexp/syntax; back references are not in it"
	case syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
		return `for a bracket in the text write \( or \)`
	}
	return "the syntax is that of https://pkg.go.dev/regexp/syntax"
}

// groups gathers the named groups, which become fields.
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
			p.report(CodeBadGroup, placeOfValue(text), "a name has a letter and then letters, digits and _", "%s is not a name for a field", quote(name))
			continue
		}
		if first, twice := seen[name]; twice {
			ok = false
			d := p.report(CodeDuplicateField, placeOfValue(text), "", "the name %s is there twice", shorten(name))
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

// optionalGroups finds the named groups that the expression can match without. within says whether tree itself may
// be left out.
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
