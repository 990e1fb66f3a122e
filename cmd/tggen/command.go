package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/diag"
)

// Exit codes.
const (
	exitFine   = 0
	exitWrong  = 1 // the spec or the output
	exitUnable = 2 // the tool could not run
)

// streams is what a command reads from and writes to.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// A command is a subcommand.
type command struct {
	name  string
	args  string // the arguments after the flags, for people
	least int    // the fewest arguments
	most  int    // the most arguments
	short string // what it does, for the list of commands
	long  string // what else there is to know, for its own help
	// setup defines the flags, and returns what runs the command once they are parsed.
	setup func(f *flag.FlagSet) action
}

// An action does what a command is for, with the arguments that are no flags, and returns the exit code.
type action func(args []string, s streams) int

// commands are in the order of the help.
func commands() []command {
	return []command{
		{name: "generate", short: "write bot.gen.go, if it changed", long: generateHelp, setup: generate},
		{name: "init", args: "[DIR]", most: 1, short: "lay down a new bot", long: initHelp, setup: initialize},
		{name: "check", short: "print how bot.gen.go differs from what generate would write", long: checkHelp, setup: check},
		{name: "stubs", short: "print the methods that your type still lacks", long: stubsHelp, setup: stubs},
		{name: "routes", short: "print which handler gets what, in order", long: routesHelp, setup: routesOf},
		{name: "explain", args: "UPDATE.json", least: 1, most: 1, short: "print which handler gets an update, and why not those before it", long: explainHelp, setup: explainUpdate},
		{name: "schema", short: "print the JSON Schema of spec.yaml", long: schemaHelp, setup: schema},
		{name: "completion", args: "SHELL", least: 1, most: 1, short: "print completion for bash, zsh or fish", long: completionHelp, setup: completion},
		{name: "version", short: "print the version", setup: version},
	}
}

func find(name string) (command, bool) {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		return command{}, false
	}
	return all[i], true
}

// run finds the command and runs it. A panic is a fault of this tool, which is not to look like one of the spec.
func run(args []string, s streams) (code int) {
	defer func() {
		if value := recover(); value != nil {
			fmt.Fprintf(s.err, "tggen: internal error: %v\n\n%s\nPlease report this with the spec that led here.\n", value, debug.Stack())
			code = exitUnable
		}
	}()
	name := "generate"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	} else if len(args) > 0 {
		switch strings.TrimLeft(args[0], "-") {
		case "h", "help":
			name, args = "help", args[1:]
		case "version":
			name, args = "version", args[1:]
		}
	}
	if name == "help" {
		return help(args, s)
	}
	c, ok := find(name)
	if !ok {
		return unknown(name, s)
	}
	return c.run(args, s)
}

// run parses the arguments, among which flags may stand anywhere, and acts.
func (c command) run(args []string, s streams) int {
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	f.SetOutput(io.Discard) // faults are told below, without the whole help
	act := c.setup(f)
	var rest []string
	for more := args; ; {
		err := f.Parse(more)
		if errors.Is(err, flag.ErrHelp) {
			c.help(s.out)
			return exitFine
		}
		if err != nil {
			return c.misused(s, err.Error())
		}
		if f.NArg() == 0 {
			break
		}
		rest, more = append(rest, f.Arg(0)), f.Args()[1:]
	}
	switch {
	case len(rest) > c.most:
		return c.misused(s, "unexpected argument "+rest[c.most])
	case len(rest) < c.least:
		return c.misused(s, c.args+" is missing")
	}
	return act(rest, s)
}

func (c command) misused(s streams, fault string) int {
	fmt.Fprintf(s.err, "tggen %s: %s\n`tggen %s -h` says how it is used\n", c.name, fault, c.name)
	return exitUnable
}

func unknown(name string, s streams) int {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	hint := "`tggen help` lists the commands"
	if near := diag.DidYouMean(name, names); near != "" {
		hint = near
	}
	fmt.Fprintf(s.err, "tggen: there is no command %s\n%s\n", name, hint)
	return exitUnable
}

// unable reports why the tool could not run.
func unable(s streams, err error) int {
	fmt.Fprintf(s.err, "tggen: %v\n", err)
	return exitUnable
}

// printed writes the output of a command that does no more than print.
func printed(s streams, text []byte) int {
	if _, err := s.out.Write(text); err != nil {
		return unable(s, err)
	}
	return exitFine
}
