package plan

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
)

// A share is a part of what a handler gets that stands in the spec on its own: a query, a name of a command, or all of it.
type share struct {
	at      spec.String // the query or the name
	queries []filter.Query
	command string
}

// shares are the shares of a handler, at least one unless its queries are wrong.
func (h *Handler) shares() []share {
	switch {
	case h.On != nil:
		var all []share
		for i, queries := range h.expanded {
			if len(queries) > 0 {
				all = append(all, share{at: h.On[i].Text, queries: queries})
			}
		}
		return all
	case h.Command != nil:
		all := make([]share, len(h.Command.Names))
		for i, name := range h.Command.Names {
			all[i] = share{at: name, queries: h.Queries, command: name.Value}
		}
		return all
	}
	return []share{{at: h.Name, queries: h.Queries}}
}

// reachable finds handlers, and shares of them, that no update reaches: because none is asked for, because none comes of
// such a chat, or because the handlers before leave nothing.
func (r *resolver) reachable() {
	for i, h := range r.plan.Handlers {
		shares := h.shares()
		if len(shares) == 0 || r.chats(h) || r.notAllowed(h, shares) {
			continue
		}
		takers := make([][]*Handler, len(shares))
		var all []*Handler
		dead := 0
		for j, s := range shares {
			if takers[j] = r.takers(h, s, r.plan.Handlers[:i]); takers[j] == nil {
				continue
			}
			dead++
			for _, t := range takers[j] {
				if !slices.Contains(all, t) {
					all = append(all, t)
				}
			}
		}
		if dead == len(shares) {
			r.unreachable(h, h.Name, h.Name.Value+" is never reached", "every update it would get", all, "")
			continue
		}
		for j, s := range shares {
			if takers[j] != nil {
				r.unreachable(h, s.at, fmt.Sprintf("%s never reaches %s", s.at.Value, h.Name.Value), "every such update", takers[j],
					"leave it out, or ")
			}
		}
		r.redundant(h, shares)
	}
}

func (r *resolver) unreachable(h *Handler, at spec.String, what, which string, takers []*Handler, or string) {
	names := make([]string, len(takers))
	related := make([]diag.Related, len(takers))
	for i, t := range takers {
		names[i] = t.Name.Value
		related[i] = diag.Related{Pos: t.Name.Pos, Message: t.Name.Value + " is tried first"}
	}
	verb, hint := "takes", or+fmt.Sprintf("move %s before %s, or give %s `continue: true`", h.Name.Value, names[0], names[0])
	if len(names) > 1 {
		verb, hint = "take", or+fmt.Sprintf("move %s before them", h.Name.Value)
	}
	d := fault(r, CodeUnreachable, at, hint, "%s: %s %s %s", what, strings.Join(names, " and "), verb, which)
	d.Related = related
}

// notAllowed finds what allowed_updates keeps out. It reports whether that is all of the handler.
func (r *resolver) notAllowed(h *Handler, shares []share) bool {
	out := func(q filter.Query) bool { return !slices.Contains(r.plan.Allowed, q.Kind.Name) }
	keptOut := func(s share) bool {
		return !slices.ContainsFunc(s.queries, func(q filter.Query) bool { return !out(q) })
	}
	report := func(at spec.String, what string, kind *model.Kind) {
		d := fault(r, CodeNotAllowed, at, fmt.Sprintf("add %s to allowed_updates, or leave it on auto", kind.Name),
			"no update that allowed_updates lets through reaches %s", what)
		d.Related = []diag.Related{{Pos: r.spec.AllowedUpdates.Pos, Message: "allowed_updates"}}
	}
	if !slices.ContainsFunc(shares, func(s share) bool { return !keptOut(s) }) {
		report(h.Name, h.Name.Value, h.Kinds[0])
		return true
	}
	for _, s := range shares {
		if h.On != nil && keptOut(s) {
			report(s.at, s.at.Value, s.queries[0].Kind)
		}
	}
	return false
}

// chats finds conditions on the chat that never hold. It reports whether no update meets them.
func (r *resolver) chats(h *Handler) bool {
	if len(h.In) == 0 {
		return false
	}
	if !slices.ContainsFunc(h.Kinds, func(k *model.Kind) bool { return len(k.Chat) > 0 }) {
		fault(r, CodeNoChat, h.In[0], "", "%s has no chat, so in never holds", h.Kinds[0].Name)
		return true
	}
	found := len(r.found)
	for _, in := range h.In {
		if !slices.ContainsFunc(h.Kinds, func(k *model.Kind) bool { return canHold([]spec.Value[spec.ChatType]{in}, k) }) {
			types, _ := chatsOf(h.Kinds[0])
			fault(r, CodeNoChat, in, "", "%s never comes from a %s: its chats are %s", h.Kinds[0].Name, in.Value, chatNames(types))
		}
	}
	for i, queries := range h.expanded {
		if len(queries) > 0 && !slices.ContainsFunc(queries, func(q filter.Query) bool { return canHold(h.In, q.Kind) }) {
			fault(r, CodeNoChat, h.On[i].Text, "", "%s comes from none of the chats of in", queries[0].Kind.Name)
		}
	}
	return len(r.found) > found
}

func chatNames(types []spec.ChatType) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}

// redundant finds a query of a handler that another of its queries says already.
func (r *resolver) redundant(h *Handler, shares []share) {
	if h.On == nil {
		return
	}
	for i, s := range shares {
		for j, other := range shares {
			if i == j || !coversAll(other.queries, s.queries) || i < j && coversAll(s.queries, other.queries) {
				continue
			}
			d := fault(r, CodeRedundant, s.at, "leave it out", "%s says nothing that %s does not", s.at.Value, other.at.Value)
			d.Related = []diag.Related{{Pos: other.at.Pos, Message: "the wider one"}}
			break
		}
	}
}

// coversAll reports whether every update that matches any of b matches any of a.
func coversAll(a, b []filter.Query) bool {
	for _, q := range b {
		if !slices.ContainsFunc(a, func(p filter.Query) bool { return filter.Covers(p, q) }) {
			return false
		}
	}
	return true
}

// takers are handlers before h that leave nothing of a share of it, or nil if they leave something.
func (r *resolver) takers(h *Handler, s share, before []*Handler) []*Handler {
	var takers []*Handler
	for _, q := range s.queries {
		i := slices.IndexFunc(before, func(a *Handler) bool { return r.takes(a, h, s, q) })
		if i < 0 {
			return nil
		}
		if !slices.Contains(takers, before[i]) {
			takers = append(takers, before[i])
		}
	}
	return takers
}

// takes reports whether a is sure to get every update of a share of b that matches the query, and to be its last handler.
func (r *resolver) takes(a, b *Handler, s share, q filter.Query) bool {
	if a.Continues(r.spec) || !whereCovered(a.Where, b.Where) || !chatsCovered(a.In, b.In, q.Kind) {
		return false
	}
	for _, sure := range a.sure() {
		if slices.ContainsFunc(proved(r.api, b, q), func(p filter.Query) bool { return filter.Covers(sure, p) }) {
			return true
		}
	}
	if !slices.Contains(a.Kinds, q.Kind) {
		return false
	}
	switch {
	case a.Command != nil && b.Command != nil:
		return commandTakes(a.Command, b.Command, s.command)
	case a.Callback != nil && b.Callback != nil && mayMeet(a.Callback, b.Callback):
		if _, meet := shared(b.writes(), a.reads()); !meet {
			return false
		}
		return within(b.writes(), a.reads())
	case a.Text != nil && b.Text != nil:
		return textTakes(a.Text, b.Text)
	case a.Inline != nil && b.Inline != nil && b.Inline.Pattern != nil:
		return a.Inline.Pattern.Source.Value == b.Inline.Pattern.Source.Value
	}
	return false
}

// whereCovered reports whether the predicates of a later handler, where they hold, leave nothing for those of another to
// refuse.
func whereCovered(where, later []spec.Predicate) bool {
	for _, p := range where {
		if !slices.ContainsFunc(later, func(o spec.Predicate) bool { return o.Name.Value == p.Name.Value && o.Negated == p.Negated }) {
			return false
		}
	}
	return true
}

// sure are queries whose every match the trigger takes.
func (h *Handler) sure() []filter.Query {
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

// proved are queries that an update is sure to match if it is of the given query and reaches the handler's trigger.
func proved(api *model.API, h *Handler, q filter.Query) []filter.Query {
	var ends []string
	switch {
	case h.Command != nil && !h.Command.Caption.Value:
		ends = []string{":text"}
		if h.Command.Prefixes.Or(spec.DefaultPrefixes) == spec.DefaultPrefixes {
			ends = append(ends, ":entities:bot_command")
		}
	case h.Text != nil:
		ends = []string{":text"}
	case h.Callback != nil:
		ends = []string{":data"}
	}
	queries := []filter.Query{q}
	for _, end := range ends {
		more, err := filter.Parse(api, q.Kind.Name+end)
		if err == nil {
			queries = append(queries, more...)
		}
	}
	return queries
}

// commandTakes reports whether a takes every use of a name of b.
func commandTakes(a, b *spec.Command, name string) bool {
	if b.Caption.Value && !a.Caption.Value || !slices.ContainsFunc(a.Names, func(n spec.String) bool { return n.Value == name }) {
		return false
	}
	prefixes := a.Prefixes.Or(spec.DefaultPrefixes)
	for _, letter := range b.Prefixes.Or(spec.DefaultPrefixes) {
		if !strings.ContainsRune(prefixes, letter) {
			return false
		}
	}
	return true
}

func textTakes(a, b *spec.Text) bool {
	switch {
	case a.Pattern == nil:
		return b.Pattern == nil && a.Is.Value == b.Is.Value
	case b.Pattern != nil:
		return a.Pattern.Source.Value == b.Pattern.Source.Value
	}
	expression, err := regexp.Compile(a.Pattern.Source.Value)
	return err == nil && expression.MatchString(b.Is.Value)
}

// matchesAll reports whether the expression is sure to match any text: it matches the empty text at its beginning.
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
