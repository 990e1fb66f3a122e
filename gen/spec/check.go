package spec

import (
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// checkSpec checks the parts of a spec against each other.
func checkSpec(p *parser, node *yaml.Node, s *Spec, present map[string]*yaml.Node) bool {
	p.needsHandlers("the spec", node, present)
	checkBacklog(p, s)
	checkSessions(p, s)
	checkNames(p, s)
	return true
}

// checkBacklog checks that the backlog is not smaller than concurrency.
func checkBacklog(p *parser, s *Spec) {
	running, held := s.Concurrency.Or(DefaultConcurrency), s.Backlog.Updates.Or(DefaultBacklog)
	switch {
	case held >= running:
	case s.Backlog.Updates.IsSet():
		d := p.report(CodeSmallBacklog, placeOfValue(s.Backlog.Updates), "make it larger, or concurrency smaller",
			"a backlog of %d updates cannot feed %d handlers at once", held, running)
		if s.Concurrency.IsSet() {
			relate(d, s.Concurrency.Pos, "concurrency is here")
		}
	default:
		p.report(CodeSmallBacklog, placeOfValue(s.Concurrency), "set backlog as well",
			"the default backlog of %d updates cannot feed %d handlers at once", held, running)
	}
}

// checkSessions finds two sessions of one name.
func checkSessions(p *parser, s *Spec) {
	first := make(map[string]String)
	for _, session := range s.Sessions {
		other, ok := first[session.Name.Value]
		if !ok {
			first[session.Name.Value] = session.Name
			continue
		}
		d := p.report(CodeDuplicateSession, placeOfValue(session.Name), "rename one of them", "two sessions have the name %s", shorten(session.Name.Value))
		relate(d, other.Pos, "the first is here")
	}
}

// A use says what a method name is used as, and where it is used first.
type use struct {
	as  string
	pos diag.Pos
}

// checkNames checks that no method of Handlers would need two signatures.
func checkNames(p *parser, s *Spec) {
	uses := make(map[string]use)
	add := func(name String, as string) {
		if !name.IsSet() {
			return
		}
		first, ok := uses[name.Value]
		switch {
		case !ok:
			uses[name.Value] = use{as, name.Pos}
		case first.as != as:
			d := p.report(CodeNameClash, placeOfValue(name), "rename one of them",
				"%s is used as %s and as %s; one method cannot be both", shorten(name.Value), as, first.as)
			relate(d, first.pos, "used as "+first.as+" here")
		case as == "a migration":
			// the sessions have the same name, which is reported there
		case as == "a handler":
			d := p.report(CodeDuplicateHandler, placeOfValue(name), "rename one of them", "two handlers have the name %s", shorten(name.Value))
			relate(d, first.pos, "the first is here")
		}
	}
	for _, handler := range s.Handlers {
		add(handler.Name, "a handler")
	}
	for _, name := range s.Middleware {
		add(name, "a middleware")
	}
	add(s.OnError, "on_error")
	add(s.OnTimeout, "on_timeout")
	add(s.OnUsage, "on_usage")
	seen := make(map[*Constraints]bool) // the handlers of a group share their constraints
	addConstraints := func(constraints *Constraints) {
		if constraints == nil || seen[constraints] {
			return
		}
		seen[constraints] = true
		all := [][]Constraint{constraints.Default}
		for _, kind := range constraints.ByKind {
			all = append(all, kind.Constraints)
		}
		for _, list := range all {
			for _, constraint := range list {
				if constraint.Method {
					add(constraint.Name, "a constraint")
				}
			}
		}
	}
	addConstraints(s.Constraints)
	for _, session := range s.Sessions {
		if session.Key.Method {
			add(session.Key.Name, "a constraint")
		}
		if session.Version.Value > 1 {
			add(session.Migration(), "a migration")
		}
		for _, state := range session.States {
			add(state.Handler, "the handler of a time-out of "+session.Name.Value)
		}
	}
	groups := make(map[*HandlerGroup]bool)
	for _, handler := range s.Handlers {
		if group := handler.Group; group != nil && !groups[group] {
			groups[group] = true
			for _, where := range group.Where {
				add(where.Name, "a predicate")
			}
		}
		for i, where := range handler.Where {
			if !handler.inherits(i) {
				add(where.Name, "a predicate")
			}
		}
		for _, find := range handler.Find {
			add(find.Method(), "a find")
		}
		addConstraints(handler.Constraints)
	}
}
