package usercode

import (
	"testing"
)

// TestHandlers finds the author's type by the value that is passed to Run or New, and otherwise by its methods.
func TestHandlers(t *testing.T) {
	const types = `
-- types.go --
package main

import "context"

type shop struct{}

func (s *shop) Start(ctx context.Context, in *StartInput) error { return nil }

// decoy has most of the methods by name, but the signatures do not fit.
type decoy struct{}

func (d *decoy) Start() {}
func (d *decoy) Stop() {}
func (d *decoy) Pause() {}

type other[T any] struct{}

type fake struct{}

func newShop() *shop { return nil }

func newBoth() (o *other[int], s *shop, err error) { return }

type shopAlias = *shop

type holder struct{ s *shop }
`
	for _, c := range []struct{ name, main, want string }{
		{"a pointer to a literal", "func main() { Run(ctx, &shop{}) }", "shop"},
		{"a literal", "func main() { New(other[int]{}) }", "other"},
		{"new", "func main() { New((new(other[int]))) }", "other"},
		{"a function", "func main() { New(newShop()) }", "shop"},
		{"a conversion", "func main() { New(shopAlias(nil)) }", "shop"},
		{"a variable", "func main() { h := &other[int]{}; go func() { Run(ctx, h) }() }", "other"},
		{"a variable of several", "func main() { a, h, err := newBoth(); Run(ctx, h) }", "shop"},
		{"the first of several", "func main() { a, h, err := newBoth(); Run(ctx, a) }", "other"},
		{"a declared variable", "func main() { var h shopAlias; Run(ctx, h) }", "shop"},
		{"a declared value", "func main() { var h, x = newShop(), 1; Run(ctx, h) }", "shop"},
		{"a package variable", "var h = newShop()\n\nfunc main() { Run(ctx, h) }", "shop"},
		{"a typed package variable", "var h *other[int]\n\nfunc main() { Run(ctx, h) }", "other"},
		{"a parameter", "func run(h *other[int]) { Run(ctx, h) }", "other"},
		{"a parameter of an inner function", "func run() { f := func(h *other[int]) { Run(ctx, h) }; f(nil) }", "other"},
		{"a receiver", "func (h *holder) run() { Run(ctx, h) }", "shop"}, // a receiver is not a parameter, so the methods decide
		{"a field", "func run(h *holder) { Run(ctx, h.s) }", "shop"},
		{"itself", "func run() { h := h; h = h; Run(ctx, h) }", "shop"},
		{"of another package", "func main() { Run(ctx, elsewhere.New()) }", "shop"},
		{"another Run", "func Run(ctx, h any) {}\n\nfunc main() { Run(ctx, &decoy{}) }", "shop"},
		{"a method Run", "func main() { x.Run(ctx, &decoy{}) }", "shop"},
		{"not at all", "", "shop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			facts := load(t, module+types+"-- main.go --\npackage main\n\n"+c.main+"\n")
			got := facts.Handlers(wanted(t, map[string]string{
				"Start": "func(ctx context.Context, in *StartInput) error", "Stop": "func() error", "Pause": "func() error",
			}))
			if got == nil || got.Name != c.want {
				t.Errorf("the type is %v, want %s", got, c.want)
			}
		})
	}
	const test = "-- a_test.go --\npackage main\n\nfunc t() { Run(ctx, &fake{}) }\n"
	if got := load(t, module+types+test).Handlers(nil); got == nil || got.Name != "fake" {
		t.Errorf("without a call in the program, the type is %v, want that of the test", got)
	}
	if got := load(t, module+types+test+"-- b.go --\npackage main\n\nfunc main() { New(&shop{}) }\n").Handlers(nil); got == nil || got.Name != "shop" {
		t.Errorf("with a call in the program, the type is %v, want that of the program", got)
	}
	if got := load(t, module+types).Handlers(wanted(t, map[string]string{"Nothing": "func()"})); got != nil {
		t.Errorf("the type is %v, want none", got)
	}
	if got := (*Facts)(nil).Handlers(nil); got != nil {
		t.Errorf("nil facts have the type %v", got)
	}
}
