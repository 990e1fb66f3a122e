// Package plan is the resolved bot: which handler an update of each kind reaches and in which order, what each
// handler is given, what keeps updates in order, and the proofs that all of that makes sense.
//
// [Resolve] is a pure function. A plan without diagnostics is valid: package emit prints it without further checks.
package plan

import (
	"strings"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/gen/usercode"
)

// A Plan is a resolved spec.
type Plan struct {
	Spec *spec.Spec
	API  *model.API
	// Package is the name of the package that the code is generated for.
	Package string
	// Timeout is the bot's time-out.
	Timeout Timeout
	// Retry is the bot's retry.
	Retry Retry
	// Author is what that package declares. Nil: that is not known.
	Author *usercode.Facts
	// Handlers are those of the spec, in its order.
	Handlers []*Handler
	// Sessions are those of the spec, in its order.
	Sessions []*Session
	// Expiries are the methods for time-outs of states, in the order in which the spec first names them.
	Expiries []*Expiry
	// Kinds are the update kinds with a handler, in the order of the API.
	Kinds []*Kind
	// Allowed are the names of the update kinds to ask the server for, in the order of the API.
	Allowed []string
	// Methods are what the author's type must have, in the order in which the spec first names them.
	Methods []Method
}

// A Handler is a handler of the spec, with what its method is given.
type Handler struct {
	*spec.Handler
	Index int // from 0, in the order of the spec
	// Timeout is the handler's time-out. What the handler leaves out is the bot's.
	Timeout Timeout
	// Retry is the handler's retry. What the handler leaves out is the bot's.
	Retry Retry
	// Kinds are the update kinds that the handler can get, in the order of the API.
	Kinds []*model.Kind
	// Queries are the filter queries of the trigger `on`, with shortcuts expanded, in the order of the spec. Any other
	// trigger has one query for each kind: the kind alone.
	Queries []filter.Query
	// Parts are what every update has that the handler gets. They are fields of the input, besides the event. The first
	// is the payload, unless the payloads of the handler's kinds have several types.
	Parts []filter.Part
	// Fields are the arguments, the fields of the callback data, or the named groups. They become Args, Data or Groups of
	// the input.
	Fields []Field
	// Finds are fields of the input, besides the event and the parts.
	Finds []Find
	// Guard is the session and its states in which the handler runs. Nil: the handler has no key state.
	Guard *Guard
	// Data are the sessions without states that the handler uses. They are fields of the input, besides that of the guard.
	Data []*Session

	expanded [][]filter.Query // for each query of the trigger `on`, the queries that it stands for
	// written and read accept the handler's callback data. They are nil until the first call of writes and reads.
	written, read *automaton
}

// A Field is a field of a handler's Args, Data or Groups.
type Field struct {
	Name string // in Go
	// Enum is the name of the generated type of an enum. It is empty for any other field.
	Enum string
	*spec.Field
}

// A Find is a field of a handler's input that a method of the author's looks for.
type Find struct {
	Name string // in Go
	spec.Find
}

// Constant is the name of the generated constant for a value of an enum: OrderSizeExtraLarge for extra-large.
func (f Field) Constant(value string) string {
	return f.Enum + spec.GoName(strings.ReplaceAll(value, "-", "_"))
}

// Input is the name of the type that the handler's method takes.
func (h *Handler) Input() string { return h.Name.Value + "Input" }

// FieldsType is the name of the type of the handler's arguments, callback data or named groups.
func (h *Handler) FieldsType() string {
	switch {
	case h.Command != nil:
		return h.Name.Value + "Args"
	case h.Callback != nil:
		return h.Name.Value + "Data"
	}
	return h.Name.Value + "Groups"
}

// Continues reports whether later handlers are tried after the handler ran.
func (h *Handler) Continues(s *spec.Spec) bool {
	return h.Continue.Value || s.Match.Or(spec.DefaultMatch) == spec.MatchAll
}

// A Kind is an update kind with the handlers that an update of it may reach.
type Kind struct {
	*model.Kind
	// Routes are in the order in which they are tried.
	Routes []*Route
	// Constraints are the bot's for this kind. They hold for updates that no handler with constraints of its own gets.
	Constraints []spec.Constraint
}

// Overridden reports whether a handler of the kind has other constraints than the bot. If so, an update has to be matched
// before its constraints are known.
func (k *Kind) Overridden() bool {
	for _, r := range k.Routes {
		if !SameConstraints(r.Constraints, k.Constraints) {
			return true
		}
	}
	return false
}

// A Route is a handler as updates of one kind reach it.
type Route struct {
	*Handler
	// Queries are those of the handler that concern the kind.
	Queries []filter.Query
	// Constraints are those of an update that the handler may get.
	Constraints []spec.Constraint
}

// SameConstraints reports whether two lists have the same constraints, in the same order.
func SameConstraints(a, b []spec.Constraint) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name.Value != b[i].Name.Value {
			return false
		}
	}
	return true
}
