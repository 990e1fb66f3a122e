package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"github.com/tggen/tggen/cmd/tggen/internal/dev"
	"github.com/tggen/tggen/cmd/tggen/internal/play"
)

const devHelp = `dev builds the bot in FOLDER, which holds its main package, and serves the page of ` + "`tggen play`" + `. The default is the folder that you are
in. Whenever you save a file, dev generates, builds, stops the old bot in order and starts the new one. If there is a mistake in the
spec or in the Go source, you see it here and on the page, and the old bot goes on.

It watches the spec with the files that it includes, and the Go source of the module and of other modules on this machine that the bot
uses, without tests. No token is needed, and nothing is sent to Telegram. Ctrl-C stops the bot in order, and everything else.`

func develop(f *flag.FlagSet) action {
	p := specFlag(f)
	listen, api := playFlags(f)
	return func(args []string, s streams) int {
		dir := "."
		if len(args) == 1 {
			dir = args[0]
		}
		p.in(dir)
		if err := checkFolder(dir); err != nil {
			return fail(s, err)
		}
		if _, err := p.input(); err != nil { // a mistake in it is no reason not to start
			return fail(s, err)
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
		game, err := play.Start(play.Config{Listen: *listen, API: *api, Dir: dir, Name: p.name(), Output: s.out})
		if err != nil {
			return fail(s, err)
		}
		defer game.Close()
		temporary, err := os.MkdirTemp("", "tggen-dev-")
		if err != nil {
			return fail(s, err)
		}
		defer os.RemoveAll(temporary)
		fmt.Fprintf(s.out, "Open %s\n", game.URL)
		err = dev.Run(ctx, dev.Config{Project: p.buildable(dir), Page: game, Bot: game.Bot, Output: s.err, Temp: temporary})
		game.Close() // before its binary is removed
		if err != nil {
			return fail(s, err)
		}
		return exitOK
	}
}

// playFlags defines the flags for the addresses of play and dev.
func playFlags(f *flag.FlagSet) (listen, api *string) {
	return f.String("listen", "", "the `ADDRESS` of the page (default "+play.DefaultListen+", or a free port if that one is taken)"),
		f.String("api", "127.0.0.1:0", "the `ADDRESS` of the Bot API server; port 0 means a free port")
}

// in looks for the spec in the folder of the bot's main package, unless -spec names another file.
func (p *project) in(dir string) {
	if p.specFile == defaultSpec {
		p.specFile = filepath.Join(dir, defaultSpec)
	}
}

// name is the name of the bot on the page: that of its folder.
func (p *project) name() string {
	absolute, err := filepath.Abs(p.dir())
	if err != nil {
		return ""
	}
	return filepath.Base(absolute)
}

// checkFolder checks that there is a folder.
func checkFolder(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder: name the folder of the bot's main package, and the spec with -spec", dir)
	}
	return err
}

// buildable returns the project with a main package as package dev builds it.
func (p *project) buildable(dir string) dev.Project {
	return dev.Project{Dir: dir, Generate: func(context.Context) (generated dev.Generated) {
		defer func() {
			if value := recover(); value != nil { // as in run
				generated = dev.Generated{Err: fmt.Errorf("internal error: %v\n\n%s\nPlease report this bug together with your spec", value, debug.Stack())}
			}
		}()
		result, found, err := p.update()
		generated = dev.Generated{Found: found, Sources: p.sources(), Err: err, Output: p.output(), Inputs: append(p.opened, p.specFile)}
		if result != nil {
			generated.Plan = result.Plan
		}
		return generated
	}}
}
