package plan

import (
	"fmt"
	"slices"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
)

// prove looks for faults that are not in one place of the spec but in how places fit.
func (r *resolver) prove() {
	for _, h := range r.plan.Handlers {
		if len(h.Queries) == 0 {
			continue // its queries are wrong, which was said
		}
		r.provable(h)
		r.fields(h)
		if h.Callback != nil {
			r.callbackFits(h)
		}
	}
	r.declarations()
	r.reachable()
	r.settings()
}

// window is the most updates that polling shows from the first unconfirmed one on.
const window = 100

// settings finds keys that would do nothing beside others.
func (r *resolver) settings() {
	if c := r.spec.Concurrency; c.Value > window && r.spec.Delivery.Value == spec.DeliverAtLeastOnce {
		fault(r, CodeWindow, c, fmt.Sprintf("%d is the most that does anything", window),
			"at_least_once has at most %d updates in hand: the server shows no more from the first unconfirmed one on", window)
	}
	sink := r.spec.Sink.Or(spec.DefaultSink)
	if sink == spec.SinkSharded {
		return
	}
	needs := func(c *spec.Constraints) {
		if c != nil {
			r.found = append(r.found, diag.Diagnostic{
				Pos: c.Pos, Code: CodeNeedsSharded, Message: fmt.Sprintf("the sink %s keeps no constraints", sink),
				Hint:    "leave the constraints out, or use `sink: sharded`",
				Related: []diag.Related{{Pos: r.spec.Sink.Pos, Message: "the sink"}},
			})
		}
	}
	needs(r.spec.Constraints)
	for _, h := range r.spec.Handlers {
		needs(h.Constraints)
	}
	if r.spec.Workers.IsSet() && sink == spec.SinkSequential {
		fault(r, CodeNeedsSharded, r.spec.Workers, "leave workers out", "the sink sequential has one worker")
	}
	if r.spec.Concurrency.IsSet() && sink == spec.SinkSequential {
		fault(r, CodeNeedsSharded, r.spec.Concurrency, "leave concurrency out", "the sink sequential runs one handler at a time")
	}
}

// provable finds handlers that no update can reach.
func (r *resolver) provable(h *Handler) {
	allowed := func(k *model.Kind) bool { return slices.Contains(r.plan.Allowed, k.Name) }
	if !slices.ContainsFunc(h.Kinds, allowed) {
		d := fault(r, CodeNotAllowed, h.Name, fmt.Sprintf("add %s to allowed_updates, or leave it on auto", h.Kinds[0].Name),
			"no update that allowed_updates lets through reaches %s", h.Name.Value)
		d.Related = []diag.Related{{Pos: r.spec.AllowedUpdates.Pos, Message: "allowed_updates"}}
	}
	if len(h.In) > 0 && !slices.ContainsFunc(h.Kinds, func(k *model.Kind) bool { return k.Chat != nil }) {
		fault(r, CodeNoChat, h.In[0], "", "%s has no chat, so in never holds", h.Kinds[0].Name)
	}
}

// fields finds two fields of a handler that get one name in Go.
func (r *resolver) fields(h *Handler) {
	for i, f := range h.Fields {
		for _, other := range h.Fields[:i] {
			if f.Name == other.Name {
				d := fault(r, CodeFieldClash, f.Field.Name, "give one of them another name", "%s and %s are both %s in Go",
					other.Field.Name.Value, f.Field.Name.Value, f.Name)
				d.Related = []diag.Related{{Pos: other.Field.Name.Pos, Message: "the other one"}}
			}
		}
	}
}

// maxCallback is the most bytes of callback data: https://core.telegram.org/bots/api#inlinekeyboardbutton
const maxCallback = 64

// callbackFits proves that data of the pattern cannot be too long.
func (r *resolver) callbackFits(h *Handler) {
	sum := 0
	for i, part := range h.Callback.Parts {
		if part.Field == nil {
			sum += len(part.Literal.Value)
			continue
		}
		longest, bounded := longestField(part.Field)
		switch {
		case !bounded && part.Field.Type.Kind == spec.TypeString:
			fault(r, CodeCallbackTooLong, part.Field.Name, fmt.Sprintf("bound it: {%s:string(20)}", part.Field.Name.Value),
				"%s may be any number of bytes, and the data must fit Telegram's %d", part.Field.Name.Value, maxCallback)
			return
		case part.Field.Type.Kind == spec.TypeString && i < len(h.Callback.Parts)-1:
			longest *= 2 // every byte may need a backslash
		}
		sum += longest // a rest without bound takes what the others leave; Encode says if that was too little
	}
	if sum > maxCallback {
		fault(r, CodeCallbackTooLong, h.Callback.Source, "shorten the literals, or bound a field: string(20)",
			"the data may have %d bytes, and Telegram takes %d", sum, maxCallback)
	}
}

// longestField is the most bytes that a field takes, if there is a most.
func longestField(f *spec.Field) (bytes int, bounded bool) {
	switch f.Type.Kind {
	case spec.TypeInt, spec.TypeInt64:
		return len("-9223372036854775808"), true
	case spec.TypeFloat64:
		return len("-2.2250738585072014e-308"), true
	case spec.TypeBool:
		return len("false"), true
	case spec.TypeDuration:
		return len("-2562047h47m16.854775808s"), true
	case spec.TypeEnum:
		longest := 0
		for _, v := range f.Type.Enum {
			longest = max(longest, len(v.Value))
		}
		return longest, true
	}
	return f.Type.MaxBytes.Value, f.Type.MaxBytes.IsSet()
}

// reachable finds handlers that an earlier one leaves nothing for.
func (r *resolver) reachable() {
	for i, h := range r.plan.Handlers {
		for _, earlier := range r.plan.Handlers[:i] {
			if earlier.Continues(r.spec) || len(h.Queries) == 0 || !takesAll(earlier, h) {
				continue
			}
			d := fault(r, CodeUnreachable, h.Name, fmt.Sprintf("move %s before %s, or give %s `continue: true`",
				h.Name.Value, earlier.Name.Value, earlier.Name.Value),
				"%s is never reached: %s takes every update it would get", h.Name.Value, earlier.Name.Value)
			d.Related = []diag.Related{{Pos: earlier.Name.Pos, Message: earlier.Name.Value + " is tried first"}}
			break
		}
	}
}

// takesAll reports whether a is sure to get every update that b would.
func takesAll(a, b *Handler) bool {
	if len(a.Where) > 0 || !covers(a.In, b.In) {
		return false
	}
	switch {
	case a.Command != nil:
		return b.Command != nil && commandCovers(a.Command, b.Command)
	case a.Callback != nil:
		return b.Callback != nil && callbackCovers(a.Callback, b.Callback)
	case a.Text != nil:
		return b.Text != nil && textKey(a.Text) == textKey(b.Text)
	case a.Inline != nil:
		return b.Inline != nil && (a.Inline.Pattern == nil ||
			b.Inline.Pattern != nil && a.Inline.Pattern.Source.Value == b.Inline.Pattern.Source.Value)
	}
	for _, q := range b.proved() {
		if !slices.ContainsFunc(a.Queries, func(p filter.Query) bool { return filter.Covers(p, q) }) {
			return false
		}
	}
	return true
}

// proved are queries that every update which the handler gets is sure to match: as far as a query can say it.
func (h *Handler) proved() []filter.Query {
	field := ""
	switch {
	case h.Command != nil && !h.Command.Caption.Value, h.Text != nil:
		field = "text"
	case h.Callback != nil:
		field = "data"
	}
	if field == "" {
		return h.Queries
	}
	queries := make([]filter.Query, len(h.Queries))
	for i, q := range h.Queries {
		queries[i] = filter.Query{Kind: q.Kind, Field: q.Kind.Payload.Field(field)}
	}
	return queries
}

// covers reports whether the chat types of a include those of b; none at all means all.
func covers(a, b []spec.Value[spec.ChatType]) bool {
	if len(a) == 0 {
		return true
	}
	if len(b) == 0 {
		return false
	}
	for _, t := range b {
		if !slices.ContainsFunc(a, func(o spec.Value[spec.ChatType]) bool { return o.Value == t.Value }) {
			return false
		}
	}
	return true
}

func commandCovers(a, b *spec.Command) bool {
	if b.Edited.Value && !a.Edited.Value || b.Caption.Value && !a.Caption.Value ||
		a.Prefixes.Or(spec.DefaultPrefixes) != b.Prefixes.Or(spec.DefaultPrefixes) {
		return false
	}
	for _, name := range b.Names {
		if !slices.ContainsFunc(a.Names, func(o spec.String) bool { return o.Value == name.Value }) {
			return false
		}
	}
	return true
}

// callbackCovers reports whether every data of b is data of a: if the patterns are alike up to where one more text
// runs to the end.
func callbackCovers(a, b *spec.Callback) bool {
	for i, part := range a.Parts {
		if part.Field != nil && i == len(a.Parts)-1 && anyText(part.Field) {
			return i < len(b.Parts) || part.Field.Optional
		}
		if i >= len(b.Parts) {
			return false
		}
		other := b.Parts[i]
		switch {
		case part.Field == nil && other.Field == nil:
			if part.Literal.Value != other.Literal.Value {
				if i == len(a.Parts)-2 && anyText(a.Parts[i+1].Field) {
					return len(other.Literal.Value) > len(part.Literal.Value) && other.Literal.Value[:len(part.Literal.Value)] == part.Literal.Value
				}
				return false
			}
		case part.Field == nil || other.Field == nil:
			return false
		case part.Field.Type.Kind != other.Field.Type.Kind && !(anyText(part.Field) && other.Field.Type.Kind != spec.TypeRest):
			return false
		case part.Field.Type.Kind == spec.TypeEnum && !enumCovers(part.Field, other.Field):
			return false
		}
	}
	return len(a.Parts) == len(b.Parts)
}

func anyText(f *spec.Field) bool {
	return f != nil && (f.Type.Kind == spec.TypeRest || f.Type.Kind == spec.TypeString) && !f.Type.MaxBytes.IsSet()
}

func enumCovers(a, b *spec.Field) bool {
	for _, v := range b.Type.Enum {
		if !slices.ContainsFunc(a.Type.Enum, func(o spec.String) bool { return o.Value == v.Value }) {
			return false
		}
	}
	return true
}

func textKey(t *spec.Text) string {
	if t.Pattern != nil {
		return "~" + t.Pattern.Source.Value
	}
	return "=" + t.Is.Value
}
