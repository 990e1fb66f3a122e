package routes

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/tggen/tggen/gen/plan"
)

// Table is an aligned table with a row for each handler, in order. The last column is where the handler stands. A table for each session
// follows.
func Table(p *plan.Plan) []byte {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	heading, retries := "", p.Retries()
	if retries {
		heading = "RETRY\t"
	}
	fmt.Fprintln(table, "#\tTRIGGER\tMATCH\tHANDLER\tCONDITIONS\tCONSTRAINTS\tTIMEOUT\t"+heading+"UPDATES\tPLACE")
	for _, r := range Rows(p) {
		retry := ""
		if retries {
			retry = dash(r.Retry) + "\t"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s%s\t%s:%d\n", r.Order, r.Trigger, r.Match, r.Handler,
			r.conditions(), r.constraints(), r.Timeout, retry, dash(strings.Join(r.Kinds, ", ")), clean(r.File), r.Line)
	}
	table.Flush() // a strings.Builder returns no errors
	return []byte(b.String() + sessionTables(p))
}

// JSON is a list of [Row].
func JSON(p *plan.Plan) ([]byte, error) {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(Rows(p)); err != nil {
		return nil, fmt.Errorf("routes: %w", err)
	}
	return []byte(b.String()), nil
}

// Mermaid is a flow chart of the handlers of each update kind, in order, and of the states of the sessions.
func Mermaid(p *plan.Plan) []byte {
	rows := Rows(p)
	var b strings.Builder
	b.WriteString("flowchart LR\n  update([update])\n")
	for _, k := range p.Kinds {
		fmt.Fprintf(&b, "  subgraph %s\n    direction TB\n", k.Name)
		for _, r := range k.Routes {
			row := rows[r.Index]
			label := escapeMermaid(row.Handler) + "<br/>" + escapeMermaid(row.Trigger+" "+row.Match)
			if c := row.conditions(); c != "-" {
				label += "<br/>" + escapeMermaid(c)
			}
			fmt.Fprintf(&b, "    %s_%d(\"%s\")\n", k.Name, row.Order, label)
		}
		for i, r := range k.Routes[1:] {
			before, arrow := k.Routes[i], "-. else .->"
			if before.Continues(p.Spec) {
				arrow = "-->"
			}
			fmt.Fprintf(&b, "    %s_%d %s %s_%d\n", k.Name, before.Index+1, arrow, k.Name, r.Index+1)
		}
		fmt.Fprintf(&b, "  end\n  update --> %s\n", k.Name)
	}
	return []byte(b.String() + sessionGraphs(p))
}

// escapeMermaid escapes a text for a label in quotes. Mermaid's entities begin with #.
func escapeMermaid(text string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "&", "#amp;", "`", "#96;", `\`, "#92;").Replace(text)
}
