package spec

import (
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// A HandlerGroup is what an element of the key groups says for all its handlers.
type HandlerGroup struct {
	// Pos is where the group begins.
	Pos diag.Pos
	// In, State, Session, Constraints, Timeout and Retry are those of a handler that has none of its own.
	In          []Value[ChatType]
	State       []StateRef
	Session     []String
	Constraints *Constraints
	Timeout     *Timeout
	Retry       *HandlerRetry
	// Where are predicates that must hold besides those of the handler. They are asked first.
	Where []Predicate
}

// A groupBody is a group with its handlers.
type groupBody struct {
	group    HandlerGroup
	handlers []*Handler
}

func groupShape() *object[groupBody] {
	return &object[groupBody]{
		name: "a group", doc: "Handlers that have keys in common.",
		keys: []key[groupBody]{
			at("in", chatTypes, func(g *groupBody) *[]Value[ChatType] { return &g.group.In },
				"The kinds of chat that the handlers are for. The key in of a handler replaces it. Default: all."),
			at("where", predicates, func(g *groupBody) *[]Predicate { return &g.group.Where },
				"Predicates that must hold for all the handlers, before those that a handler has itself."),
			at("state", stateRefs, func(g *groupBody) *[]StateRef { return &g.group.State },
				"The states of a session in which the handlers run. The key state of a handler replaces it."),
			at("session", sessionNames, func(g *groupBody) *[]String { return &g.group.Session },
				"The sessions without states that the handlers use. The key session of a handler replaces it."),
			at("constraints", pointed[Constraints]{constraintsValue{}}, func(g *groupBody) **Constraints { return &g.group.Constraints },
				"The constraints of the handlers' updates, instead of the bot's. The constraints of a handler replace them."),
			at("timeout", pointed[Timeout]{timeoutValue{}}, func(g *groupBody) **Timeout { return &g.group.Timeout },
				"The time that each of the handlers has, instead of the bot's. The timeout of a handler replaces it."),
			at("retry", pointed[HandlerRetry]{handlerRetryShape()}, func(g *groupBody) **HandlerRetry { return &g.group.Retry },
				"How often the handlers are tried again, instead of the bot's. The retry of a handler replaces it."),
			at("handlers", handlerList(), func(g *groupBody) *[]*Handler { return &g.handlers },
				"The handlers of the group, in the order in which they are tried.").needed(needHandlers),
		},
		elsewhere: func(name string) string {
			switch {
			case name == "groups":
				return "a group cannot be in a group: write two groups, one after the other"
			case handlerShape().find(name) != nil:
				return "put it in the handlers of the group"
			}
			return ""
		},
		check: func(p *parser, node *yaml.Node, g *groupBody, _ map[string]*yaml.Node) bool {
			g.group.Pos = p.start(node).pos
			for _, h := range g.handlers {
				p.apply(&g.group, h)
			}
			return len(g.handlers) > 0
		},
	}
}

// apply gives a handler what its group says.
func (p *parser) apply(g *HandlerGroup, h *Handler) {
	h.Group = g
	if len(h.In) == 0 {
		h.In = g.In
	}
	if len(h.State) == 0 {
		h.State = g.State
	}
	if len(h.Session) == 0 {
		h.Session = g.Session
	}
	if h.Constraints == nil {
		h.Constraints = g.Constraints
	}
	if h.Timeout == nil {
		h.Timeout = g.Timeout
	}
	if h.Retry == nil {
		h.Retry = g.Retry
	}
	where := g.Where[:len(g.Where):len(g.Where)]
	for _, own := range h.Where {
		fresh := true
		for _, all := range g.Where {
			if own.Name.Value != all.Name.Value {
				continue
			}
			fresh = false
			var d *diag.Diagnostic
			if own.Negated == all.Negated {
				d = p.report(CodeGroupPredicate, placeOfValue(own.Name), "delete it", "the group has the predicate %s already", shorten(own.Name.Value))
			} else {
				d = p.report(CodeGroupPredicate, placeOfValue(own.Name), "move the handler out of the group",
					"%s is never reached: the group and the handler say the opposite about %s", shorten(h.Name.Value), shorten(own.Name.Value))
			}
			relate(d, all.Name.Pos, "the group's predicate")
		}
		if fresh {
			where = append(where, own)
		}
	}
	h.Where = where
}

// groupList is the shape of the key groups. Its value is the handlers of all groups.
type groupList struct{}

var groups = list[groupBody]{item: groupShape(), want: "a group"}

func (groupList) read(p *parser, node *yaml.Node, to *[]*Handler) bool {
	var all []groupBody
	if !groups.read(p, node, &all) {
		return false
	}
	for _, g := range all {
		*to = append(*to, g.handlers...)
	}
	return true
}

func (groupList) schema(defs *definitions) schema { return groups.schema(defs) }
