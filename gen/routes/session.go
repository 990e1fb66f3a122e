package routes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// A machine shows a session: the ways between its states, or its data.
type machine struct {
	session *plan.Session
	about   string // the key, the ttl and the version
	states  []machineState
	fields  []string // of a session without states
	users   []string // the handlers that use a session without states
}

// A machineState is a state with the handlers that run in it.
type machineState struct {
	state  *plan.State
	fields []string
	ways   []way
	// unhandled are the updates that no handler gets in the state.
	unhandled []string
}

// A way is a handler that runs in a state, or the time-out of the state.
type way struct {
	trigger, match string // "after" and the time for a time-out
	handler        string // may be empty for a time-out
	to             []*plan.State
	timeout        bool
}

// machines are the sessions of a plan.
func machines(p *plan.Plan) []machine {
	var all []machine
	for _, s := range p.Sessions {
		m := machine{session: s, about: aboutSession(s), fields: fieldTexts(s.Data)}
		for _, h := range p.Handlers {
			if slices.Contains(h.Data, s) {
				m.users = append(m.users, h.Name.Value)
			}
		}
		for _, state := range s.States {
			m.states = append(m.states, machineState{state, fieldTexts(state.Data), ways(p, state), unhandled(p, state)})
		}
		all = append(all, m)
	}
	return all
}

func aboutSession(s *plan.Session) string {
	parts := []string{"key " + s.Key.Name.Value}
	if s.TTL.IsSet() {
		parts = append(parts, "ttl "+short(s.TTL.Value))
	}
	if s.Version.Value > 1 {
		parts = append(parts, fmt.Sprintf("version %d", s.Version.Value))
	}
	return strings.Join(parts, ", ")
}

func fieldTexts(fields []plan.SessionField) []string {
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = f.Field.Name.Value + " " + f.TypeText()
		if f.Default != nil {
			texts[i] += " = " + clean(f.Default.Source.Value)
		}
	}
	return texts
}

// ways are the handlers of a state in the order in which they are tried, and its time-out.
func ways(p *plan.Plan, state *plan.State) []way {
	var all []way
	for _, h := range p.Handlers {
		if h.Guard != nil && slices.Contains(h.Guard.States, state) {
			trigger, _ := h.Trigger()
			all = append(all, way{trigger: string(trigger), match: Match(h.Handler), handler: h.Name.Value, to: h.Guard.To})
		}
	}
	if state.Next != nil {
		all = append(all, way{trigger: "after", match: short(state.After.Value), handler: state.Handler.Value, to: []*plan.State{state.Next}, timeout: true})
	}
	return all
}

// target says where a way leads.
func (w way) target() string {
	if len(w.to) == 0 {
		return "stays"
	}
	names := make([]string, len(w.to))
	for i, state := range w.to {
		names[i] = state.Name.Value
	}
	return strings.Join(names, ", ")
}

// unhandled are the updates that no handler is sure to get in a state, of the kinds that the handlers of the session are for.
func unhandled(p *plan.Plan, state *plan.State) []string {
	var all []string
	for _, k := range p.Kinds {
		if !slices.ContainsFunc(k.Routes, func(r *plan.Route) bool { return r.Guard != nil && r.Guard.Session == state.Session }) {
			continue
		}
		if text := restOf(k, state); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// restOf says which updates of a kind no handler is sure to get in a state. It is empty if each of them is sure to get a handler.
func restOf(k *plan.Kind, state *plan.State) string {
	some := false
	var parts []string
	for _, r := range k.Routes {
		if r.Guard != nil && !slices.Contains(r.Guard.States, state) {
			continue
		}
		some = true
		if len(r.Where) > 0 || len(r.Find) > 0 || len(r.In) > 0 {
			continue
		}
		switch {
		case r.Inline != nil && r.Inline.Pattern == nil:
			return ""
		case r.On == nil:
			continue
		}
		for _, q := range r.Queries {
			if q.Field == nil {
				return ""
			}
			if name := strings.TrimPrefix(q.String(), k.Name+":"); len(q.Tests) == 0 && !slices.Contains(parts, name) && filter.Covers(q, q) {
				parts = append(parts, name)
			}
		}
	}
	switch {
	case len(parts) > 0:
		return k.Name + " other than " + diag.And(parts)
	case some:
		return "other " + k.Name
	}
	return k.Name
}

// sessionTables are tables of the sessions, each after an empty line.
func sessionTables(p *plan.Plan) string {
	var b strings.Builder
	for _, m := range machines(p) {
		fmt.Fprintf(&b, "\nSession %s: %s\n", m.session.Name.Value, m.about)
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		if len(m.states) == 0 {
			fmt.Fprintln(table, "FIELDS\tHANDLERS")
			fmt.Fprintf(table, "%s\t%s\n", strings.Join(m.fields, ", "), dash(strings.Join(m.users, ", ")))
			table.Flush() // a strings.Builder returns no errors
			continue
		}
		fmt.Fprintln(table, "STATE\tFIELDS\tTRIGGER\tMATCH\tHANDLER\tTO\tNOT HANDLED")
		for _, s := range m.states {
			name := s.state.Name.Value
			if s.state.External.Value {
				name += " (external)"
			}
			lines := s.ways
			if len(lines) == 0 {
				lines = []way{{}}
			}
			for i, w := range lines {
				head, fields, rest := "", "", ""
				if i == 0 {
					head, fields, rest = name, dash(strings.Join(s.fields, ", ")), dash(strings.Join(s.unhandled, ", "))
				}
				target := dash("")
				if w.trigger != "" {
					target = w.target()
				}
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", head, fields, dash(w.trigger), dash(w.match), dash(w.handler), target, rest)
			}
		}
		table.Flush()
	}
	return trailing.ReplaceAllString(b.String(), "")
}

// trailing are the spaces at the ends of lines.
var trailing = regexp.MustCompile(`(?m) +$`)

// sessionGraphs are the states of the sessions as parts of a Mermaid flow chart.
func sessionGraphs(p *plan.Plan) string {
	var b strings.Builder
	marked := false
	for _, m := range machines(p) {
		name := m.session.Name.Value
		fmt.Fprintf(&b, "  subgraph session_%s[\"%s: %s\"]\n    direction TB\n", name, name, escapeMermaid(m.about))
		if len(m.states) == 0 {
			fmt.Fprintf(&b, "    %s_data[(\"%s\")]\n  end\n", name, escapeMermaid(strings.Join(m.fields, ", ")))
			continue
		}
		for _, s := range m.states {
			label := "<b>" + s.state.Name.Value + "</b>"
			for _, field := range s.fields {
				label += "<br/>" + escapeMermaid(field)
			}
			class := ""
			if len(s.unhandled) > 0 {
				label += "<br/>not handled: " + escapeMermaid(strings.Join(s.unhandled, ", "))
				class, marked = ":::unhandled", true
			}
			open, end := "(\"", "\")"
			if s.state.Index == 0 {
				open, end = "([\"", "\"])"
			}
			fmt.Fprintf(&b, "    %s_%s%s%s%s%s\n", name, s.state.Name.Value, open, label, end, class)
		}
		for _, s := range m.states {
			for _, to := range m.states {
				handlers, timeout := labels(s, to.state)
				from, target := name+"_"+s.state.Name.Value, name+"_"+to.state.Name.Value
				if len(handlers) > 0 {
					fmt.Fprintf(&b, "    %s -- \"%s\" --> %s\n", from, strings.Join(handlers, "<br/>"), target)
				}
				if timeout != "" {
					fmt.Fprintf(&b, "    %s -. \"%s\" .-> %s\n", from, timeout, target)
				}
			}
		}
		b.WriteString("  end\n")
	}
	if marked {
		b.WriteString("  classDef unhandled stroke:#d97706,stroke-width:2px,stroke-dasharray:4\n")
	}
	return b.String()
}

// labels are the names of the handlers that lead from a state to another, and the time-out that does.
func labels(from machineState, to *plan.State) (handlers []string, timeout string) {
	for _, w := range from.ways {
		switch {
		case !slices.Contains(w.to, to):
		case w.timeout:
			timeout = strings.TrimSpace("after " + w.match + " " + w.handler)
		default:
			handlers = append(handlers, w.handler)
		}
	}
	return handlers, timeout
}

// States are the states of a handler as the spec writes them, and To are the states to which it may go.
func States(h *spec.Handler) (states, to []string) {
	for _, s := range h.State {
		states = append(states, s.Text.Value)
	}
	for _, s := range h.To {
		to = append(to, s.State.Value)
	}
	return states, to
}

// short is a duration without the zeros that [time.Duration.String] adds at the end.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
