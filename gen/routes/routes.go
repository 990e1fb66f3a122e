// Package routes shows the dispatch of a bot: to people as a table, a Mermaid diagram or an SVG picture, and to programs as
// JSON. The output depends on the plan alone; the same plan gives the same bytes.
package routes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// A Row describes a handler. Its texts have no control characters.
type Row struct {
	// Order is the handler's place in the spec, from 1. Handlers are tried in this order.
	Order int `json:"order"`
	// File and Line are where the handler stands: the spec or a file that it includes.
	File string `json:"file"`
	Line int    `json:"line"`
	// Trigger is the key of the spec that selects updates: command, callback, on, text or inline.
	Trigger string `json:"trigger"`
	// Match is what the trigger looks for: "/ban, /kick", "buy:{item:int64}", "message:photo".
	Match string `json:"match"`
	// Handler is the name of the method.
	Handler string `json:"handler"`
	// Description is the description in the spec. It may be empty.
	Description string `json:"description,omitempty"`
	// In are the types of chats that the handler is for. Empty: all.
	In []string `json:"in,omitempty"`
	// Where are the predicates. All must hold; one with ! must not hold.
	Where []string `json:"where,omitempty"`
	// State are the states of a session in which the handler runs: "Signup.AskName". To are the states to which it may go.
	State []string `json:"state,omitempty"`
	To    []string `json:"to,omitempty"`
	// Session are the sessions without states that the handler uses.
	Session []string `json:"session,omitempty"`
	// Find are what methods look for, each with its type: "note Note". If one finds nothing, the next handler is tried.
	Find []string `json:"find,omitempty"`
	// Continue says that later handlers are tried after the handler ran.
	Continue bool `json:"continue"`
	// Constraints are the constraints for each update kind, in the order of Kinds. A kind without constraints has an
	// empty list.
	Constraints []KindConstraints `json:"constraints"`
	// Timeout is the time-out, and what becomes of the keys after it: "30s hold", "30s hold 10s", or "none".
	Timeout string `json:"timeout"`
	// Retry is how often a failed update is handled: "5 attempts, 1s to 1m0s". Empty: once.
	Retry string `json:"retry,omitempty"`
	// Kinds are the update kinds that the handler can get.
	Kinds []string `json:"kinds"`
}

// KindConstraints are the names of the constraints of one update kind.
type KindConstraints struct {
	Kind  string   `json:"kind"`
	Names []string `json:"names"`
}

// Rows are the handlers of a plan in the order in which they are tried.
func Rows(p *plan.Plan) []Row {
	rows := make([]Row, len(p.Handlers))
	for i, h := range p.Handlers {
		trigger, _ := h.Trigger()
		rows[i] = Row{
			Order: i + 1, File: h.Name.Pos.File, Line: h.Name.Pos.Line, Trigger: string(trigger), Match: Match(h.Handler), Handler: h.Name.Value, Description: clean(h.Description.Value),
			Continue: h.Continues(p.Spec), Timeout: timeout(h.Timeout), Retry: retry(h.Retry), Constraints: []KindConstraints{},
		}
		for _, in := range h.In {
			rows[i].In = append(rows[i].In, string(in.Value))
		}
		for _, w := range h.Where {
			rows[i].Where = append(rows[i].Where, Predicate(w))
		}
		rows[i].State, rows[i].To = States(h.Handler)
		for _, s := range h.Data {
			rows[i].Session = append(rows[i].Session, s.Name.Value)
		}
		for _, f := range h.Find {
			rows[i].Find = append(rows[i].Find, f.Name.Value+" "+f.Type.Value)
		}
		for _, k := range h.Kinds {
			rows[i].Kinds = append(rows[i].Kinds, k.Name)
		}
		for _, k := range p.Kinds {
			for _, r := range k.Routes {
				if r.Handler == h {
					rows[i].Constraints = append(rows[i].Constraints, KindConstraints{k.Name, names(p.Spec, r.Constraints)})
				}
			}
		}
	}
	return rows
}

// Match is what the trigger of a handler looks for, in one line.
func Match(h *spec.Handler) string {
	switch {
	case h.Command != nil:
		return command(h.Command)
	case h.Callback != nil:
		return clean(h.Callback.Source.Value)
	case h.Text != nil && h.Text.Pattern == nil:
		return strconv.Quote(h.Text.Is.Value)
	case h.Text != nil:
		return expression(h.Text.Pattern)
	case h.Inline != nil && h.Inline.Pattern == nil:
		return "every query"
	case h.Inline != nil:
		return expression(h.Inline.Pattern)
	}
	queries := make([]string, len(h.On))
	for i, q := range h.On {
		queries[i] = q.Text.Value
	}
	return strings.Join(queries, ", ")
}

// command shows the names as users type them. If there are several prefixes, they are in brackets.
func command(c *spec.Command) string {
	prefixes := c.Prefixes.Or(spec.DefaultPrefixes)
	if len([]rune(prefixes)) > 1 {
		prefixes = "[" + prefixes + "]"
	}
	texts := make([]string, len(c.Names))
	for i, n := range c.Names {
		texts[i] = clean(prefixes) + n.Value
	}
	text := strings.Join(texts, ", ")
	if c.Caption.Value {
		text += " +caption"
	}
	if c.Edited.Value {
		text += " +edited"
	}
	return text
}

// expression shows a regular expression between slashes.
func expression(p *spec.Pattern) string { return "/" + clean(p.Source.Value) + "/" }

// Predicate is a predicate as the spec writes it, such as "!IsBanned".
func Predicate(p spec.Predicate) string {
	if p.Negated {
		return "!" + p.Name.Value
	}
	return p.Name.Value
}

// names are the names of constraints. The list is empty unless the sink is sharded: other sinks ignore constraints.
func names(s *spec.Spec, constraints []spec.Constraint) []string {
	found := []string{}
	if s.Sink.Or(spec.DefaultSink) != spec.SinkSharded {
		return found
	}
	for _, c := range constraints {
		found = append(found, c.Name.Value)
	}
	return found
}

func timeout(t plan.Timeout) string {
	if t.After == 0 {
		return "none"
	}
	if t.Key == spec.TimeoutHold && t.Hold > 0 {
		return fmt.Sprintf("%v %s %v", t.After, t.Key, t.Hold)
	}
	return fmt.Sprintf("%v %s", t.After, t.Key)
}

// retry is the retry of a handler, or nothing if a failed update is not handled again.
func retry(r plan.Retry) string {
	if r.Attempts == 1 {
		return ""
	}
	return fmt.Sprintf("%d attempts, %v to %v", r.Attempts, r.Backoff, r.MaxBackoff)
}

// conditions are what must hold besides the trigger, and whether the handler continues.
func (r Row) conditions() string {
	var parts []string
	if len(r.In) > 0 {
		parts = append(parts, "in "+strings.Join(r.In, "|"))
	}
	if len(r.State) > 0 {
		parts = append(parts, "state "+strings.Join(r.State, "|"))
	}
	if len(r.Where) > 0 {
		parts = append(parts, "where "+strings.Join(r.Where, " and "))
	}
	if len(r.Find) > 0 {
		parts = append(parts, "find "+strings.Join(r.Find, " and "))
	}
	if len(r.Session) > 0 {
		parts = append(parts, "session "+strings.Join(r.Session, " and "))
	}
	if len(r.To) > 0 {
		parts = append(parts, "to "+strings.Join(r.To, "|"))
	}
	if r.Continue {
		parts = append(parts, "continue")
	}
	return dash(strings.Join(parts, "; "))
}

// constraints are the names of the constraints, by kind if the kinds differ.
func (r Row) constraints() string {
	same := !slices.ContainsFunc(r.Constraints, func(k KindConstraints) bool { return !slices.Equal(k.Names, r.Constraints[0].Names) })
	var parts []string
	for _, k := range r.Constraints {
		text := dash(strings.Join(k.Names, ", "))
		if same {
			return text
		}
		parts = append(parts, k.Kind+": "+text)
	}
	return dash(strings.Join(parts, "; "))
}

// dash is the text, or a dash for an empty one.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// clean escapes characters that cannot be printed, as Go does.
func clean(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
