// Package explain says what a bot does with one update: which handlers get it, why the others do not, and which
// constraints keep it in order. It reads the update with the runtime and looks at the plan; the bot need not be written
// yet.
package explain

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/routes"
	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// Input is all that a [Report] depends on.
type Input struct {
	Plan *plan.Plan
	// Update is the update as the server sends it.
	Update []byte
	// Username is the bot's, for commands such as /ban@shop_bot and for filter queries with `me`. Empty: no such command
	// and no such query matches.
	Username string
	// Workers is the number of shards, at least 1.
	Workers int
	// States are the states that sessions are in, by the session's name. A session that is not there may be in any state.
	States map[string]string
}

// Outcome says whether a handler runs.
type Outcome string

// The outcomes.
const (
	Skipped Outcome = "no"
	Perhaps Outcome = "perhaps" // it depends on predicates and finds, of the handler or of earlier ones
	Runs    Outcome = "runs"
)

// A Step is a handler that the bot tries.
type Step struct {
	Handler *plan.Handler
	Outcome Outcome
	Why     string // may be empty
}

// A Key is a constraint of the update.
type Key struct {
	// Constraint is the name in the spec.
	Constraint string
	// Text is what the runtime hashes. It is empty if Unknown is set.
	Text string
	// Unknown is set for a method of the author's. It cannot be called here.
	Unknown bool
}

// Hash is the runtime's key of the text.
func (k Key) Hash() runtime.Key { return runtime.KeyOf(k.Text) }

// A Report is what a bot does with an update.
type Report struct {
	Header  wire.Header
	Workers int
	// Steps are the handlers in order. They end with the first handler that is sure to run and to end the matching.
	Steps []Step
	// Keys are the constraints that apply to the update. The first decides the shard.
	Keys []Key
}

// Explain reports what the bot does with the update. It returns an error if the update cannot be decoded.
func Explain(in Input) (*Report, error) {
	update, err := telegram.NewEnvelope(in.Update)
	if err != nil {
		return nil, err
	}
	decoded, err := update.Decode()
	if err != nil {
		return nil, err
	}
	report := &Report{Header: update.Header, Workers: in.Workers}
	e := explainer{in: in, report: report}
	for _, k := range in.Plan.Kinds {
		if k.Name == update.Kind.String() {
			e.kind = k
			e.payload = reflect.ValueOf(decoded).Elem().FieldByName(k.Field.Name)
		}
	}
	e.steps()
	e.keys()
	return report, nil
}

type explainer struct {
	in      Input
	report  *Report
	kind    *plan.Kind    // the kind of the update; nil if no handler gets that kind
	payload reflect.Value // the payload, a pointer
}

// route is the route of the handler for the kind of the update, or nil.
func (e *explainer) route(h *plan.Handler) *plan.Route {
	if e.kind == nil {
		return nil
	}
	i := slices.IndexFunc(e.kind.Routes, func(r *plan.Route) bool { return r.Handler == h })
	if i < 0 {
		return nil
	}
	return e.kind.Routes[i]
}

// steps tries the handlers in order.
func (e *explainer) steps() {
	var before []string // earlier handlers that may run and would end the matching
	for _, h := range e.in.Plan.Handlers {
		step := Step{Handler: h, Outcome: Skipped}
		if r := e.route(h); r == nil {
			step.Why = "it is for " + kinds(h) + ", and this is " + e.report.Header.Kind.String()
		} else if step.Why = cmp.Or(e.mismatch(r), e.wrongState(h)); step.Why == "" {
			e.match(&step, before)
			if !h.Continues(e.in.Plan.Spec) && e.conditional(h) {
				before = append(before, h.Name.Value)
			}
		}
		e.report.Steps = append(e.report.Steps, step)
		if step.Outcome != Skipped && !e.conditional(h) && !h.Continues(e.in.Plan.Spec) {
			return
		}
	}
}

// conditional reports whether a handler whose trigger matches may leave the update to the next one, as far as is known.
func (e *explainer) conditional(h *plan.Handler) bool {
	return len(h.Where) > 0 || len(h.Find) > 0 || h.Guard != nil && e.in.States[h.Guard.Session.Name.Value] == "" || len(functionKeys(h)) > 0
}

// functionKeys are the methods of the author's that compute the keys of the handler's sessions. An update may have no such key.
func functionKeys(h *plan.Handler) []string {
	var names []string
	for _, s := range h.Touched() {
		if s.Key.Method {
			names = append(names, s.Key.Name.Value)
		}
	}
	return names
}

// wrongState says why a handler does not run in the state that a session is in, or in an update without the key of a session. It is empty
// if the handler runs.
func (e *explainer) wrongState(h *plan.Handler) string {
	for _, s := range h.Touched() {
		if why := e.noKey(s); why != "" {
			return why
		}
	}
	if h.Guard == nil {
		return ""
	}
	name := h.Guard.Session.Name.Value
	in := e.in.States[name]
	if in == "" || slices.ContainsFunc(h.Guard.States, func(s *plan.State) bool { return s.Name.Value == in }) {
		return ""
	}
	states, _ := routes.States(h.Handler)
	return fmt.Sprintf("%s is in %s, and the handler is for %s", name, in, strings.Join(states, ", "))
}

// noKey says why the update has no key of a session. It is empty if it has one, or if the key is a method of the author's.
func (e *explainer) noKey(s *plan.Session) string {
	chat, user := e.report.Header.Chat == 0, e.report.Header.User == 0
	switch key := s.Key.Name.Value; {
	case chat && !s.Key.Method && key != spec.ConstraintUser:
		return "there is no chat, so " + s.Name.Value + " has no key"
	case user && !s.Key.Method && (key == spec.ConstraintUser || key == spec.ConstraintChatUser):
		return "there is no user, so " + s.Name.Value + " has no key"
	}
	return ""
}

// match sets the outcome of a handler whose trigger matches.
func (e *explainer) match(step *Step, before []string) {
	step.Outcome = Runs
	var why []string
	if g := step.Handler.Guard; g != nil && e.in.States[g.Session.Name.Value] == "" {
		step.Outcome = Perhaps
		states, _ := routes.States(step.Handler.Handler)
		why = append(why, "depends on the state: "+strings.Join(states, " or "))
	}
	if names := functionKeys(step.Handler); len(names) > 0 {
		step.Outcome = Perhaps
		why = append(why, "needs a key of "+strings.Join(names, " and "))
	}
	if len(step.Handler.Where) > 0 {
		step.Outcome = Perhaps
		names := make([]string, len(step.Handler.Where))
		for i, w := range step.Handler.Where {
			names[i] = routes.Predicate(w)
		}
		why = append(why, "depends on "+strings.Join(names, " and "))
	}
	if len(step.Handler.Find) > 0 {
		step.Outcome = Perhaps
		names := make([]string, len(step.Handler.Find))
		for i, f := range step.Handler.Find {
			names[i] = f.Method().Value
		}
		why = append(why, "asks "+strings.Join(names, " and "))
	}
	if len(before) > 0 {
		step.Outcome = Perhaps
		why = append(why, "if not "+strings.Join(before, " or "))
	}
	if step.Handler.Continues(e.in.Plan.Spec) {
		why = append(why, "matching goes on")
	}
	step.Why = strings.Join(why, "; ")
}

// kinds are the update kinds of a handler, as text.
func kinds(h *plan.Handler) string {
	names := make([]string, len(h.Kinds))
	for i, k := range h.Kinds {
		names[i] = k.Name
	}
	return strings.Join(names, ", ")
}

// keys adds the keys as the bot does before it gives an update to a shard. It calls no predicates.
func (e *explainer) keys() {
	if e.kind == nil || e.in.Plan.Spec.Sink.Or(spec.DefaultSink) != spec.SinkSharded {
		return
	}
	if e.kind.Overridden() {
		for _, r := range e.kind.Routes {
			if e.mismatch(r) != "" {
				continue
			}
			e.add(r.Constraints)
			if !r.Conditional() && !r.Continues(e.in.Plan.Spec) {
				return
			}
		}
	}
	e.add(e.kind.Constraints)
}

// add adds the keys of constraints, each key once.
func (e *explainer) add(constraints []spec.Constraint) {
	for _, c := range constraints {
		if c.Method {
			e.addKey(Key{Constraint: c.Name.Value, Unknown: true})
			continue
		}
		for _, text := range texts(c.Name.Value, e.report.Header) {
			e.addKey(Key{Constraint: c.Name.Value, Text: text})
		}
	}
}

func (e *explainer) addKey(key Key) {
	same := func(o Key) bool {
		return o.Unknown == key.Unknown && o.Text == key.Text && (!key.Unknown || o.Constraint == key.Constraint)
	}
	if !slices.ContainsFunc(e.report.Keys, same) {
		e.report.Keys = append(e.report.Keys, key)
	}
}

// texts are what [telegram.Keys] hashes for a built-in constraint.
func texts(constraint string, h wire.Header) []string {
	topic := cmp.Or(h.Thread, h.DirectMessagesTopic)
	switch {
	case constraint == spec.ConstraintUser, constraint == spec.ConstraintChatUser && h.Chat == 0 && h.User != 0:
		return join("", h.User)
	case constraint == spec.ConstraintChatUser && h.User != 0:
		return join(fmt.Sprintf(":%d", h.User), h.Chat, h.Migrated)
	case constraint == spec.ConstraintTopic && h.Chat != 0 && topic != 0:
		return join(fmt.Sprintf("/%d", topic), h.Chat)
	}
	return join("", h.Chat, h.Migrated)
}

// join writes each id that is not 0 with the text after it.
func join(after string, ids ...int64) []string {
	var texts []string
	for _, id := range ids {
		if id != 0 {
			texts = append(texts, strconv.FormatInt(id, 10)+after)
		}
	}
	return texts
}
