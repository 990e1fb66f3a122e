package plan

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
)

// shadowing are handlers before h that together get every update of one of its alternatives. Nil: they leave some.
func (r *resolver) shadowing(h *Handler, alternative alternative, before []*Handler) []*Handler {
	var shadowing []*Handler
	for _, q := range alternative.queries {
		i := slices.IndexFunc(before, func(earlier *Handler) bool { return r.shadows(earlier, h, alternative, q) })
		if i < 0 {
			return nil
		}
		if !slices.Contains(shadowing, before[i]) {
			shadowing = append(shadowing, before[i])
		}
	}
	return shadowing
}

// shadows reports whether an earlier handler is sure to get every update that matches the query of an alternative of a
// later one, and to end the matching there.
func (r *resolver) shadows(earlier, later *Handler, alternative alternative, q filter.Query) bool {
	// A find may find nothing, so a handler with one shadows nothing.
	if earlier.Continues(r.spec) || len(earlier.Find) > 0 || !whereCovers(earlier.Where, later.Where) || !chatsCover(earlier.In, later.In, q.Kind) ||
		!sessionsCover(earlier, later, q.Kind) {
		return false
	}
	if accepted := earlier.acceptedQueries(); len(accepted) > 0 {
		for _, implied := range impliedQueries(r.api, later, q) {
			if slices.ContainsFunc(accepted, func(p filter.Query) bool { return filter.Covers(p, implied) }) {
				return true
			}
		}
	}
	if !slices.Contains(earlier.Kinds, q.Kind) {
		return false
	}
	switch {
	case earlier.Command != nil && later.Command != nil:
		return commandShadows(earlier.Command, later.Command, alternative.command)
	case earlier.Callback != nil && later.Callback != nil && mayClash(earlier.Callback, later.Callback):
		if _, common := commonText(later.writes(), earlier.reads()); !common {
			return false
		}
		return isSubset(later.writes(), earlier.reads())
	case earlier.Text != nil && later.Text != nil:
		return textShadows(earlier.Text, later.Text)
	case earlier.Inline != nil && later.Inline != nil && later.Inline.Pattern != nil:
		return earlier.Inline.Pattern.Source.Value == later.Inline.Pattern.Source.Value
	}
	return false
}

// whereCovers reports whether the predicates of an earlier handler hold whenever those of a later one do.
func whereCovers(earlier, later []spec.Predicate) bool {
	for _, p := range earlier {
		if !slices.ContainsFunc(later, func(o spec.Predicate) bool { return o.Name.Value == p.Name.Value && o.Negated == p.Negated }) {
			return false
		}
	}
	return true
}

// acceptedQueries are queries whose every match the handler's trigger accepts.
func (h *Handler) acceptedQueries() []filter.Query {
	switch {
	case h.On != nil, h.Inline != nil && (h.Inline.Pattern == nil || matchesAll(h.Inline.Pattern.Tree)):
		return h.Queries
	case h.Text != nil && h.Text.Pattern != nil && matchesAll(h.Text.Pattern.Tree):
		queries := make([]filter.Query, len(h.Queries))
		for i, q := range h.Queries {
			queries[i] = filter.Query{Kind: q.Kind, Field: q.Kind.Payload.Field("text")}
		}
		return queries
	}
	return nil
}

// impliedQueries are queries that match every update that matches q and meets the handler's trigger.
func impliedQueries(api *model.API, h *Handler, q filter.Query) []filter.Query {
	var suffixes []string
	switch {
	case h.Command != nil && !h.Command.Caption.Value:
		suffixes = []string{":text"}
		if h.Command.Prefixes.Or(spec.DefaultPrefixes) == spec.DefaultPrefixes {
			suffixes = append(suffixes, ":entities:bot_command")
		}
	case h.Text != nil:
		suffixes = []string{":text"}
	case h.Callback != nil:
		suffixes = []string{":data"}
	}
	queries := []filter.Query{q}
	for _, suffix := range suffixes {
		more, err := filter.Parse(api, q.Kind.Name+suffix)
		if err == nil {
			queries = append(queries, more...)
		}
	}
	return queries
}

// commandShadows reports whether an earlier command accepts every use of a name of a later one.
func commandShadows(earlier, later *spec.Command, name string) bool {
	if later.Caption.Value && !earlier.Caption.Value {
		return false
	}
	if !slices.ContainsFunc(earlier.Names, func(n spec.String) bool { return n.Value == name }) {
		return false
	}
	prefixes := earlier.Prefixes.Or(spec.DefaultPrefixes)
	for _, prefix := range later.Prefixes.Or(spec.DefaultPrefixes) {
		if !strings.ContainsRune(prefixes, prefix) {
			return false
		}
	}
	return true
}

// textShadows reports whether an earlier text trigger accepts every text of a later one. Of two expressions it only
// knows that equal ones do.
func textShadows(earlier, later *spec.Text) bool {
	switch {
	case earlier.Pattern == nil:
		return later.Pattern == nil && earlier.Is.Value == later.Is.Value
	case later.Pattern != nil:
		return earlier.Pattern.Source.Value == later.Pattern.Source.Value
	}
	expression, err := regexp.Compile(earlier.Pattern.Source.Value)
	return err == nil && expression.MatchString(later.Is.Value)
}

// matchesAll reports whether the expression is sure to match any text: it matches the empty text at the beginning.
func matchesAll(tree *syntax.Regexp) bool {
	switch tree.Op {
	case syntax.OpEmptyMatch, syntax.OpStar, syntax.OpQuest, syntax.OpBeginText, syntax.OpBeginLine:
		return true
	case syntax.OpRepeat:
		return tree.Min == 0 || matchesAll(tree.Sub[0])
	case syntax.OpPlus, syntax.OpCapture:
		return matchesAll(tree.Sub[0])
	case syntax.OpConcat:
		return !slices.ContainsFunc(tree.Sub, func(sub *syntax.Regexp) bool { return !matchesAll(sub) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(tree.Sub, matchesAll)
	}
	return false
}
