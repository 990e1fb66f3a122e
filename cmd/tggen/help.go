package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// help prints the list of commands, or the help of one command.
func help(args []string, s streams) int {
	if len(args) == 0 {
		helpAll(s.out)
		return exitOK
	}
	c, ok := find(args[0])
	if !ok {
		return unknown(args[0], s)
	}
	c.help(s.out)
	return exitOK
}

func helpAll(w io.Writer) {
	fmt.Fprint(w, "tggen generates the dispatch code of a Telegram bot from spec.yaml.\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(table, "  tggen %s\t%s\n", strings.TrimSpace(c.name+" "+c.args), c.short)
	}
	table.Flush()
	fmt.Fprint(w, "\nWithout a command, tggen generates. Run `tggen COMMAND -h` for the flags of a command.\n"+
		"Exit codes: 0 success, 1 the spec or the generated file is wrong, 2 tggen could not run.\n")
}

func (c command) help(w io.Writer) {
	f := flag.NewFlagSet(c.name, flag.ContinueOnError)
	c.setup(f)
	var flags []string
	f.VisitAll(func(one *flag.Flag) {
		name, usage := flag.UnquoteUsage(one)
		if ch, ok := one.Value.(*choice); ok {
			name = strings.Join(ch.of, "|")
		}
		if one.DefValue != "" {
			usage += " (default " + one.DefValue + ")"
		}
		flags = append(flags, fmt.Sprintf("  -%s %s\t%s\n", one.Name, name, usage))
	})
	usage := "tggen " + c.name
	if len(flags) > 0 {
		usage += " [flags]"
	}
	fmt.Fprintf(w, "usage: %s\n\n%s.\n", strings.TrimSpace(usage+" "+c.args), strings.ToUpper(c.short[:1])+c.short[1:])
	if c.long != "" {
		fmt.Fprintf(w, "\n%s\n", c.long)
	}
	if len(flags) > 0 {
		fmt.Fprint(w, "\nFlags:\n\n")
		table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
		fmt.Fprint(table, strings.Join(flags, ""))
		table.Flush()
	}
}

// A choice is a flag with a fixed list of values.
type choice struct {
	value string
	of    []string
}

// choose defines a flag whose default is the first value.
func choose(f *flag.FlagSet, name, usage string, of ...string) *choice {
	c := &choice{of[0], of}
	f.Var(c, name, usage)
	return c
}

// String implements [flag.Value].
func (c *choice) String() string { return c.value }

// Set implements [flag.Value].
func (c *choice) Set(value string) error {
	for _, one := range c.of {
		if value == one {
			c.value = value
			return nil
		}
	}
	return fmt.Errorf("must be one of %s", strings.Join(c.of, ", "))
}
