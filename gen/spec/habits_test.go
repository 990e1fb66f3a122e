package spec

import (
	"slices"
	"strings"
	"testing"
)

// TestHabits checks that no habit is a key by now, that the key that it means exists, and that no name stands for two habits.
func TestHabits(t *testing.T) {
	keys := map[string][]string{
		"the spec": specShape().names(), "a handler": handlerShape().names(), "polling": pollingShape().names(), "webhook": webhookShape().names(),
		"a text trigger": textIs().names(), "a callback trigger": callbackIs().names(), "a timeout": timeoutObject().names(),
		"retry": handlerRetryShape().names(), "a session": sessionShape().names(), "a state": stateShape().names(),
	}
	for mapping, list := range habits {
		names := keys[mapping]
		if names == nil {
			t.Errorf("no mapping is called %s", mapping)
		}
		seen := map[string]bool{}
		for _, h := range list {
			if h.means != "" && !slices.Contains(names, h.means) {
				t.Errorf("%s: there is no key %s", mapping, h.means)
			}
			for _, name := range h.names {
				if seen[name] || strings.ToLower(name) != name || strings.ContainsAny(name, "_- ") {
					t.Errorf("%s: %s stands there twice, or is not in the form that habitFor looks for", mapping, name)
				}
				seen[name] = true
				if slices.ContainsFunc(names, func(key string) bool { return strings.ReplaceAll(key, "_", "") == name }) {
					t.Errorf("%s: %s is a key: delete the habit", mapping, name)
				}
			}
		}
	}
}
