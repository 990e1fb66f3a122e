package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/tggen/tggen/gen/explain"
)

const explainHelp = `UPDATE.json holds an update as a webhook gets it, the whole reply to getUpdates, or several of them; - reads them from standard
input. No code of the bot runs. Where the result depends on a predicate, the output says so; the keys of a constraint that is a Go function are
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
				Plan: resolved, Update: update, Username: strings.TrimPrefix(*username, "@"),
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
