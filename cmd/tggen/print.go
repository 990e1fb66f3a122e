package main

import (
	"flag"
	"fmt"
	"runtime/debug"

	"github.com/tggen/tggen/gen/spec"
)

const schemaHelp = `init writes the schema to spec.schema.json, and the first line of spec.yaml tells your editor to use it. Write it again
after you update tggen:

  go tool tggen schema > spec.schema.json

The files that a spec includes have a schema of their own:

  go tool tggen schema -of include > include.schema.json`

func schema(f *flag.FlagSet) action {
	of := choose(f, "of", "the file that the schema describes: the spec, or a file that it includes", "spec", "include")
	return func(_ []string, s streams) int {
		if of.value == "include" {
			return printed(s, spec.IncludedSchema())
		}
		return printed(s, spec.Schema())
	}
}

// version prints the version of the module that the tool was built from, as the go command recorded it.
func version(*flag.FlagSet) action {
	return func(_ []string, s streams) int {
		text := "tggen, built without module information\n"
		if info, ok := debug.ReadBuildInfo(); ok {
			text = fmt.Sprintf("tggen %s, %s\n", info.Main.Version, info.GoVersion)
		}
		return printed(s, []byte(text))
	}
}
