package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// A tree prints the code that decides which handlers an update of one kind reaches. The caller says what to do for each
// handler: run it, or add its constraints.
type tree struct {
	emitter *emitter
	kind    *plan.Kind
	payload string // the name of the variable with the payload

	// username and me are the expressions for the bot's user name and id.
	username, me *jen.Statement
	// collects is set if handlers of the kind continue. Then the function has a named result err that joins their errors.
	collects bool
	// skipPredicates leaves out the predicates. The code then builds no inputs, and declares no variables for them.
	skipPredicates bool
	// leaf prints the code for a route that matched. It reports whether the function always ends there.
	leaf func(g *jen.Group, r *plan.Route, b branch) (ends bool)

	sources   []*source
	entrances map[*plan.Route]entrance // see entrance
}

// emit prints the whole decision. It reports whether the function always ends in the code that it printed.
func (t *tree) emit(g *jen.Group) (ends bool) {
	for _, s := range t.segments() {
		if s.subject != "" {
			t.switchOn(g, s)
		} else if t.sequence(g, s.routes) {
			return true // no later route is reached
		}
	}
	return false
}

// A segment is a run of neighbouring routes that one switch decides, or of routes that no switch decides.
type segment struct {
	subject string // what the switch compares: see label. Empty if there is no switch.
	routes  []*plan.Route
	labels  [][]string // the labels of each route
}

// segments splits the routes and keeps their order: only neighbours with the same subject share a switch.
func (t *tree) segments() []segment {
	var all []segment
	for _, r := range t.kind.Routes {
		subject, labels := t.label(r)
		if n := len(all); n > 0 && all[n-1].subject == subject {
			all[n-1].routes = append(all[n-1].routes, r)
			all[n-1].labels = append(all[n-1].labels, labels)
			continue
		}
		all = append(all, segment{subject, []*plan.Route{r}, [][]string{labels}})
	}
	return all
}

// label is what a switch compares for a route, and the values for which the route may match. The subject is the variable
// with a command's name, "text" for the text of a message, or "head" for the head of callback data. It is empty if no
// switch can decide the route.
func (t *tree) label(r *plan.Route) (subject string, labels []string) {
	switch {
	case r.Command != nil:
		for _, n := range r.Command.Names {
			labels = append(labels, n.Value)
		}
		return t.source(r.Command).name, labels
	case r.Text != nil && r.Text.Pattern == nil:
		return "text", []string{r.Text.Is.Value}
	case r.Callback != nil:
		if head, ok := callbackHead(r.Callback); ok {
			return "head", []string{head}
		}
	}
	return "", nil
}

// callbackHead is the data up to the first colon. It reports false if the head depends on a field.
func callbackHead(c *spec.Callback) (head string, ok bool) {
	if c.Parts[0].Field != nil {
		return "", false
	}
	head, _, found := strings.Cut(c.Parts[0].Literal.Value, ":")
	return head, found || len(c.Parts) == 1
}

// A source is a way to read the command of a message. Commands with the same keys share one.
type source struct {
	prefixes string
	caption  bool
	name     string // the variable with the command's name
	declared bool   // the variable has been declared
}

// source is the source of a command. It is added if the tree does not have it.
func (t *tree) source(c *spec.Command) *source {
	s := &source{prefixes: c.Prefixes.Or(spec.DefaultPrefixes), caption: c.Caption.Value}
	for _, known := range t.sources {
		if known.prefixes == s.prefixes && known.caption == s.caption {
			return known
		}
	}
	s.name = "command"
	if n := len(t.sources); n > 0 {
		s.name = fmt.Sprintf("command%d", n+1)
	}
	t.sources = append(t.sources, s)
	return s
}

// switchOn prints the switch of a segment. Labels with the same routes share a case.
func (t *tree) switchOn(g *jen.Group, s segment) {
	var order []string
	routes := map[string][]*plan.Route{}
	for i, r := range s.routes {
		for _, label := range s.labels[i] {
			if routes[label] == nil {
				order = append(order, label)
			}
			routes[label] = append(routes[label], r)
		}
	}
	g.Switch(t.subject(g, s)).BlockFunc(func(g *jen.Group) {
		done := map[string]bool{}
		for _, label := range order {
			if done[label] {
				continue
			}
			var same []jen.Code
			for _, other := range order {
				if slices.Equal(routes[label], routes[other]) {
					done[other] = true
					same = append(same, jen.Lit(other))
				}
			}
			g.Case(same...).BlockFunc(func(g *jen.Group) {
				t.sequence(g, routes[label])
			})
		}
	})
}

// subject prints the statements that a switch needs before it, and returns the expression that it compares.
func (t *tree) subject(g *jen.Group, s segment) *jen.Statement {
	payload := jen.Id(t.payload)
	switch s.subject {
	case "text":
		return payload.Dot("Text")
	case "head":
		return dispatch("CallbackHead").Call(payload.Dot("Data"))
	}
	for _, src := range t.sources {
		if src.name != s.subject || src.declared {
			continue
		}
		src.declared = true
		text, entities := payload.Clone().Dot("Text"), payload.Clone().Dot("Entities")
		if src.caption {
			entities = jen.Id(src.name + "Entities")
			if src.prefixes != spec.DefaultPrefixes {
				entities = jen.Id("_") // Telegram marks only /commands as entities
			}
			g.List(jen.Id(src.name+"Text"), entities.Clone()).Op(":=").Add(dispatch("TextOrCaption")).Call(payload)
			text = jen.Id(src.name + "Text")
		}
		names := jen.List(jen.Id(src.name), t.argumentsName(src), jen.Id("_")).Op(":=")
		if src.prefixes == spec.DefaultPrefixes {
			g.Add(names).Add(dispatch("ParseCommand")).Call(text, entities, t.username.Clone())
		} else {
			g.Add(names).Add(dispatch("ParsePrefixed")).Call(text, jen.Lit(src.prefixes), t.username.Clone())
		}
	}
	return jen.Id(s.subject)
}

// argumentsName is the variable for the text after the command. It is blank if no command of the source has arguments.
func (t *tree) argumentsName(src *source) *jen.Statement {
	for _, r := range t.kind.Routes {
		if r.Command != nil && len(r.Fields) > 0 && !t.skipPredicates &&
			r.Command.Prefixes.Or(spec.DefaultPrefixes) == src.prefixes && r.Command.Caption.Value == src.caption {
			return jen.Id(src.name + "Arguments")
		}
	}
	return jen.Id("_")
}

// route prints the conditions of a route, with its leaf inside. It reports whether the function always ends there.
func (t *tree) route(g *jen.Group, r *plan.Route) (ends bool) {
	common := t.conditions(r)
	branches := t.branches(r)
	if len(branches) == 1 && branches[0].init == nil && len(branches[0].cond) == 0 && len(common) == 0 {
		return t.leaf(g, r, branches[0])
	}
	var chain *jen.Statement
	for _, b := range branches {
		clause := b.clause(common)
		body := func(g *jen.Group) { t.leaf(g, r, b) }
		if chain == nil {
			chain = jen.If(clause...).BlockFunc(body)
		} else {
			chain.Else().If(clause...).BlockFunc(body)
		}
	}
	g.Add(chain)
	return false
}
