package main

import (
	"fmt"
	"runtime/debug"

	"github.com/tggen/tggen/gen/spec"
)

func schema(c *command, args []string, s streams) int {
	if code, ok := parse(c.flags(s), args, 0, s); !ok {
		return code
	}
	if _, err := s.out.Write(spec.Schema()); err != nil {
		return unable(s, err)
	}
	return exitFine
}

// version prints the version of the module that the tool was built from, as the go command recorded it.
func version(c *command, args []string, s streams) int {
	if code, ok := parse(c.flags(s), args, 0, s); !ok {
		return code
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		fmt.Fprintln(s.out, "tggen, built without module information")
		return exitFine
	}
	fmt.Fprintf(s.out, "tggen %s, %s\n", info.Main.Version, info.GoVersion)
	return exitFine
}
