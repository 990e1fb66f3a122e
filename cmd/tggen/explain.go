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

const explainHelp = `UPDATE.json holds one update, as getUpdates has it; - reads the input. Nothing of the bot is run: of a predicate it is
said that the answer depends on it, and of a constraint in Go that its keys are not known. The shard is that of a bot
with as many workers as the spec says, or as this machine has processors.`

func explainUpdate(f *flag.FlagSet) action {
	p := specFlag(f)
	username := f.String("bot", "", "the `USERNAME` of the bot, for commands such as /ban@shop_bot")
	return func(args []string, s streams) int {
		resolved, code := p.plan(s)
		if resolved == nil {
			return code
		}
		update, err := readUpdate(args[0], s)
		if err != nil {
			return unable(s, err)
		}
		report, err := explain.Explain(explain.Input{
			Plan: resolved, Update: update, Username: strings.TrimPrefix(*username, "@"),
			Workers: resolved.Spec.Workers.Or(runtime.GOMAXPROCS(0)),
		})
		if err != nil {
			return unable(s, fmt.Errorf("%s: %w", args[0], err))
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
