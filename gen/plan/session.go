package plan

import (
	"cmp"
	"slices"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec"
)

// A Session is a session of the spec. It has either States or Data.
type Session struct {
	*spec.Session
	// States are the states; the first is the initial one.
	States []*State
	// Data are the fields of a session without states.
	Data []SessionField
}

// A State is a state of a session.
type State struct {
	*spec.State
	Session *Session
	Index   int // from 0, in the order of the spec
	Data    []SessionField
	// Next is the state to which a time-out leads. It is nil if the state has none.
	Next *State
}

// A SessionField is a field of a session or of a state.
type SessionField struct {
	Name string // in Go
	spec.SessionField
}

// A Guard is the key state of a handler, and its key to.
type Guard struct {
	Session *Session
	// States are those in which the handler runs, in the order of the session.
	States []*State
	// To are the states to which the handler may go, in the order of the session. Empty: it leaves the state as it is.
	To []*State
}

// An Expiry is a method that runs when the time of a state is over.
type Expiry struct {
	Name    spec.String
	Session *Session
	// States are those whose time-out runs the method.
	States []*State
}

// Type is the name of the generated type of the session's value: the interface of its states, or the struct of its fields.
func (s *Session) Type() string {
	if len(s.States) > 0 {
		return s.Name.Value + "State"
	}
	return s.Name.Value
}

// Expires reports whether a state of the session has a time-out.
func (s *Session) Expires() bool {
	return slices.ContainsFunc(s.States, func(state *State) bool { return state.Next != nil })
}

// Type is the name of the generated type of the state.
func (s *State) Type() string { return s.Session.Name.Value + s.Name.Value }

// Constant is the name of the generated constant with the index of the state.
func (s *State) Constant() string { return "state" + s.Type() }

// To is the name of the generated interface of the states to which a handler may go.
func (h *Handler) ToType() string { return h.Name.Value + "To" }

// Input is the name of the type that the method takes.
func (e *Expiry) Input() string { return e.Name.Value + "Input" }

// Narrow is the Go type of the session's value in one of the states: the state's own type, or the interface if there are several.
func Narrow(session *Session, states []*State) string {
	if len(states) == 1 {
		return states[0].Type()
	}
	return session.Type()
}

// Touched are the sessions that the handler uses, that of its states first.
func (h *Handler) Touched() []*Session {
	var all []*Session
	if h.Guard != nil {
		all = append(all, h.Guard.Session)
	}
	return append(all, h.Data...)
}

// Session is the session with the given name, or nil.
func (p *Plan) Session(name string) *Session {
	i := slices.IndexFunc(p.Sessions, func(s *Session) bool { return s.Name.Value == name })
	if i < 0 {
		return nil
	}
	return p.Sessions[i]
}

// State is the state with the given name, or nil.
func (s *Session) State(name string) *State {
	i := slices.IndexFunc(s.States, func(state *State) bool { return state.Name.Value == name })
	if i < 0 {
		return nil
	}
	return s.States[i]
}

// stateNames are the names of the states, for hints.
func (s *Session) stateNames() []string {
	names := make([]string, len(s.States))
	for i, state := range s.States {
		names[i] = state.Name.Value
	}
	return names
}

// sessions adds the sessions of the spec to the plan.
func (r *resolver) sessions() {
	for _, s := range r.spec.Sessions {
		if r.plan.Session(s.Name.Value) != nil {
			continue // the spec's parser has reported the second session of this name
		}
		session := &Session{Session: s, Data: sessionFields(s.Fields)}
		for i, state := range s.States {
			session.States = append(session.States, &State{State: state, Session: session, Index: i, Data: sessionFields(state.Fields)})
		}
		r.plan.Sessions = append(r.plan.Sessions, session)
		for _, state := range session.States {
			r.timeout(state)
		}
	}
}

func sessionFields(fields []spec.SessionField) []SessionField {
	all := make([]SessionField, len(fields))
	for i, f := range fields {
		all[i] = SessionField{Name: spec.GoName(f.Name.Value), SessionField: f}
	}
	return all
}

// timeout resolves the time-out of a state.
func (r *resolver) timeout(state *State) {
	if !state.After.IsSet() || !state.To.IsSet() {
		return
	}
	next := state.Session.State(state.To.Value)
	switch {
	case next == nil:
		r.unknownState(state.To, state.Session)
		return
	case next == state:
		fault(r, CodeTimeoutTarget, state.To, "name another state, such as "+state.Session.States[0].Name.Value, "the time-out of %s leads back to %s", state.Name.Value, next.Name.Value)
		return
	case len(next.Data) > 0:
		d := fault(r, CodeTimeoutTarget, state.To, "name a state without fields, such as "+state.Session.States[0].Name.Value,
			"a time-out cannot lead to %s: nothing would set its field %s", next.Name.Value, next.Data[0].Field.Name.Value)
		d.Related = []diag.Related{{Pos: next.Data[0].Field.Name.Pos, Message: "the field"}}
		return
	}
	state.Next = next
	if !state.Handler.IsSet() {
		return
	}
	for _, e := range r.plan.Expiries {
		if e.Name.Value == state.Handler.Value {
			if e.Session == state.Session { // the spec's parser reports a method of two sessions
				e.States = append(e.States, state)
			}
			return
		}
	}
	r.plan.Expiries = append(r.plan.Expiries, &Expiry{Name: state.Handler, Session: state.Session, States: []*State{state}})
}

// guard resolves the keys state, to and session of a handler.
func (r *resolver) guard(h *Handler) {
	for _, name := range h.Handler.Session {
		session := r.plan.Session(name.Value)
		switch {
		case session == nil:
			r.unknownSession(name)
		case len(session.States) > 0:
			once(r, CodeSessionKind, name, "write `state: "+session.Name.Value+"."+session.States[0].Name.Value+"`, with the states in which the handler runs",
				"%s has states, and the key session is for sessions without", name.Value)
		default:
			h.Data = append(h.Data, session)
		}
	}
	for _, ref := range h.State {
		r.guardState(h, ref)
	}
	if h.Guard == nil {
		if len(h.To) > 0 && len(h.State) == 0 {
			fault(r, CodeNeedsState, h.To[0].Text, "add the states that it comes from, such as `state: Signup.AskName`", "to works only with the key state")
		}
		return
	}
	for _, ref := range h.To {
		r.target(h, ref)
	}
	byIndex := func(a, b *State) int { return cmp.Compare(a.Index, b.Index) }
	slices.SortFunc(h.Guard.States, byIndex)
	slices.SortFunc(h.Guard.To, byIndex)
	h.Guard.States, h.Guard.To = slices.Compact(h.Guard.States), slices.Compact(h.Guard.To)
}

// guardState adds what one element of the key state names to the guard of a handler.
func (r *resolver) guardState(h *Handler, ref spec.StateRef) {
	session := r.plan.Session(ref.Session.Value)
	switch {
	case session == nil:
		r.unknownSession(ref.Session)
		return
	case len(session.States) == 0:
		once(r, CodeSessionKind, ref.Text, "write `session: "+session.Name.Value+"`", "%s has no states", session.Name.Value)
		return
	case h.Guard != nil && h.Guard.Session != session:
		once(r, CodeOtherSession, ref.Text, "write two handlers, or a predicate that looks at one of the sessions",
			"a handler has the states of one session, and this is one of %s beside those of %s", session.Name.Value, h.Guard.Session.Name.Value)
		return
	}
	states := session.States[1:]
	if ref.State.Value != spec.AnyState {
		state := session.State(ref.State.Value)
		if state == nil {
			r.unknownState(ref.State, session)
			return
		}
		states = []*State{state}
	}
	if h.Guard == nil {
		h.Guard = &Guard{Session: session}
	}
	h.Guard.States = append(h.Guard.States, states...)
}

// target adds a state to those that a handler may go to.
func (r *resolver) target(h *Handler, ref spec.StateRef) {
	session := h.Guard.Session
	if ref.Session.IsSet() && ref.Session.Value != session.Name.Value {
		if r.plan.Session(ref.Session.Value) == nil {
			r.unknownSession(ref.Session)
			return
		}
		d := fault(r, CodeOtherSession, ref.Text, "name a state of "+session.Name.Value+"; to change another session, call Update"+ref.Session.Value+" in the handler",
			"%s goes from a state of %s to a state of %s", h.Name.Value, session.Name.Value, ref.Session.Value)
		d.Related = []diag.Related{{Pos: h.State[0].Text.Pos, Message: "the state that it comes from"}}
		return
	}
	state := session.State(ref.State.Value)
	if state == nil {
		r.unknownState(ref.State, session)
		return
	}
	h.Guard.To = append(h.Guard.To, state)
}

func (r *resolver) unknownSession(name spec.String) {
	var names []string
	for _, s := range r.spec.Sessions {
		names = append(names, s.Name.Value)
	}
	if slices.Contains(names, name.Value) {
		return
	}
	hint := "add it to the list sessions: - {name: " + name.Value + ", key: user, fields: [lang: string]}"
	if len(names) > 0 {
		hint = "the sessions are " + diag.And(names)
		if near := diag.DidYouMean(name.Value, names); near != "" {
			hint = near
		}
	}
	once(r, CodeUnknownSession, name, hint, "there is no session %s", name.Value)
}

func (r *resolver) unknownState(name spec.String, session *Session) {
	names := session.stateNames()
	hint := diag.DidYouMean(name.Value, names)
	const few = 8
	switch {
	case hint != "":
	case len(names) <= few:
		hint = "its states are " + diag.And(names)
	default:
		hint = "add it to the states of " + session.Name.Value
	}
	once(r, CodeUnknownState, name, hint, "%s has no state %s", session.Name.Value, name.Value)
}

// once reports a mistake like fault, unless it has been reported at this place already: the handlers of a group share the group's keys.
func once[T any](r *resolver, code string, at spec.Value[T], hint, format string, args ...any) {
	if !slices.ContainsFunc(r.found, func(d diag.Diagnostic) bool { return d.Pos == at.Pos && d.Code == code }) {
		fault(r, code, at, hint, format, args...)
	}
}
