package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/spec"
)

// kindHabits are words of other frameworks for update kinds.
var kindHabits = map[string]string{
	"callback": "callback_query", "callbacks": "callback_query", "button": "callback_query", "cb": "callback_query", "query": "callback_query",
	"inline": "inline_query", "chosen_inline": "chosen_inline_result", "edited": "edited_message", "edit_message": "edited_message",
	"post": "channel_post", "channel": "channel_post", "reaction": "message_reaction", "reactions": "message_reaction",
	"join_request": "chat_join_request", "member": "chat_member", "boost": "chat_boost", "shipping": "shipping_query",
	"pre_checkout": "pre_checkout_query", "checkout": "pre_checkout_query", "business": "business_message", "messages": "message",
}

// kindHint says which update kind was meant.
func (r *resolver) kindHint(name string) string {
	lower := strings.ToLower(name)
	if kind := kindHabits[lower]; kind != "" {
		return "did you mean " + kind + "?"
	}
	if hint := diag.DidYouMean(name, r.api.KindNames()); hint != "" {
		return hint
	}
	if near := diag.Near(name, r.api.KindNames()); len(near) > 0 {
		return "did you mean " + diag.Or(near) + "?"
	}
	return "the kinds are those of https://core.telegram.org/bots/api#update"
}

// queryHint says what was meant by a filter query that does not exist. The suggestion is that of package filter, or empty.
func (r *resolver) queryHint(q spec.Query, suggestion string) string {
	levels := make([]string, 3)
	for i, level := range q.Levels[:min(len(q.Levels), 3)] {
		levels[i] = level.Value
	}
	first, second := levels[0], levels[1]
	kind, single := r.api.Kind(first), len(q.Levels) == 1
	switch {
	case first == "command" || first == "commands" || single && first == "bot_command":
		return "write `command: start` instead of on"
	case first == "callback_query" && second == "data" && levels[2] != "":
		return fmt.Sprintf("for buttons with these data, write `callback: %q` instead of on", levels[2])
	case single && slices.Contains([]string{"any", "all", "every", "update", "updates"}, first):
		return "no query matches every update: list the kinds, such as [message, callback_query]"
	case single && r.isQuery(kindHabits[first]):
		return fmt.Sprintf("did you mean %s?", kindHabits[first])
	case single && r.isQuery("message:"+first):
		return fmt.Sprintf("did you mean message:%s?", first)
	case single && r.isQuery("message::"+first):
		return fmt.Sprintf("did you mean message::%s?", first)
	case suggestion != "":
		return fmt.Sprintf("did you mean %s?", suggestion)
	case kind == nil && !single && kindHabits[first] != "":
		return fmt.Sprintf("did you mean %s?", kindHabits[first]+strings.TrimPrefix(q.Text.Value, first))
	case kind == nil && first != "":
		return r.kindHint(first)
	case kind != nil && second != "" && kind.Payload.Field(second) == nil:
		return r.kindsWith(kind.Name, second)
	}
	return ""
}

// kindsWith says which kinds have a field that another kind lacks.
func (r *resolver) kindsWith(lacking, field string) string {
	var kinds []string
	for _, kind := range r.api.Kinds {
		if kind.Payload.Field(field) != nil {
			kinds = append(kinds, kind.Name)
		}
	}
	if len(kinds) == 0 {
		return fmt.Sprintf("the fields are those of https://core.telegram.org/bots/api#%s", strings.ReplaceAll(lacking, "_", ""))
	}
	if lacking == "callback_query" {
		return fmt.Sprintf("did you mean %s:%s? a callback_query is the press of a button", kinds[0], field)
	}
	return fmt.Sprintf("did you mean %s:%s?", kinds[0], field)
}

// isQuery reports whether a text is a filter query.
func (r *resolver) isQuery(text string) bool {
	_, err := filter.Parse(r.api, text)
	return text != "" && err == nil
}
