package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/tggen/tggen/gen/explain"
)

const explainHelp = `UPDATE.json holds one update in the form that getUpdates returns; - reads it from standard input. No code of the bot
runs. Where the result depends on a predicate, the output says so; the keys of a constraint that is a Go function are
unknown. The shard is computed for the number of workers in the spec, or else for the number of processors of this
machine.`

func explainUpdate(f *flag.FlagSet) action {
	p := specFlag(f)
	username := f.String("bot", "", "the bot's `USERNAME`, for commands such as /ban@shop_bot")
	return func(args []string, s streams) int {
		resolved, code := p.plan(s)
		if resolved == nil {
			return code
		}
		update, err := readUpdate(args[0], s)
		if err != nil {
			return fail(s, err)
		}
		report, err := explain.Explain(explain.Input{
			Plan: resolved, Update: update, Username: strings.TrimPrefix(*username, "@"),
			Workers: resolved.Spec.Workers.Or(runtime.GOMAXPROCS(0)),
		})
		if err != nil {
			return fail(s, fmt.Errorf("%s: %w", args[0], err))
		}
		return printed(s, report.Text())
	}
}

func readUpdate(name string, s streams) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(s.in)
	}
	return os.ReadFile(name)
}
