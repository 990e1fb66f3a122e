// Package filtertest helps to test filter queries. [Cases] makes updates for a query, and [Match] decides whether a query
// matches, without gotgbot's types and without package filter.
package filtertest

import (
	"encoding/json"
	"slices"
	"strings"
)

// Match reports whether an update matches a query without shortcuts and without levels left out. It looks only at the
// update's JSON. The update is as encoding/json decodes it into an any; bot is the bot's own id, for the level "me".
//
// A member counts as present unless it is null, false, 0, "" or []. An object meets a third level if it has that member, or
// if its discriminator has that value. An array meets a third level if any of its elements does.
func Match(query string, update map[string]any, bot int64) bool {
	levels := strings.Split(query, ":")
	payload, ok := update[levels[0]].(map[string]any)
	if !ok || len(levels) == 1 {
		return ok
	}
	value := payload[levels[1]]
	if len(levels) == 2 {
		return present(value)
	}
	holds := func(v any) bool { return third(v, levels[2], bot) }
	if list, ok := value.([]any); ok {
		return slices.ContainsFunc(list, holds)
	}
	return holds(value)
}

func third(value any, name string, bot int64) bool {
	object, ok := value.(map[string]any)
	switch {
	case !ok:
		return value == name
	case name == "me":
		id, ok := number(object["id"])
		return ok && id == float64(bot)
	case present(object[name]):
		return true
	}
	for _, discriminator := range []string{"type", "status", "source"} {
		if object[discriminator] == name {
			return true
		}
	}
	inner, ok := object["type"].(map[string]any)
	return ok && inner["type"] == name
}

func present(value any) bool {
	switch value := value.(type) {
	case nil:
		return false
	case bool:
		return value
	case string:
		return value != ""
	case []any:
		return len(value) != 0
	}
	n, ok := number(value)
	return !ok || n != 0
}

func number(value any) (float64, bool) {
	switch value := value.(type) {
	case float64:
		return value, true
	case int:
		return float64(value), true
	case int64:
		return float64(value), true
	case json.Number:
		n, err := value.Float64()
		return n, err == nil
	}
	return 0, false
}
