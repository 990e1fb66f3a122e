package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// A tree prints the decision which handlers an update of one kind reaches. What is done at its leaves is the caller's
// affair: the handler is run, or its constraints are noted.
type tree struct {
	emitter *emitter
	kind    *plan.Kind
	payload string // name of the variable with the payload

	// username and me are the bot's user name and id, as the function at hand reaches them.
	username, me *jen.Statement
	// collects is set if handlers may go on after another ran, so that the function has a result err.
	collects bool
	// blind leaves out the predicates, and names nothing that only an input needs.
	blind bool
	// leaf prints what is done for a route, and reports whether the function ends there.
	leaf func(g *jen.Group, r *plan.Route, b branch) (ends bool)

	sources []*source
}

// emit prints the whole decision. It reports whether the last statement ends the function in any case.
func (t *tree) emit(g *jen.Group) (ends bool) {
	for _, s := range t.segments() {
		if s.subject == "" {
			if ends = t.route(g, s.routes[0]); ends {
				return true // what follows is never reached
			}
			continue
		}
		t.choice(g, s)
	}
	return false
}

// A segment is a run of neighbours that can be decided at once by a switch, or a single route.
type segment struct {
	subject string // what is switched on, empty for a single route
	routes  []*plan.Route
	labels  [][]string // of each route
}

// segments keeps the order of the routes: only neighbours that are told apart by the same text share a switch.
func (t *tree) segments() []segment {
	var all []segment
	for _, r := range t.kind.Routes {
		subject, labels := t.label(r)
		if n := len(all); n > 0 && subject != "" && all[n-1].subject == subject {
			all[n-1].routes = append(all[n-1].routes, r)
			all[n-1].labels = append(all[n-1].labels, labels)
			continue
		}
		all = append(all, segment{subject, []*plan.Route{r}, [][]string{labels}})
	}
	return all
}

// label is the text that decides whether a route may match, and what it must be.
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

// callbackHead is the data up to the first colon, if the pattern settles it.
func callbackHead(c *spec.Callback) (head string, ok bool) {
	if c.Parts[0].Field != nil {
		return "", false
	}
	head, _, found := strings.Cut(c.Parts[0].Literal.Value, ":")
	return head, found || len(c.Parts) == 1
}

// A source is a way to read a command off a message.
type source struct {
	prefixes string
	caption  bool
	name     string // of the variable with the command's name
	declared bool   // the variable is
}

// source is the command's source; each gets a name of its own.
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

// choice prints a switch for neighbours. Labels with the same routes share a case.
func (t *tree) choice(g *jen.Group, s segment) {
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
				for _, r := range routes[label] {
					if t.route(g, r) {
						return
					}
				}
			})
		}
	})
}

// subject prints what has to stand before the switch and returns what is switched on.
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
				entities = jen.Id("_") // a prefix of its own needs no entity
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

// argumentsName is the variable with the text after the command, blank if no command of the source has arguments.
func (t *tree) argumentsName(src *source) *jen.Statement {
	for _, r := range t.kind.Routes {
		if r.Command != nil && len(r.Fields) > 0 && !t.blind &&
			r.Command.Prefixes.Or(spec.DefaultPrefixes) == src.prefixes && r.Command.Caption.Value == src.caption {
			return jen.Id(src.name + "Arguments")
		}
	}
	return jen.Id("_")
}

// route prints a route: its conditions and its leaf. It reports whether the function ends there in any case.
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
