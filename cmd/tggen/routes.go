package main

import (
	"flag"
	"fmt"

	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/routes"
)

const routesHelp = `The routes are printed to standard output: as a table, a Mermaid diagram or an SVG picture for people, as JSON for
programs:

  go tool tggen routes -format svg > routes.svg`

func routesOf(f *flag.FlagSet) action {
	p := specFlag(f)
	format := choose(f, "format", "how to print the routes", "table", "mermaid", "svg", "json")
	return func(_ []string, s streams) int {
		resolved, code := p.plan(s)
		if resolved == nil {
			return code
		}
		text, err := show(resolved, format.value)
		if err != nil {
			return fail(s, err)
		}
		return printed(s, text)
	}
}

func show(p *plan.Plan, format string) ([]byte, error) {
	switch format {
	case "table":
		return routes.Table(p), nil
	case "mermaid":
		return routes.Mermaid(p), nil
	case "svg":
		return routes.SVG(p), nil
	case "json":
		return routes.JSON(p)
	}
	return nil, fmt.Errorf("there is no format %s", format)
}

// specFlag defines the flag for the spec file, for a command whose output has a format of its own. Mistakes in the spec
// are printed as text.
func specFlag(f *flag.FlagSet) *project {
	p := &project{format: &choice{value: "text"}}
	f.StringVar(&p.specFile, "spec", defaultSpec, "the spec `FILE`; its folder is the bot's package")
	return p
}
