package play

import (
	"runtime"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/explain"
	"github.com/tggen/tggen/gen/routes"
	"github.com/tggen/tggen/gen/spec"
)

// explained is what the spec says of an update.
type explained struct {
	steps   []Step
	keys    []ConstraintKey
	shard   *int
	workers int
}

// explain adds to an update what the spec says of it. What the bot says that it did overrides that.
func (t *trail) explain(u *track, shown *Update) {
	if t.plan == nil || u.Raw == nil || u.Expired != "" {
		shown.Steps = []Step{}
		for _, name := range u.Handlers {
			step := Step{Handler: name, Outcome: ran}
			if u.Expired != "" {
				step.Trigger = "timeout: " + u.Expired
			}
			shown.Steps = append(shown.Steps, step)
		}
		return
	}
	if u.explained == nil {
		u.explained = t.ask(u)
	}
	e := u.explained
	shown.Steps = merge(e.steps, u.Handlers, t.traced && over(u.Status))
	if u.Status == updateRepeated && len(u.Handlers) == 0 {
		for i := range shown.Steps {
			shown.Steps[i].Outcome, shown.Steps[i].Why = notReached, ""
		}
	}
	if !u.taken {
		shown.Keys, shown.Shard, shown.Workers = e.keys, e.shard, e.workers
	}
}

// over reports whether the handlers have run.
func over(status string) bool {
	return status == updateHandled || status == updateFailed || status == updateTimedOut || status == updateRepeated
}

// ask asks the spec what the bot does with an update.
func (t *trail) ask(u *track) *explained {
	e := &explained{steps: []Step{}, keys: []ConstraintKey{}, workers: t.plan.Spec.Workers.Or(runtime.GOMAXPROCS(0))}
	if u.Workers > 0 {
		e.workers = u.Workers
	}
	report, err := explain.Explain(explain.Input{
		Plan: t.plan, Update: u.Raw, Username: t.play.api.Profile.Username, Workers: e.workers, States: u.states,
	})
	if err != nil {
		e.steps = append(e.steps, Step{Outcome: string(explain.Skipped), Why: err.Error()})
		return e
	}
	for _, s := range report.Steps {
		e.steps = append(e.steps, Step{
			Handler: s.Handler.Name.Value, Trigger: trigger(s.Handler.Handler), Outcome: string(s.Outcome), Why: s.Why,
			goesOn: s.Handler.Continues(t.plan.Spec),
		})
	}
	for _, h := range t.plan.Handlers[len(report.Steps):] {
		e.steps = append(e.steps, Step{Handler: h.Name.Value, Trigger: trigger(h.Handler), Outcome: notReached})
	}
	for _, k := range report.Keys {
		e.keys = append(e.keys, ConstraintKey{k.Constraint, k.Text})
	}
	if len(report.Keys) > 0 && !report.Keys[0].Unknown {
		shard := report.Keys[0].Hash().Shard(e.workers)
		e.shard = &shard
	}
	return e
}

// The outcomes of a Step that package explain does not have.
const (
	ran        = "ran"
	notReached = "not reached"
)

// trigger returns what a handler looks for.
func trigger(h *spec.Handler) string {
	kind, _ := h.Trigger()
	return string(kind) + ": " + routes.Match(h)
}

// merge returns the steps as the bot took them. over says that the attempt has ended, so that a handler that has not run will not run.
func merge(steps []Step, handlers []string, over bool) []Step {
	merged := slices.Clone(steps)
	last := -1
	for i := range merged {
		s := &merged[i]
		if !slices.Contains(handlers, s.Handler) {
			continue
		}
		last = i
		if s.Outcome != string(explain.Runs) { // the reason why it might not run
			s.Why = ""
		}
		s.Outcome = ran
	}
	for i := range merged {
		s := &merged[i]
		open := s.Outcome == string(explain.Runs) || s.Outcome == string(explain.Perhaps) || s.Outcome == notReached
		switch {
		case !open:
		case i < last, over && s.Outcome != notReached && (last < 0 || merged[last].goesOn):
			s.Outcome = string(explain.Skipped)
			s.Why = strings.TrimSuffix("it did not match: "+s.Why, ": ")
		case over:
			s.Outcome, s.Why = notReached, ""
		}
	}
	for _, name := range handlers {
		if !slices.ContainsFunc(merged, func(s Step) bool { return s.Handler == name }) {
			merged = append(merged, Step{Handler: name, Outcome: ran, Why: "the spec does not have it: the bot was built from another one"})
		}
	}
	return merged
}

// commands returns the commands of the spec, for a bot that has set no menu. If several handlers have a command, the first description
// counts.
func (t *trail) commands() []Command {
	all := []Command{}
	if t.plan == nil {
		return all
	}
	for _, h := range t.plan.Handlers {
		if h.Command == nil || !strings.ContainsRune(h.Command.Prefixes.Or(spec.DefaultPrefixes), '/') {
			continue
		}
		name, description := h.Command.Names[0].Value, h.Description.Value
		at := slices.IndexFunc(all, func(c Command) bool { return c.Command == name })
		switch {
		case at < 0:
			all = append(all, Command{name, description})
		case all[at].Description == "":
			all[at].Description = description
		}
	}
	return all
}
