package filter_test

import (
	"testing"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/filter/filtertest"
	"github.com/tggen/tggen/gen/model"
)

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"message", "message", true},
		{"message", "message:photo", true},
		{"message", "message:entities:url", true},
		{"message:entities", "message:entities:url", true},
		{"message:entities:url", "message:entities:url", true},
		{"message:entities:url", "message:entities", false},
		{"message:entities:url", "message:entities:email", false},
		{"message:entities", "message:caption_entities:url", false},
		{"message:photo", "message", false},
		{"message", "edited_message:photo", false},
	} {
		if got := filter.Covers(parse(t, c.a)[0], parse(t, c.b)[0]); got != c.want {
			t.Errorf("%s covers %s: %v", c.a, c.b, got)
		}
	}
}

// TestCoversUpdates checks Covers with the updates made for the queries: a query that covers b matches every update that b
// matches.
func TestCoversUpdates(t *testing.T) {
	api := model.Gotgbot()
	for _, b := range filter.Valid(api) {
		if b.Field == nil {
			continue
		}
		for _, text := range []string{b.Kind.Name, b.Kind.Name + ":" + b.Field.JSON} {
			a := parse(t, text)[0]
			if !filter.Covers(a, b) {
				t.Errorf("%s does not cover %s", a, b)
			}
			for _, c := range filtertest.Cases(api, b) {
				if c.Match && !filtertest.Match(text, c.Update, filtertest.Bot) {
					t.Errorf("%s covers %s, but does not match its update %q", a, b, c.Name)
				}
			}
		}
	}
}
