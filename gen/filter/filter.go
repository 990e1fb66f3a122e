// Package filter reads filter queries, such as "message:entities:url", as grammY defines them, and says what they
// match and what they narrow an update to.
//
// A query has up to three levels: a kind of update, a field of it, and something about that field. Which there are
// follows from the types in package model alone: the valid queries are all kinds, all their fields, and per field
// what its type offers, as [Thirds] says. A level may be left out (":text", "message::url") or be a shortcut
// ("edit:media"); such a query stands for several, and [Parse] returns them all.
//
// A field is there when it is not the zero value of its Go type: the server leaves out what is false, zero or empty.
// Otherwise what matches is what matches in grammY, with one kind of exception: where grammY's own engine never
// matches a query that it accepts, because the third level is in a place that it does not look at, the query
// matches here. Those are message_reaction_count:reactions:emoji and its like, and subscription:state:active.
package filter

import (
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/model"
)

// A Query is a filter query with no level left to expand.
//
// It matches an update whose field for the kind is not nil, if Field is nil. Else, with the payload in hand, it
// matches if the payload's field meets Check, and, if there are Tests, if the field, or one of its elements where
// Each is set, meets any of them.
type Query struct {
	Kind  *model.Kind
	Field *model.Field // of the kind's payload; nil if the query has one level
	Third string       // empty if the query has fewer than three levels

	Check Check  // what the field must be before anything else is looked at; CheckNone if there is nothing to check
	Each  bool   // the tests are about the elements of the field, which is a slice
	Tests []Test // nil if the query has fewer than three levels
}

// String is the query as it is written.
func (q Query) String() string {
	switch {
	case q.Field == nil:
		return q.Kind.Name
	case q.Third == "":
		return q.Kind.Name + ":" + q.Field.JSON
	}
	return q.Kind.Name + ":" + q.Field.JSON + ":" + q.Third
}

// newQuery makes a query of the given levels. It is not ok if the field has no such third level.
func newQuery(kind *model.Kind, field *model.Field, third string) (q Query, ok bool) {
	q = Query{Kind: kind, Field: field, Third: third}
	if field == nil {
		return q, true
	}
	if third == "" {
		q.Check = presence(field.Type)
		return q, true
	}
	q.Each = field.Type.IsSlice()
	q.Tests = testsFor(field, third)
	if field.Type.Shape == model.ShapePointer {
		q.Check = CheckNotNil
	}
	return q, q.Tests != nil
}

// Valid are all queries of an API that have no level left to expand, sorted as text.
func Valid(api *model.API) []Query {
	var all []Query
	add := func(kind *model.Kind, field *model.Field, third string) {
		q, _ := newQuery(kind, field, third)
		all = append(all, q)
	}
	for _, kind := range api.Kinds {
		add(kind, nil, "")
		for _, field := range kind.Payload.Fields {
			add(kind, field, "")
			for _, third := range Thirds(field) {
				add(kind, field, third)
			}
		}
	}
	slices.SortFunc(all, func(a, b Query) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// Covers reports whether every update that b matches is matched by a too.
func Covers(a, b Query) bool {
	switch {
	case a.Kind != b.Kind:
		return false
	case a.Field == nil:
		return true
	case a.Field != b.Field:
		return false
	}
	return a.Third == "" || a.Third == b.Third
}
