package emit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// This file declares the types of sessions: what authors see of them.

// session declares the type of a session's value, and the types and the indexes of its states.
func (e *emitter) session(s *plan.Session) {
	if len(s.States) == 0 {
		e.add(fmt.Sprintf("%s is what the bot remembers %s.", s.Type(), perKey(s)), jen.Type().Id(s.Type()).Add(dataStruct(s.Data)))
		return
	}
	e.add(fmt.Sprintf("%s is the state of the session %s, which the bot keeps %s: %s. A session begins as %s, and goes back to it %s after its last change.",
		s.Type(), s.Name.Value, perKey(s), diag.Or(stateTypes(s.States)), s.States[0].Type(), shortDuration(s.TTL.Value)),
		jen.Type().Id(s.Type()).Interface(jen.Id(markerOf(s.Type())).Params()))
	for _, state := range s.States {
		e.add(stateTypeDoc(e.plan, state), jen.Type().Id(state.Type()).Add(dataStruct(state.Data)))
		e.file.Line()
		e.marker(state, s.Type())
		for _, h := range e.plan.Handlers {
			if h.Guard != nil && slices.Contains(h.Guard.To, state) {
				e.marker(state, h.ToType())
			}
		}
	}
	e.add(fmt.Sprintf("The indexes of the states of %s.", s.Name.Value), jen.Const().DefsFunc(func(g *jen.Group) {
		for i, state := range s.States {
			if i == 0 {
				g.Id(state.Constant()).Op("=").Iota()
			} else {
				g.Id(state.Constant())
			}
		}
	}))
}

// marker declares the method that makes a state one of an interface.
func (e *emitter) marker(state *plan.State, of string) {
	e.file.Func().Params(jen.Id(state.Type())).Id(markerOf(of)).Params().Block()
}

// markerOf is the method of a sealed interface. It keeps the letters of the name after the first: ID and Id are two handlers.
func markerOf(typ string) string { return strings.ToLower(typ[:1]) + typ[1:] }

// perKey says what has a session of its own.
func perKey(s *plan.Session) string {
	switch name := s.Key.Name.Value; name {
	case spec.ConstraintChatUser:
		return "for each user in each chat"
	case spec.ConstraintTopic:
		return "for each topic of each chat"
	case spec.ConstraintChat, spec.ConstraintUser:
		return "for each " + name
	default:
		return "for each text that " + name + " returns"
	}
}

// stateTypes are the types of states, for a comment. It lists a few of many.
func stateTypes(states []*plan.State) []string {
	const most = 6
	names := make([]string, len(states))
	for i, state := range states {
		names[i] = state.Type()
	}
	if len(names) > most {
		names = append(names[:most-1], "another of the states below")
	}
	return names
}

// stateTypeDoc is the doc comment of the type of a state.
func stateTypeDoc(p *plan.Plan, state *plan.State) string {
	doc := fmt.Sprintf("%s is a state of %s.", state.Type(), state.Session.Name.Value)
	if state.Index == 0 {
		doc = fmt.Sprintf("%s is the initial state of %s.", state.Type(), state.Session.Name.Value)
	}
	if state.Next != nil {
		doc += fmt.Sprintf(" After %s in it, the session goes to %s.", shortDuration(state.After.Value), state.Next.Type())
	}
	return doc
}

// dataStruct is a struct of the fields of a session or a state.
func dataStruct(fields []plan.SessionField) *jen.Statement {
	return jen.StructFunc(func(g *jen.Group) {
		for _, f := range fields {
			field := g.Id(f.Name).Add(dataType(f)).Tag(map[string]string{"json": f.Field.Name.Value})
			if f.Default != nil {
				field.Add(remark(quoted(f.Default.Source.Value) + " until it is set"))
			}
		}
	})
}

// dataType is the Go type of a field of a session.
func dataType(f plan.SessionField) *jen.Statement {
	switch {
	case f.Go.IsSet():
		return jen.Id(f.Go.Value)
	case f.Type.Kind == spec.TypeDuration:
		return jen.Qual("time", "Duration")
	}
	return jen.Id(string(f.Type.Kind))
}

// toInterface declares the interface of the states to which a handler may go.
func (e *emitter) toInterface(h *plan.Handler) {
	if h.Guard == nil || len(h.Guard.To) == 0 {
		return
	}
	e.add(fmt.Sprintf("%s is a state to which %s may go: %s.", h.ToType(), h.Name.Value, diag.Or(stateTypes(h.Guard.To))),
		jen.Type().Id(h.ToType()).Interface(jen.Id(h.Guard.Session.Type()), jen.Id(markerOf(h.ToType())).Params()))
}

// expiryInput declares the parameter of the method for a time-out.
func (e *emitter) expiryInput(x *plan.Expiry) {
	e.add(fmt.Sprintf("%s is the parameter of %s. The event is that of the update with which the session entered the state.", x.Input(), x.Name.Value),
		jen.Type().Id(x.Input()).Struct(
			jen.Op("*").Add(telegram("Event")),
			jen.Id(x.Session.Name.Value).Id(plan.Narrow(x.Session, x.States)).Comment(stateDoc(x.Session, x.States)),
		))
}

// stateDoc is the comment behind the field with the state of a session.
func stateDoc(s *plan.Session, states []*plan.State) string {
	switch {
	case len(states) == 1:
		return "always this state"
	case len(states) == len(s.States):
		return "never nil"
	case len(states) == len(s.States)-1 && states[0].Index == 1:
		return "never nil: any state but " + s.States[0].Type()
	}
	return "never nil: " + diag.Or(stateTypes(states))
}

// sessionDoc says in which states a handler runs, and where it may go.
func sessionDoc(h *plan.Handler) string {
	doc := ""
	if g := h.Guard; g != nil {
		names := stateNames(g.States)
		switch {
		case len(names) == len(g.Session.States):
			names = []string{"any state"}
		case len(names) == len(g.Session.States)-1 && g.States[0].Index == 1 && len(names) > 1:
			names = []string{"any state but " + g.Session.States[0].Name.Value}
		}
		doc = fmt.Sprintf(" It runs if %s is in %s.", g.Session.Name.Value, diag.Or(names))
		if len(g.To) > 0 {
			doc += fmt.Sprintf(" It returns the next state, %s, or nil to stay.", diag.Or(stateNames(g.To)))
		}
	}
	if len(h.Data) > 0 {
		names := make([]string, len(h.Data))
		for i, s := range h.Data {
			names[i] = s.Name.Value
		}
		doc += fmt.Sprintf(" What it changes in %s is stored if it succeeds.", diag.And(names))
	}
	return doc
}

func stateNames(states []*plan.State) []string {
	names := make([]string, len(states))
	for i, state := range states {
		names[i] = state.Name.Value
	}
	return names
}

func expiryDoc(x *plan.Expiry) string {
	doc := fmt.Sprintf("%s runs when %s has been in %s for too long", x.Name.Value, x.Session.Name.Value, diag.Or(stateNames(x.States)))
	if len(x.States) == 1 {
		doc = fmt.Sprintf("%s runs when %s has been in %s for %s", x.Name.Value, x.Session.Name.Value, x.States[0].Name.Value, shortDuration(x.States[0].After.Value))
		return doc + fmt.Sprintf(". Then the session goes to %s. If it returns an error, it runs again after as long.", x.States[0].Next.Name.Value)
	}
	return doc + ". Then the session leaves the state. If it returns an error, it runs again later."
}

func migrationDoc(s *plan.Session) string {
	if len(s.States) > 0 {
		return fmt.Sprintf("Migrate%s returns the state for what an older version of %s has stored: the name of its state, and its fields as JSON, or nil "+
			"if it had none. An error leaves the data as they are, and the update is not handled.", s.Name.Value, s.Name.Value)
	}
	return fmt.Sprintf("Migrate%s returns the value for what an older version of %s has stored as JSON. An error leaves the data as they are, and the "+
		"update is not handled.", s.Name.Value, s.Name.Value)
}

// shortDuration is a duration without the zeros that [time.Duration.String] adds at the end.
func shortDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
