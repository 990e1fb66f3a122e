package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/gen/usercode"
)

// Input is what a plan is made of.
type Input struct {
	Spec *spec.Spec
	API  *model.API
	// Author is what the author's package declares. Nil: nothing is known of it, and it is called main.
	Author *usercode.Facts
	// Private are the names that the generated file declares in the package besides those that the plan knows.
	Private []string
}

// Resolve makes a plan. If there are diagnostics, the plan is not to be printed.
func Resolve(in Input) (*Plan, diag.List) {
	r := &resolver{spec: in.Spec, api: in.API, plan: &Plan{Spec: in.Spec, API: in.API, Package: "main", Author: in.Author}}
	if in.Author != nil {
		r.plan.Package = in.Author.Package
	}
	for i, h := range in.Spec.Handlers {
		r.handler(i, h)
	}
	r.constraintKinds()
	r.allowed()
	r.kinds()
	r.methods()
	r.prove()
	r.author(in)
	return r.plan, r.found
}

type resolver struct {
	spec  *spec.Spec
	api   *model.API
	plan  *Plan
	found diag.List
	// declared are the names of the generated file that come of the spec, and what they come of.
	declared map[string]spec.String
}

// fault reports a mistake at a scalar of the spec.
func fault[T any](r *resolver, code string, at spec.Value[T], hint, format string, args ...any) *diag.Diagnostic {
	r.found = append(r.found, diag.Diagnostic{
		Pos: at.Pos, End: at.End, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint,
	})
	return &r.found[len(r.found)-1]
}

func (r *resolver) handler(index int, h *spec.Handler) {
	handler := &Handler{Handler: h, Index: index}
	r.plan.Handlers = append(r.plan.Handlers, handler)
	switch {
	case h.Command != nil:
		handler.addKind(r.api, "message")
		if h.Command.Edited.Value {
			handler.addKind(r.api, "edited_message")
		}
		for i := range h.Command.Args {
			handler.addField(&h.Command.Args[i])
		}
	case h.Callback != nil:
		handler.addKind(r.api, "callback_query")
		for _, f := range h.Callback.Fields() {
			handler.addField(f)
		}
	case h.Text != nil:
		handler.addKind(r.api, "message")
		handler.addGroups(h.Text.Pattern)
	case h.Inline != nil:
		handler.addKind(r.api, "inline_query")
		handler.addGroups(h.Inline.Pattern)
	default:
		for _, q := range h.On {
			r.query(handler, q)
		}
	}
	for _, kind := range r.api.Kinds {
		if slices.ContainsFunc(handler.Queries, func(q filter.Query) bool { return q.Kind == kind }) {
			handler.Kinds = append(handler.Kinds, kind)
		}
	}
	if len(handler.Queries) > 0 {
		handler.Parts = filter.Shared(handler.Queries)
	}
}

func (h *Handler) addKind(api *model.API, name string) {
	h.Queries = append(h.Queries, filter.Query{Kind: api.Kind(name)})
}

func (h *Handler) addField(f *spec.Field) {
	field := Field{Name: GoName(f.Name.Value), Field: f}
	if f.Type.Kind == spec.TypeEnum {
		field.Enum = h.Name.Value + field.Name
	}
	h.Fields = append(h.Fields, field)
}

// addGroups makes the named groups fields: texts, optional where the expression can match without them.
func (h *Handler) addGroups(p *spec.Pattern) {
	if p == nil {
		return
	}
	for _, g := range p.Groups {
		h.addField(&spec.Field{Name: g.Name, Type: spec.Type{Kind: spec.TypeString, Pos: g.Name.Pos}, Optional: g.Optional})
	}
}

// query adds what a filter query of the trigger on stands for.
func (r *resolver) query(h *Handler, q spec.Query) {
	queries, err := filter.Parse(r.api, q.Text.Value)
	h.expanded = append(h.expanded, nil)
	var bad *filter.Error
	if errors.As(err, &bad) {
		at := q.Text
		hint := ""
		if bad.Suggestion != "" {
			hint = fmt.Sprintf("did you mean %s?", bad.Suggestion)
		}
		if q.Text.End-q.Text.Pos.Column+1 == len([]rune(q.Text.Value)) { // the text stands in the file as it is
			at.End = at.Pos.Column + bad.End - 1
			at.Pos.Column += bad.Start
		}
		fault(r, CodeUnknownQuery, at, hint, "%s", bad.Message)
		return
	}
	possible := func(query filter.Query) bool { return canHold(h.In, query.Kind) }
	if slices.ContainsFunc(queries, possible) { // a shortcut has kinds that the chats of in leave out
		queries = slices.DeleteFunc(queries, func(query filter.Query) bool { return !possible(query) })
	}
	h.expanded[len(h.expanded)-1] = queries
	for _, query := range queries {
		if !slices.ContainsFunc(h.Queries, func(o filter.Query) bool { return o.String() == query.String() }) {
			h.Queries = append(h.Queries, query)
		}
	}
}

// kinds gathers, for each update kind, the handlers that an update of it may reach.
func (r *resolver) kinds() {
	for _, kind := range r.api.Kinds {
		k := &Kind{Kind: kind, Constraints: r.botConstraints(kind)}
		for _, h := range r.plan.Handlers {
			route := &Route{Handler: h, Constraints: k.Constraints}
			for _, q := range h.Queries {
				if q.Kind == kind {
					route.Queries = append(route.Queries, q)
				}
			}
			if len(route.Queries) == 0 {
				continue
			}
			if h.Handler.Constraints != nil {
				route.Constraints = forKind(h.Handler.Constraints, kind)
			}
			k.Routes = append(k.Routes, route)
		}
		if len(k.Routes) > 0 {
			r.plan.Kinds = append(r.plan.Kinds, k)
		}
	}
}

func (r *resolver) botConstraints(kind *model.Kind) []spec.Constraint {
	if r.spec.Constraints == nil {
		return []spec.Constraint{{Name: spec.String{Value: spec.DefaultConstraint}}}
	}
	return forKind(r.spec.Constraints, kind)
}

// forKind are the constraints of a kind, without none.
func forKind(c *spec.Constraints, kind *model.Kind) []spec.Constraint {
	list := c.Default
	for _, k := range c.ByKind {
		if k.Kind.Value == kind.Name {
			list = k.Constraints
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(c spec.Constraint) bool { return c.Name.Value == spec.ConstraintNone })
}

// allowed decides which kinds to ask the server for.
func (r *resolver) allowed() {
	needed := func(name string) bool {
		return slices.ContainsFunc(r.plan.Handlers, func(h *Handler) bool {
			return slices.ContainsFunc(h.Kinds, func(k *model.Kind) bool { return k.Name == name })
		})
	}
	listed := r.spec.AllowedUpdates
	if listed != nil && !listed.Auto {
		for _, k := range listed.Kinds {
			r.knownKind(k)
		}
		needed = func(name string) bool {
			return slices.ContainsFunc(listed.Kinds, func(k spec.String) bool { return k.Value == name })
		}
	}
	for _, kind := range r.api.Kinds {
		if needed(kind.Name) {
			r.plan.Allowed = append(r.plan.Allowed, kind.Name)
		}
	}
}

func (r *resolver) constraintKinds() {
	check := func(c *spec.Constraints) {
		if c == nil {
			return
		}
		for _, k := range c.ByKind {
			r.knownKind(k.Kind)
		}
	}
	check(r.spec.Constraints)
	for _, h := range r.spec.Handlers {
		check(h.Constraints)
	}
}

func (r *resolver) knownKind(name spec.String) {
	if r.api.Kind(name.Value) == nil {
		fault(r, CodeUnknownKind, name, diag.DidYouMean(name.Value, r.api.KindNames()), "there is no update kind %q", name.Value)
	}
}

// methods lists what the author's type must have.
func (r *resolver) methods() {
	add := func(name spec.String, role Role, h *Handler) {
		if !name.IsSet() || slices.ContainsFunc(r.plan.Methods, func(m Method) bool { return m.Name.Value == name.Value }) {
			return
		}
		r.plan.Methods = append(r.plan.Methods, Method{name, role, h})
	}
	constraints := func(c *spec.Constraints) {
		if c == nil {
			return
		}
		list := slices.Clone(c.Default)
		for _, k := range c.ByKind {
			list = append(list, k.Constraints...)
		}
		for _, one := range list {
			if one.Method {
				add(one.Name, RoleConstraint, nil)
			}
		}
	}
	for _, h := range r.plan.Handlers {
		add(h.Name, RoleHandler, h)
	}
	constraints(r.spec.Constraints)
	for _, h := range r.plan.Handlers {
		constraints(h.Handler.Constraints)
		for _, p := range h.Where {
			add(p.Name, RolePredicate, nil)
		}
	}
	for _, m := range r.spec.Middleware {
		add(m, RoleMiddleware, nil)
	}
	add(r.spec.OnError, RoleOnError, nil)
	add(r.spec.OnTimeout, RoleOnTimeout, nil)
	add(r.spec.OnUsage, RoleOnUsage, nil)
}

// GoName is a name of the spec as an exported Go identifier: item_id is ItemID.
func GoName(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		switch upper := strings.ToUpper(word); {
		case word == "":
		case slices.Contains([]string{"ID", "URL", "API"}, upper):
			b.WriteString(upper)
		default:
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	if b.Len() == 0 {
		return "X"
	}
	return b.String()
}
