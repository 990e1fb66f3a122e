package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
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

// A command is a subcommand. Its run parses the arguments after the command's name and returns the exit code.
type command struct {
	name, args, short string
	run               func(c *command, args []string, s streams) int
}

// commands are in the order of the help.
func commands() []command {
	return []command{
		{"generate", "", "write bot.gen.go, if it changed", generate},
		{"init", "[dir]", "lay down a new bot", initialize},
		{"check", "", "print how bot.gen.go differs from what generate would write", check},
		{"schema", "", "print the JSON Schema of spec.yaml", schema},
		{"version", "", "print the version", version},
	}
}

// run finds the command. A panic of it is a fault of this tool, which is not to look like one of the spec.
func run(args []string, s streams) (code int) {
	defer func() {
		if value := recover(); value != nil {
			fmt.Fprintf(s.err, "tggen: internal error: %v\nPlease report it with the spec that led here.\n", value)
			code = exitUnable
		}
	}()
	name := "generate"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	if len(args) > 0 && (args[0] == "-h" || args[0] == "-help" || args[0] == "--help") && name == "generate" {
		name = "help"
	}
	if name == "help" {
		help(s.out)
		return exitFine
	}
	for _, c := range commands() {
		if c.name == name {
			return c.run(&c, args, s)
		}
	}
	fmt.Fprintf(s.err, "tggen: there is no command %s\n\n", name)
	help(s.err)
	return exitUnable
}

func help(w io.Writer) {
	fmt.Fprint(w, "tggen generates the dispatch code of a Telegram bot from its spec.yaml.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  tggen %-24s %s\n", strings.TrimSpace(c.name+" "+c.args), c.short)
	}
	fmt.Fprint(w, "\nWithout a command it generates. `tggen COMMAND -h` prints the flags of a command.\n"+
		"Exit codes: 0 fine, 1 the spec or the output is wrong, 2 tggen could not run.\n")
}

// flags is a flag set that reports to the error stream and leaves exiting to its caller.
func (c *command) flags(s streams) *flag.FlagSet {
	f := flag.NewFlagSet("tggen "+c.name, flag.ContinueOnError)
	f.SetOutput(s.err)
	return f
}

// parse parses the flags, and reports whether the command goes on; if not, code is its exit code.
func parse(f *flag.FlagSet, args []string, most int, s streams) (code int, goOn bool) {
	switch err := f.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitFine, false
	case err != nil:
		return exitUnable, false
	case f.NArg() > most:
		fmt.Fprintf(s.err, "%s: unexpected argument %s\n", f.Name(), f.Arg(most))
		return exitUnable, false
	}
	return exitFine, true
}

// unable reports why the tool could not run.
func unable(s streams, err error) int {
	fmt.Fprintf(s.err, "tggen: %v\n", err)
	return exitUnable
}
