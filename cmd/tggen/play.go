package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tggen/tggen/cmd/tggen/internal/play"
	"github.com/tggen/tggen/runtime/tgtest/process"
)

const playHelp = `play serves a page on this machine on which you talk to the bot as several people, and see what becomes of each update: which handler
runs and why the ones before do not, the keys, the time, the session before and after, and the calls. No token is needed, and
nothing is sent to Telegram.

With FOLDER, which holds the bot's main package, play builds the bot and runs it there. Without it, play prints the environment
variables with which you start the bot yourself. Ctrl-C stops the bot in order, and everything else.

The address of the page holds a random token. Other web pages cannot read or control it.`

func playBot(f *flag.FlagSet) action {
	p := projectFlags(f)
	listen := f.String("listen", "", "the `ADDRESS` of the page (default "+play.DefaultListen+", or a free port if that one is taken)")
	api := f.String("api", "127.0.0.1:0", "the `ADDRESS` of the Bot API server; port 0 means a free port")
	return func(args []string, s streams) int {
		cfg := play.Config{Listen: *listen, API: *api, Output: s.out}
		if len(args) == 1 {
			cfg.Dir = args[0]
			if p.specFile == defaultSpec {
				p.specFile = filepath.Join(cfg.Dir, defaultSpec)
			}
		}
		resolved, code := p.plan(s)
		if resolved == nil {
			return code
		}
		cfg.Plan = resolved
		if absolute, err := filepath.Abs(p.dir()); err == nil {
			cfg.Name = filepath.Base(absolute)
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
		return playWith(ctx, cfg, s)
	}
}

// playWith plays until ctx ends.
func playWith(ctx context.Context, cfg play.Config, s streams) int {
	game, err := play.Start(cfg)
	if err != nil {
		return fail(s, err)
	}
	defer game.Close()
	fmt.Fprintf(s.out, "Open %s\n", game.URL)
	if cfg.Dir == "" {
		fmt.Fprintf(s.out, "\nand start the bot with these environment variables:\n\nexport %s\n\n", strings.Join(game.Environment(), "\nexport "))
		game.Run(ctx)
		return exitOK
	}
	temporary, err := os.MkdirTemp("", "tggen-play-")
	if err != nil {
		return fail(s, err)
	}
	defer os.RemoveAll(temporary)
	binary := filepath.Join(temporary, "bot.exe") // Windows needs the ending, and the others do not care
	game.Bot.Building()
	if err := process.Build(ctx, cfg.Dir, binary); err != nil {
		return fail(s, err)
	}
	if err := game.Bot.Replace(ctx, binary); err != nil {
		return fail(s, err)
	}
	game.Run(ctx)
	return exitOK
}
