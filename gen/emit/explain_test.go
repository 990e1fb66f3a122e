package emit_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/explain"
	"github.com/tggen/tggen/gen/filter/filtertest"
	"github.com/tggen/tggen/gen/plan"
)

// explainAgrees compares package explain with the compiled bot, for many updates. A handler that explain skips does not
// run, a handler that it reports with "runs" does run, and the order is the same.
func explainAgrees(t *testing.T, binary string) {
	source, err := os.ReadFile(realisticSpec)
	if err != nil {
		t.Fatal(err)
	}
	p, found := gen.Plan(gen.Input{SpecFile: realisticSpec, Spec: source})
	if len(found) > 0 {
		t.Fatal(found)
	}
	updates := explainUpdates(t, p)
	ran, perhaps := 0, 0
	for i, line := range answers(t, binary, updates) {
		report, err := explain.Explain(explain.Input{Plan: p, Update: []byte(updates[i]), Username: "test_bot", Workers: 4})
		if err != nil {
			t.Fatalf("%s: %v", updates[i], err)
		}
		calls := strings.Fields(line)
		for _, step := range report.Steps {
			called := len(calls) > 0 && (calls[0] == step.Handler.Name.Value || calls[0] == "OnUsage" && step.Handler.Command != nil)
			switch {
			case step.Outcome == explain.Skipped:
				continue
			case called:
				calls = calls[1:]
				ran++
			case step.Outcome == explain.Runs:
				t.Errorf("%s: explain says that %s runs; the bot ran %s", updates[i], step.Handler.Name.Value, line)
			default:
				perhaps++
			}
		}
		if len(calls) > 0 {
			t.Errorf("%s: the bot ran %s; explain says that these do not run: %s", updates[i], line, calls)
		}
	}
	if ran < len(updates) || perhaps < 100 {
		t.Errorf("%d updates: %d handlers ran and %d might have; these are too few for a test", len(updates), ran, perhaps)
	}
}

// explainUpdates are the updates of realisticCases, updates made for each query of the plan, and each command in several
// chats, with and without arguments.
func explainUpdates(t *testing.T, p *plan.Plan) []string {
	var updates []string
	for _, c := range realisticCases {
		updates = append(updates, c.update)
	}
	for _, h := range p.Handlers {
		if h.Command == nil {
			for _, q := range h.Queries {
				for _, c := range filtertest.Cases(p.API, q) {
					c.Update["update_id"] = 1
					update, err := json.Marshal(c.Update)
					if err != nil {
						t.Fatal(err)
					}
					updates = append(updates, string(update))
				}
			}
			continue
		}
		for _, name := range h.Command.Names {
			for _, text := range []string{"/" + name.Value, "." + name.Value + " 5", "/" + name.Value + "@test_bot 5 on", "/" + name.Value + "@other_bot"} {
				updates = append(updates, personal(text), crowd(text, 7), crowd(text, 8), caption(text))
			}
		}
	}
	// Queries with `me` are left out: package explain does not know the bot's id.
	return slices.DeleteFunc(updates, func(update string) bool { return strings.Contains(update, "4200000001") })
}
