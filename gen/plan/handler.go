package plan

import (
	"errors"
	"slices"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
)

// handler adds a handler to the plan, with all that follows from its own lines of the spec.
func (r *resolver) handler(index int, h *spec.Handler) {
	handler := &Handler{Handler: h, Index: index, Timeout: r.plan.Timeout.overriddenBy(h.Timeout), Retry: r.plan.Retry.overriddenBy(h.Retry)}
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
	r.guard(handler)
	for _, f := range h.Find {
		handler.Finds = append(handler.Finds, Find{Name: spec.GoName(f.Name.Value), Find: f})
	}
	if len(handler.Queries) > 0 {
		handler.Parts = filter.Shared(handler.Queries)
	}
}

func (h *Handler) addKind(api *model.API, name string) {
	h.Queries = append(h.Queries, filter.Query{Kind: api.Kind(name)})
}

func (h *Handler) addField(f *spec.Field) {
	field := Field{Name: spec.GoName(f.Name.Value), Field: f}
	if f.Type.Kind == spec.TypeEnum {
		field.Enum = h.Name.Value + field.Name
	}
	h.Fields = append(h.Fields, field)
}

// addGroups adds a field for each named group. It is a text, and optional if the expression can match without the group.
func (h *Handler) addGroups(p *spec.Pattern) {
	if p == nil {
		return
	}
	for _, g := range p.Groups {
		h.addField(&spec.Field{Name: g.Name, Type: spec.Type{Kind: spec.TypeString, Pos: g.Name.Pos}, Optional: g.Optional})
	}
}

// query adds a filter query of the trigger `on`, or the queries that a shortcut stands for.
func (r *resolver) query(h *Handler, q spec.Query) {
	queries, err := filter.Parse(r.api, q.Text.Value)
	h.expanded = append(h.expanded, nil)
	var bad *filter.Error
	if errors.As(err, &bad) {
		at := q.Text
		hint := r.queryHint(q, bad.Suggestion)
		if q.Text.End-q.Text.Pos.Column+1 == len([]rune(q.Text.Value)) { // the file has the text without quotes or escapes
			at.End = at.Pos.Column + bad.End - 1
			at.Pos.Column += bad.Start
		}
		fault(r, CodeUnknownQuery, at, hint, "%s", bad.Message)
		return
	}
	possible := func(query filter.Query) bool { return chatsAllow(h.In, query.Kind) }
	if slices.ContainsFunc(queries, possible) { // a shortcut may stand for kinds that never come from the chats of `in`
		queries = slices.DeleteFunc(queries, func(query filter.Query) bool { return !possible(query) })
	}
	h.expanded[len(h.expanded)-1] = queries
	for _, query := range queries {
		if !slices.ContainsFunc(h.Queries, func(o filter.Query) bool { return o.String() == query.String() }) {
			h.Queries = append(h.Queries, query)
		}
	}
}
