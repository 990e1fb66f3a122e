package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tggen/tggen/cmd/tggen/internal/play"
)

const playHelp = `play serves a page on this machine on which you talk to the bot as several people, and see what becomes of each update: which handler
runs and why the ones before do not, the keys, the time, the session before and after, and the calls. No token is needed, and
nothing is sent to Telegram.

With FOLDER, which holds the bot's main package, play builds the bot and runs it there. Without it, play prints the environment
variables with which you start the bot yourself. Ctrl-C stops the bot in order, and everything else.

The address of the page holds a random token. Other web pages cannot read or control it.`

func playBot(f *flag.FlagSet) action {
	p := specFlag(f)
	listen, api := playFlags(f)
	return func(args []string, s streams) int {
		cfg := play.Config{Listen: *listen, API: *api, Output: s.out}
		if len(args) == 1 {
			cfg.Dir = args[0]
			if err := checkFolder(cfg.Dir); err != nil {
				return fail(s, err)
			}
			p.in(cfg.Dir)
		}
		cfg.Name = p.name()
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
		if cfg.Dir == "" {
			resolved, code := p.plan(s)
			if resolved == nil {
				return code
			}
			cfg.Plan = resolved
			return playWith(ctx, cfg, "", s)
		}
		temporary, err := os.MkdirTemp("", "tggen-play-")
		if err != nil {
			return fail(s, err)
		}
		defer os.RemoveAll(temporary)
		binary := filepath.Join(temporary, "bot.exe") // Windows needs the ending, and the others do not care
		project := p.buildable(cfg.Dir)
		result, err := project.Build(ctx, binary)
		switch err := cmp.Or(err, result.Err); {
		case err != nil:
			return fail(s, err)
		case !result.Build.OK:
			fmt.Fprint(s.err, result.Text)
			return exitInvalid
		}
		cfg.Plan = result.Plan
		return playWith(ctx, cfg, binary, s)
	}
}

// playWith plays until ctx ends, with a bot that is built, or else with one that the author starts.
func playWith(ctx context.Context, cfg play.Config, binary string, s streams) int {
	game, err := play.Start(cfg)
	if err != nil {
		return fail(s, err)
	}
	defer game.Close()
	fmt.Fprintf(s.out, "Open %s\n", game.URL)
	if binary == "" {
		fmt.Fprintf(s.out, "\nand start the bot with these environment variables:\n\nexport %s\n\n", strings.Join(game.Environment(), "\nexport "))
	} else if err := game.Bot.Replace(ctx, binary); err != nil {
		return fail(s, err)
	}
	game.Run(ctx)
	return exitOK
}
