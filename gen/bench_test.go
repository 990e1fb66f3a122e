package gen

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// BenchmarkGenerate measures the generator without the file system: for the shop, and for a bot of 1,000 handlers.
func BenchmarkGenerate(b *testing.B) {
	shop, err := os.ReadFile("../example/shop/spec.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		spec []byte
	}{{"shop", shop}, {"1000-handlers", []byte(thousand())}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, found, err := Generate(Input{SpecFile: "spec.yaml", Spec: c.spec}); err != nil || len(found) > 0 {
					b.Fatal(err, found)
				}
			}
		})
	}
}

// thousand is a spec of 1,000 handlers of all sorts.
func thousand() string {
	var s strings.Builder
	s.WriteString("version: 1\nconstraints: [chat, TeamOf]\nhandlers:\n")
	for i := range 250 {
		fmt.Fprintf(&s, "- {name: Command%d, command: c%d, args: [item: int64, qty: int = 1, note: rest?], where: IsAdmin}\n", i, i)
		fmt.Fprintf(&s, "- {name: Button%d, callback: 'b%d:{item:int64}:{qty:int}'}\n", i, i)
		fmt.Fprintf(&s, "- {name: Words%d, text: '^word%d (?P<what>\\w+)$'}\n", i, i)
		fmt.Fprintf(&s, "- {name: Links%d, on: ['message:entities:url', ':photo'], in: group, where: IsAdmin%d}\n", i, i)
	}
	return s.String()
}
