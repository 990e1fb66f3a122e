package explain

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/tggen/tggen/gen/routes"
)

// Text is the report as people read it.
func (r *Report) Text() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "update %d: %v", r.Header.ID, r.Header.Kind)
	for _, part := range []struct {
		name string
		id   int64
	}{
		{"chat", r.Header.Chat}, {"user", r.Header.User}, {"thread", r.Header.Thread},
		{"direct messages topic", r.Header.DirectMessagesTopic}, {"migrated", r.Header.Migrated},
	} {
		if part.id != 0 {
			fmt.Fprintf(&b, ", %s %d", part.name, part.id)
		}
	}
	b.WriteString("\n\nhandlers:\n")
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	none := true
	for _, s := range r.Steps {
		none = none && s.Outcome == Skipped
		line := fmt.Sprintf("  %d\t%s\t%s\t%s\t%s", s.Handler.Index+1, s.Handler.Name.Value, routes.Match(s.Handler.Handler), s.Outcome, s.Why)
		fmt.Fprintln(table, strings.TrimRight(line, "\t"))
	}
	table.Flush() // a strings.Builder returns no errors
	if none {
		b.WriteString("  no handler gets it\n")
	}
	b.WriteString("\nkeys:\n")
	for _, k := range r.Keys {
		if k.Unknown {
			fmt.Fprintf(table, "  %s\ta Go method, which is not called here\n", k.Constraint)
			continue
		}
		fmt.Fprintf(table, "  %s\t%s\t%016x\n", k.Constraint, k.Text, uint64(k.Hash()))
	}
	table.Flush()
	switch {
	case len(r.Keys) == 0:
		b.WriteString("  none: it may run at any time, on any shard\n")
	case r.Keys[0].Unknown:
		fmt.Fprintf(&b, "\nshard: unknown, because %s decides it\n", r.Keys[0].Constraint)
	default:
		fmt.Fprintf(&b, "\nshard: %d of 0 to %d\n", r.Keys[0].Hash().Shard(r.Workers), r.Workers-1)
	}
	return []byte(b.String())
}
