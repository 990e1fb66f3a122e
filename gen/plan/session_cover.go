package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
)

// keyExists reports whether updates of a kind can have the key of a session.
func keyExists(key spec.Constraint, kind *model.Kind) bool {
	chat, user := len(kind.Chat) > 0, len(kind.User) > 0
	switch {
	case key.Method:
		return true
	case key.Name.Value == spec.ConstraintUser:
		return user
	case key.Name.Value == spec.ConstraintChatUser:
		return chat && user
	}
	return chat
}

// keyCertain reports whether every update of a kind has the key of a session.
func keyCertain(key spec.Constraint, kind *model.Kind) bool {
	_, none := possibleChats(kind)
	return !none && (key.Name.Value == spec.ConstraintChat || key.Name.Value == spec.ConstraintTopic)
}

// covering are the constraints from which a key follows: updates with the same key then share the constraint, too.
func covering(key spec.Constraint) []string {
	switch name := key.Name.Value; {
	case key.Method:
		return []string{name}
	case name == spec.ConstraintChatUser:
		return []string{spec.ConstraintChatUser, spec.ConstraintChat, spec.ConstraintUser}
	case name == spec.ConstraintTopic:
		return []string{spec.ConstraintTopic, spec.ConstraintChat}
	default:
		return []string{name}
	}
}

// onlyPrivate reports whether the handler is for private chats alone. There the ids of the chat and of the user are the same, so the
// constraints chat and user are, too.
func (h *Handler) onlyPrivate() bool {
	return len(h.In) > 0 && !slices.ContainsFunc(h.In, func(in spec.Value[spec.ChatType]) bool { return in.Value != spec.ChatPrivate })
}

// checkSessionKeys proves that each update which reaches a handler with a session can have the key of that session, and that updates
// with the same key never run at once.
func (r *resolver) checkSessionKeys() {
	for _, h := range r.plan.Handlers {
		for _, s := range h.Touched() {
			r.checkKeyExists(h, s)
		}
	}
	for _, s := range r.plan.Sessions {
		if s.Key.Name.IsSet() {
			r.checkCovered(s)
		}
	}
}

// checkKeyExists finds kinds of updates that reach a handler and never have the key of a session.
func (r *resolver) checkKeyExists(h *Handler, s *Session) {
	var lacking []string
	for _, k := range h.Kinds {
		if !keyExists(s.Key, k) {
			lacking = append(lacking, k.Name)
		}
	}
	if len(lacking) == 0 || !s.Key.Name.IsSet() {
		return
	}
	what := map[string]string{spec.ConstraintUser: "user", spec.ConstraintChatUser: "chat with a user"}[s.Key.Name.Value]
	if what == "" {
		what = "chat"
	}
	hint := "use a session with another key"
	if s.Key.Name.Value != spec.ConstraintUser && !slices.ContainsFunc(h.Kinds, func(k *model.Kind) bool { return len(k.User) == 0 }) {
		hint = "use a session with the key user"
	}
	d := fault(r, CodeNoKey, h.sessionPlace(s), hint, "%s has no %s, so %s has no key there", diag.And(lacking), what, s.Name.Value)
	d.Related = []diag.Related{{Pos: s.Key.Name.Pos, Message: "the key"}}
}

// sessionPlace is where a handler, or its group, names a session.
func (h *Handler) sessionPlace(s *Session) spec.String {
	for _, ref := range h.State {
		if ref.Session.Value == s.Name.Value {
			return ref.Text
		}
	}
	for _, name := range h.Handler.Session {
		if name.Value == s.Name.Value {
			return name
		}
	}
	return h.Name
}

// A touch is a route that uses a session.
type touch struct {
	route *Route
	kind  *Kind
	names []string // of the constraints of its updates
}

// touches are the routes that use a session.
func (r *resolver) touches(s *Session) []touch {
	var all []touch
	for _, k := range r.plan.Kinds {
		for _, route := range k.Routes {
			if !slices.Contains(route.Touched(), s) || !keyExists(s.Key, k.Kind) {
				continue
			}
			t := touch{route: route, kind: k}
			for _, c := range route.Constraints {
				t.names = append(t.names, c.Name.Value)
				if route.onlyPrivate() {
					switch c.Name.Value {
					case spec.ConstraintChat:
						t.names = append(t.names, spec.ConstraintUser)
					case spec.ConstraintUser:
						t.names = append(t.names, spec.ConstraintChat)
					}
				}
			}
			all = append(all, t)
		}
	}
	return all
}

// checkCovered finds a session that two updates could use at once: no constraint that follows from its key is one of all routes that
// use it. Two routes with different constraints do not exclude each other.
func (r *resolver) checkCovered(s *Session) {
	touches := r.touches(s)
	sink := r.spec.Sink.Or(spec.DefaultSink)
	switch {
	case len(touches) == 0 || sink == spec.SinkSequential:
		return
	case sink != spec.SinkSharded:
		d := fault(r, CodeUncovered, s.Name, "use `sink: sharded`", "with the sink %s, two updates of the same %s can run at once", sink, s.Name.Value)
		d.Related = []diag.Related{{Pos: r.spec.Sink.Pos, Message: "the sink"}}
		return
	}
	fitting := covering(s.Key)
	most, best := -1, ""
	for _, name := range fitting {
		count := 0
		for _, t := range touches {
			if slices.Contains(t.names, name) {
				count++
			}
		}
		if count > most {
			most, best = count, name
		}
	}
	if most == len(touches) {
		return
	}
	i := slices.IndexFunc(touches, func(t touch) bool { return !slices.Contains(t.names, best) })
	odd := touches[i]
	where := odd.kind.Name
	own := slices.DeleteFunc(slices.Clone(odd.names), func(name string) bool { return !slices.Contains(fitting, name) })
	hint := fmt.Sprintf("add %s to the constraints of %s", diag.Or(fitting), odd.route.Name.Value)
	if odd.route.Handler.Handler.Constraints == nil {
		hint = fmt.Sprintf("write `constraints: [%s]` for %s or for the bot", fitting[0], odd.route.Name.Value)
	}
	if len(own) == 0 {
		with := "no constraints"
		if len(odd.route.Constraints) > 0 {
			with = constraintNames(odd.route.Constraints)
		}
		message := "two updates of the same %s could run %s at once: its updates (%s) have %s, which does not follow from the key %s"
		switch len(odd.route.Constraints) {
		case 1:
		default:
			message = strings.Replace(message, "which does not follow", "none of which follows", 1)
		case 0:
			message = "two updates of the same %s could run %s at once: its updates (%s) have %s, and the key is %s"
		}
		d := fault(r, CodeUncovered, odd.route.sessionPlace(s), hint, message, s.Name.Value, odd.route.Name.Value, where, with, s.Key.Name.Value)
		d.Related = []diag.Related{{Pos: s.Key.Name.Pos, Message: "the key"}}
		return
	}
	j := slices.IndexFunc(touches, func(t touch) bool { return slices.Contains(t.names, best) })
	other := touches[j]
	d := fault(r, CodeUncovered, odd.route.sessionPlace(s), "give both the same: "+fmt.Sprintf("write `constraints: [%s]` for %s", best, odd.route.Name.Value),
		"%s (%s) and %s (%s) could use the same %s at once: one has the constraint %s and the other %s, and these do not exclude each other",
		odd.route.Name.Value, where, other.route.Name.Value, other.kind.Name, s.Name.Value, strings.Join(own, ", "), best)
	d.Related = []diag.Related{{Pos: other.route.sessionPlace(s).Pos, Message: "the other handler"}, {Pos: s.Key.Name.Pos, Message: "the key"}}
}

// constraintNames are the names of constraints, for a message.
func constraintNames(constraints []spec.Constraint) string {
	names := make([]string, len(constraints))
	for i, c := range constraints {
		names[i] = c.Name.Value
	}
	if len(names) == 1 {
		return "the constraint " + names[0]
	}
	return "the constraints " + diag.And(names)
}

// sessionsCover reports whether a later handler that runs with its sessions would have been run with those of an earlier one, too: no
// state or missing key of the earlier one's sessions leaves the update to the later one.
func sessionsCover(earlier, later *Handler, kind *model.Kind) bool {
	if g := earlier.Guard; g != nil {
		switch {
		case later.Guard != nil && later.Guard.Session == g.Session:
			for _, state := range later.Guard.States {
				if !slices.Contains(g.States, state) {
					return false
				}
			}
		case len(g.States) < len(g.Session.States) || !keyCertain(g.Session.Key, kind):
			return false
		}
	}
	for _, s := range earlier.Data {
		if !slices.Contains(later.Data, s) && !keyCertain(s.Key, kind) {
			return false
		}
	}
	return true
}
