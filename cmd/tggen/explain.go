package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/explain"
	"github.com/tggen/tggen/gen/plan"
)

const explainHelp = `UPDATE.json holds an update as a webhook gets it, the whole reply to getUpdates, or several of them; - reads them from standard
input. No code of the bot runs. Where the result depends on a predicate, or on the state of a
session that no -state tells, the output says so; the keys of a constraint that is a Go function are
unknown. The shard is computed for the number of workers in the spec, or else for the number of processors of this
machine.`

func explainUpdate(f *flag.FlagSet) action {
	p := specFlag(f)
	states := stateFlags{}
	f.Var(states, "state", "the `SESSION=STATE` that a session is in, such as Signup=AskAge; may be given for several sessions")
	username := f.String("bot", "", "the bot's `USERNAME`, for commands such as /ban@shop_bot")
	return func(args []string, s streams) int {
		resolved, code := p.plan(s)
		if resolved == nil {
			return code
		}
		if err := states.check(resolved); err != nil {
			return fail(s, err)
		}
		text, err := readUpdates(args[0], s)
		if err != nil {
			return fail(s, err)
		}
		updates, err := explain.Updates(text)
		if err != nil {
			return fail(s, fmt.Errorf("%s: %w", args[0], err))
		}
		var reports [][]byte
		for i, update := range updates {
			report, err := explain.Explain(explain.Input{
				Plan: resolved, Update: update, Username: strings.TrimPrefix(*username, "@"), States: states,
				Workers: resolved.Spec.Workers.Or(runtime.GOMAXPROCS(0)),
			})
			if err != nil {
				return fail(s, fmt.Errorf("%s: update %d of %d: %w", args[0], i+1, len(updates), err))
			}
			reports = append(reports, report.Text())
		}
		return printed(s, bytes.Join(reports, []byte("\n")))
	}
}

func readUpdates(name string, s streams) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(s.in)
	}
	return os.ReadFile(name)
}

// stateFlags are the states that sessions are in, by name.
type stateFlags map[string]string

// String implements flag.Value.
func (f stateFlags) String() string { return "" }

// Set implements flag.Value.
func (f stateFlags) Set(text string) error {
	session, state, ok := strings.Cut(text, "=")
	if !ok || session == "" || state == "" {
		return errors.New("write SESSION=STATE, such as Signup=AskAge")
	}
	if _, twice := f[session]; twice {
		return fmt.Errorf("%s is in one state", session)
	}
	f[session] = state
	return nil
}

// check reports a session or a state that the bot does not have.
func (f stateFlags) check(p *plan.Plan) error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		session := p.Session(name)
		switch {
		case session == nil:
			return fmt.Errorf("-state %s=%s: there is no session %[1]s", name, f[name])
		case session.State(f[name]) == nil:
			return fmt.Errorf("-state %s=%s: %[1]s has no state %[2]s", name, f[name])
		}
	}
	return nil
}
