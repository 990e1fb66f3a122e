// Package filtertest holds what tests of filter queries need: updates made for a query, and a judge of what matches
// that knows neither gotgbot's types nor package filter.
package filtertest

import (
	"encoding/json"
	"slices"
	"strings"
)

// Match says whether an update matches a query of which no level is left out or short, by looking at the update's
// JSON alone. The update is as encoding/json decodes it into an any; bot is the bot's own id, for the level "me".
//
// A member is there when it is none of null, false, 0, "" and []. A third level holds for an object that has that
// member, or whose discriminator has that value, and for an array any of whose elements it holds for.
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
