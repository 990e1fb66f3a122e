package plan

import (
	"fmt"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec"
)

// prove looks for faults that are not in one place of the spec but in how places fit.
func (r *resolver) prove() {
	for _, h := range r.plan.Handlers {
		if len(h.Queries) == 0 {
			continue // its queries are wrong, which was said
		}
		r.fields(h)
		if h.Callback != nil {
			r.callbackFits(h)
		}
	}
	r.declarations()
	r.reachable()
	r.callbackClashes()
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

// fields finds a field of a handler that gets a name in Go which is taken: by another field, or by a method.
func (r *resolver) fields(h *Handler) {
	for i, f := range h.Fields {
		if h.Callback != nil && (f.Name == "Encode" || f.Name == "Button") {
			fault(r, CodeFieldClash, f.Field.Name, "give it another name", "%s is %s in Go, which is a method of %s",
				f.Field.Name.Value, f.Name, h.FieldsType())
		}
		for _, other := range h.Fields[:i] {
			if f.Name == other.Name {
				d := fault(r, CodeFieldClash, f.Field.Name, "give one of them another name", "%s and %s are both %s in Go",
					other.Field.Name.Value, f.Field.Name.Value, f.Name)
				d.Related = []diag.Related{{Pos: other.Field.Name.Pos, Message: "the other one"}}
			}
		}
		r.enum(f)
	}
}

// enum finds two values of an enum that get one name in Go.
func (r *resolver) enum(f Field) {
	for i, v := range f.Type.Enum {
		for _, other := range f.Type.Enum[:i] {
			if name := f.Constant(v.Value); name == f.Constant(other.Value) {
				d := fault(r, CodeFieldClash, v, "write one of them otherwise", "%s and %s are both %s in Go", other.Value, v.Value, name)
				d.Related = []diag.Related{{Pos: other.Pos, Message: "the other one"}}
			}
		}
	}
}
