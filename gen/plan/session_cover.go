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

// covering are the constraints from which a key follows: updates with the same key then share the constraint, too. In private chats, the
// chat tells the user.
func covering(key spec.Constraint, private bool) []string {
	names := []string{key.Name.Value}
	if key.Method {
		return names
	}
	switch key.Name.Value {
	case spec.ConstraintChatUser:
		return append(names, spec.ConstraintChat, spec.ConstraintUser)
	case spec.ConstraintTopic:
		names = append(names, spec.ConstraintChat)
	}
	if private {
		names = append(names, spec.ConstraintChatUser)
	}
	return names
}

// onlyPrivate reports whether the handler is for private chats alone. There the ids of the chat and of the user are the same, except in
// those of a business account, so the constraints chat and user are, too.
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
	// private says that the updates of the route are from private chats in which the ids of the chat and of the user are the same.
	private bool
	// business says that the updates can be from the private chats of a business account. The owner of the account writes in
	// them, too, and has not the id of the chat.
	business bool
}

// ofBusiness reports whether updates of a kind can be from the chats of a business account. A button is in such a chat only if the bot
// gets the messages of business accounts.
func (p *Plan) ofBusiness(kind *model.Kind) bool {
	if kind.Name != "callback_query" {
		return isBusiness(kind)
	}
	return slices.ContainsFunc(p.Kinds, func(k *Kind) bool { return isBusiness(k.Kind) })
}

func isBusiness(kind *model.Kind) bool { return strings.Contains(kind.Name, "business") }

// touches are the routes that use a session.
func (r *resolver) touches(s *Session) []touch {
	var all []touch
	for _, k := range r.plan.Kinds {
		for _, route := range k.Routes {
			if !slices.Contains(route.Touched(), s) || !keyExists(s.Key, k.Kind) {
				continue
			}
			business := r.plan.ofBusiness(k.Kind)
			all = append(all, touch{route, k, route.onlyPrivate() && !business, business})
		}
	}
	return all
}

// names are the constraints of the updates of a route that have the key of its session. private says that chat and user are the same.
func (t touch) names(private bool) []string {
	var names []string
	for _, c := range t.route.Constraints {
		names = append(names, c.Name.Value)
		switch {
		case !private && !t.private:
		case c.Name.Value == spec.ConstraintChat:
			names = append(names, spec.ConstraintUser)
		case c.Name.Value == spec.ConstraintUser:
			names = append(names, spec.ConstraintChat)
		}
	}
	return names
}

// excludes reports whether an update of one route and one of another never run at once if they have the same key: they share a constraint
// that follows from the key.
func excludes(key spec.Constraint, a, b touch) bool {
	ofA, ofB := a.private || b.alike(key, a), b.private || a.alike(key, b)
	return slices.ContainsFunc(covering(key, ofA && ofB), func(name string) bool {
		return slices.Contains(a.names(ofA), name) && slices.Contains(b.names(ofB), name)
	})
}

// alike reports whether chat and user are the same in an update of another route with the same key: with the same chat in the key, both are
// in a private chat if one is.
func (t touch) alike(key spec.Constraint, other touch) bool {
	return !key.Method && key.Name.Value != spec.ConstraintUser && (t.private || isBusiness(t.kind.Kind)) && !other.business
}

// checkCovered finds a session that two updates could use at once.
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
	for _, t := range touches {
		if !excludes(s.Key, t, t) {
			r.uncovered(s, t)
			return
		}
	}
	different := distinct(touches)
	for i, t := range different {
		for _, other := range different[:i] {
			if !excludes(s.Key, t, other) {
				r.uncoveredPair(s, touches, t, other)
				return
			}
		}
	}
}

// distinct leaves out routes that are to a pair what an earlier one is: with the same constraints and chats.
func distinct(touches []touch) []touch {
	var all []touch
	for _, t := range touches {
		if !slices.ContainsFunc(all, func(o touch) bool {
			return SameConstraints(o.route.Constraints, t.route.Constraints) && o.private == t.private && o.business == t.business
		}) {
			all = append(all, t)
		}
	}
	return all
}

// uncovered reports a route whose updates of one session can run at once.
func (r *resolver) uncovered(s *Session, t touch) {
	fitting := covering(s.Key, t.private)
	hint := fmt.Sprintf("add %s to the constraints of %s", diag.Or(fitting), t.route.Name.Value)
	if t.route.Handler.Handler.Constraints == nil {
		hint = fmt.Sprintf("write `constraints: [%s]` for %s or for the bot", fitting[0], t.route.Name.Value)
	}
	have := fmt.Sprintf("no constraints, and the key is %s", s.Key.Name.Value)
	switch own := t.route.Constraints; len(own) {
	case 0:
	case 1:
		have = fmt.Sprintf("the constraint %s, which does not follow from the key %s", constraintNames(own), s.Key.Name.Value)
	default:
		have = fmt.Sprintf("the constraints %s, none of which follows from the key %s", constraintNames(own), s.Key.Name.Value)
	}
	d := fault(r, CodeUncovered, t.route.sessionPlace(s), hint, "two updates of the same %s could run %s at once: its updates (%s) have %s",
		s.Name.Value, t.route.Name.Value, t.kind.Name, have)
	d.Related = []diag.Related{{Pos: s.Key.Name.Pos, Message: "the key"}}
}

// uncoveredPair reports two routes whose updates of one session can run at once. The hint is the constraint that most routes have.
func (r *resolver) uncoveredPair(s *Session, touches []touch, t, other touch) {
	most, best := -1, ""
	for _, name := range covering(s.Key, false) {
		count := 0
		for _, t := range touches {
			if slices.Contains(t.names(false), name) {
				count++
			}
		}
		if count > most {
			most, best = count, name
		}
	}
	odd := t
	if slices.Contains(t.names(false), best) {
		odd = other
	}
	d := fault(r, CodeUncovered, t.route.sessionPlace(s), fmt.Sprintf("add %s to the constraints of %s", best, odd.route.Name.Value),
		"%s (%s) and %s (%s) could use the same %s at once: the constraints of one are %s and those of the other %s, and none that both have follows from the key %s",
		other.route.Name.Value, other.kind.Name, t.route.Name.Value, t.kind.Name, s.Name.Value, constraintNames(other.route.Constraints),
		constraintNames(t.route.Constraints), s.Key.Name.Value)
	d.Related = []diag.Related{{Pos: other.route.sessionPlace(s).Pos, Message: "the other handler"}, {Pos: s.Key.Name.Pos, Message: "the key"}}
}

// constraintNames are the names of constraints, for a message.
func constraintNames(constraints []spec.Constraint) string {
	names := make([]string, len(constraints))
	for i, c := range constraints {
		names[i] = c.Name.Value
	}
	return diag.And(names)
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
