// Package filter reads filter queries, such as "message:entities:url", as grammY defines them. It tells which updates a
// query matches, and which parts of an update are certain to be there after a match.
//
// A query has up to three levels: a kind of update, a field of that kind's payload, and something about that field. The
// types in package model determine which queries are valid: the first level can be any kind, the second any field of its
// payload, and the third any name that [Thirds] returns for the field. A level can be left out (":text", "message::url") or
// be a shortcut ("edit:media"). Such a query stands for several queries, and [Parse] returns them all.
//
// A field counts as present if it is not the zero value of its Go type, because the server leaves out what is false, zero or
// empty. A query matches the updates that it matches in grammY, with one kind of exception: grammY accepts
// message_reaction_count:reactions:emoji, subscription:state:active and a few like them, but never matches them, because its
// engine does not look where their third level is. Here they match.
package filter

import (
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/model"
)

// A Query is a filter query without shortcuts and without levels left out.
//
// It matches an update if all of these hold: the update's field for Kind is not nil; if Field is set, that field of the
// payload meets Check; if there are Tests, the field, or one of its elements if Each is set, meets any of them.
type Query struct {
	Kind  *model.Kind
	Field *model.Field // of the kind's payload; nil if the query has one level
	Third string       // empty if the query has fewer than three levels

	Check Check  // what the field must be before Tests are tried; CheckNone if nothing is required
	Each  bool   // the tests are about the elements of the field, which is a slice
	Tests []Test // nil if the query has fewer than three levels
}

// String returns the query as it is written.
func (q Query) String() string {
	switch {
	case q.Field == nil:
		return q.Kind.Name
	case q.Third == "":
		return q.Kind.Name + ":" + q.Field.JSON
	}
	return q.Kind.Name + ":" + q.Field.JSON + ":" + q.Third
}

// newQuery makes a query of the given levels. ok is false if the field has no such third level.
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

// Valid returns all queries of an API, without those that have shortcuts or levels left out. They are sorted as text.
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

// Covers reports whether a matches every update that b matches.
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
