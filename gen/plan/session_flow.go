package plan

import (
	"slices"

	"github.com/tggen/tggen/gen/diag"
)

// A Transition is a way from one state to another.
type Transition struct {
	From, To *State
	// Handler is the handler that may go the way. It is nil for a time-out.
	Handler *Handler
}

// Transitions are the ways between the states of a session, in the order of the states that they leave. Those of handlers come
// first, in the order of the handlers.
func (p *Plan) Transitions(s *Session) []Transition {
	var all []Transition
	for _, from := range s.States {
		for _, h := range p.Handlers {
			if h.Guard == nil || !slices.Contains(h.Guard.States, from) {
				continue
			}
			for _, to := range h.Guard.To {
				all = append(all, Transition{from, to, h})
			}
		}
		if from.Next != nil {
			all = append(all, Transition{From: from, To: from.Next})
		}
	}
	return all
}

// checkStates finds states that a session never enters, and states that it never leaves.
func (r *resolver) checkStates() {
	for _, s := range r.plan.Sessions {
		if len(s.States) < 2 || r.broken(s) {
			continue
		}
		transitions := r.plan.Transitions(s)
		reached := r.reached(s, transitions)
		for _, state := range s.States[1:] {
			entered := slices.ContainsFunc(transitions, func(t Transition) bool { return t.To == state && t.From != state })
			left := slices.ContainsFunc(transitions, func(t Transition) bool { return t.From == state && t.To != state })
			switch {
			case !entered && !state.External.Value:
				fault(r, CodeDeadState, state.Name, "name it in the key to of a handler, or write "+state.Name.Value+": {external: true} if other code enters it",
					"nothing leads to %s", state.Name.Value)
			case !reached[state]:
				fault(r, CodeDeadState, state.Name, "add a handler that leads from "+s.States[0].Name.Value+" to it",
					"%s cannot be reached from %s, the initial state", state.Name.Value, s.States[0].Name.Value)
			}
			if !left && !state.External.Value {
				fault(r, CodeDeadState, state.Name, "add a handler with `state: "+s.Name.Value+"."+state.Name.Value+"` and `to: "+s.States[0].Name.Value+"`",
					"nothing leads out of %s", state.Name.Value)
			}
		}
	}
}

// broken reports whether a handler names a state of the session that does not exist. Then its transitions are not known.
func (r *resolver) broken(s *Session) bool {
	return slices.ContainsFunc(r.found, func(d diag.Diagnostic) bool {
		return d.Code == CodeUnknownState || d.Code == CodeUnknownSession || d.Code == CodeOtherSession || d.Code == CodeTimeoutTarget
	}) || slices.ContainsFunc(s.States, func(state *State) bool { return state.After.IsSet() && state.Next == nil })
}

// reached are the states that can be reached from the initial one, or from a state that code outside handlers enters.
func (r *resolver) reached(s *Session, transitions []Transition) map[*State]bool {
	reached := map[*State]bool{s.States[0]: true}
	for _, state := range s.States {
		if state.External.Value {
			reached[state] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, t := range transitions {
			if reached[t.From] && !reached[t.To] {
				reached[t.To], grown = true, true
			}
		}
	}
	return reached
}
