package main

import (
	"flag"
	"fmt"

	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/routes"
)

const routesHelp = `It goes to the output, for people as a table, a Mermaid diagram or a picture, for programs as JSON:

  go tool tggen routes -format svg > routes.svg`

func routesOf(f *flag.FlagSet) action {
	p := specFlag(f)
	format := choose(f, "format", "how the dispatch is shown", "table", "mermaid", "svg", "json")
	return func(_ []string, s streams) int {
		resolved, code := p.plan(s)
		if resolved == nil {
			return code
		}
		text, err := show(resolved, format.value)
		if err != nil {
			return unable(s, err)
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

// specFlag adds the flag that says which spec, for a command whose output has a format of its own. Mistakes of the
// spec are printed for people.
func specFlag(f *flag.FlagSet) *project {
	p := &project{format: &choice{value: "text"}}
	f.StringVar(&p.specFile, "spec", "spec.yaml", "the `FILE` with the spec; its folder is the package of the bot")
	return p
}
