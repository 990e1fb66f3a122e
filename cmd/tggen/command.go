package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/diag"
)

// Exit codes.
const (
	exitOK      = 0
	exitInvalid = 1 // the spec or the generated file is wrong
	exitFailed  = 2 // the tool could not run
)

// streams is what a command reads from and writes to.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// A command is a subcommand.
type command struct {
	name    string
	args    string // the arguments after the flags, as the help shows them
	minArgs int
	maxArgs int
	short   string // one line for the list of commands
	long    string // the rest of the command's own help
	// setup defines the flags. The action that it returns runs after they are parsed.
	setup func(f *flag.FlagSet) action
}

// An action runs a command with the arguments that are not flags, and returns the exit code.
type action func(args []string, s streams) int

// commands returns all commands in the order of the help.
func commands() []command {
	return []command{
		{name: "generate", short: "write bot.gen.go if it changed", long: generateHelp, setup: generate},
		{name: "init", args: "[DIR]", maxArgs: 1, short: "create a new bot", long: initHelp, setup: initialize},
		{name: "check", short: "show how bot.gen.go differs from what generate would write", long: checkHelp, setup: check},
		{name: "stubs", short: "print the methods that your type is missing", long: stubsHelp, setup: stubs},
		{name: "routes", short: "print the handlers in order, and what each one receives", long: routesHelp, setup: routesOf},
		{name: "explain", args: "UPDATE.json", minArgs: 1, maxArgs: 1, short: "print which handler receives an update, and why the others do not", long: explainHelp, setup: explainUpdate},
		{name: "play", args: "[FOLDER]", maxArgs: 1, short: "talk to the bot on a page, without a token", long: playHelp, setup: playBot},
		{name: "dev", args: "[FOLDER]", maxArgs: 1, short: "play, and build anew whenever a file is saved", long: devHelp, setup: develop},
		{name: "schema", short: "print the JSON Schema of spec.yaml", long: schemaHelp, setup: schema},
		{name: "completion", args: "SHELL", minArgs: 1, maxArgs: 1, short: "print shell completion for bash, zsh or fish", long: completionHelp, setup: completion},
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

// run finds the command and runs it. A panic is a bug in this tool: run reports it as one, so that nobody takes it for a
// mistake in the spec.
func run(args []string, s streams) (code int) {
	defer func() {
		if value := recover(); value != nil {
			fmt.Fprintf(s.err, "tggen: internal error: %v\n\n%s\nPlease report this bug together with your spec.\n", value, debug.Stack())
			code = exitFailed
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

// run parses the arguments and runs the command. Flags may stand before and after other arguments.
func (c command) run(args []string, s streams) int {
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	f.SetOutput(io.Discard) // misused prints the errors, without the whole help
	act := c.setup(f)
	var rest []string
	for more := args; ; {
		err := f.Parse(more)
		if errors.Is(err, flag.ErrHelp) {
			c.help(s.out)
			return exitOK
		}
		if err != nil {
			return c.misused(s, err.Error()+flagsOf(f, err))
		}
		if f.NArg() == 0 {
			break
		}
		rest, more = append(rest, f.Arg(0)), f.Args()[1:]
	}
	switch {
	case len(rest) > c.maxArgs:
		return c.misused(s, "unexpected argument "+rest[c.maxArgs])
	case len(rest) < c.minArgs:
		return c.misused(s, c.args+" is missing")
	}
	return act(rest, s)
}

// flagsOf lists the flags of a command, for the error about one that it does not have.
func flagsOf(f *flag.FlagSet, err error) string {
	var names []string
	f.VisitAll(func(one *flag.Flag) { names = append(names, "-"+one.Name) })
	if !strings.Contains(err.Error(), "not defined") || len(names) == 0 {
		return ""
	}
	return "; the flags are " + diag.And(names)
}

// misused reports arguments that the command does not accept.
func (c command) misused(s streams, message string) int {
	fmt.Fprintf(s.err, "tggen %s: %s\nrun `tggen %s -h` for help\n", c.name, message, c.name)
	return exitFailed
}

// commandHabits are the hints for words that other tools have for commands.
var commandHabits = map[string]string{
	"gen": "did you mean generate?", "build": "run `tggen generate`, and then go build", "run": "run `tggen dev`, or `tggen generate` and then go run .",
	"start": "run `tggen dev`, or `tggen generate` and then go run .", "watch": "did you mean dev?", "serve": "did you mean play or dev?", "test": "run `tggen generate`, and then go test ./...",
	"new": "did you mean init?", "create": "did you mean init?", "lint": "did you mean check?", "validate": "did you mean check?",
	"verify": "did you mean check?", "diff": "did you mean check?", "stub": "did you mean stubs?", "scaffold": "did you mean stubs?",
	"list": "did you mean routes?", "graph": "did you mean routes?", "handlers": "did you mean routes?",
}

// unknown reports a command that does not exist.
func unknown(name string, s streams) int {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	hint := "run `tggen help` for the list of commands"
	if habit := commandHabits[name]; habit != "" {
		hint = habit
	} else if ext := filepath.Ext(name); ext == ".yaml" || ext == ".yml" {
		hint = "to name the spec, run `tggen -spec " + name + "`"
	} else if near := diag.DidYouMean(name, names); near != "" {
		hint = near
	}
	fmt.Fprintf(s.err, "tggen: there is no command %s\n%s\n", name, hint)
	return exitFailed
}

// fail reports why the tool could not run.
func fail(s streams, err error) int {
	fmt.Fprintf(s.err, "tggen: %v\n", err)
	return exitFailed
}

// printed writes the output of a command that only prints.
func printed(s streams, text []byte) int {
	if _, err := s.out.Write(text); err != nil {
		return fail(s, err)
	}
	return exitOK
}
