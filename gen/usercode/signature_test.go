package usercode

import (
	"fmt"
	"strings"
	"testing"
)

func wanted(t testing.TB, signatures map[string]string) map[string]Signature {
	t.Helper()
	parsed := map[string]Signature{}
	for name, text := range signatures {
		s, err := Parse(text, map[string]string{
			"context": "context", "telegram": "github.com/tggen/tggen/runtime/telegram", "gotgbot": "github.com/PaulSonOfLars/gotgbot/v2",
		})
		if err != nil {
			t.Fatal(err)
		}
		parsed[name] = s
	}
	return parsed
}

func TestDiffers(t *testing.T) {
	const head = `
-- a.go --
package main

import (
	"context"
	ctxt "context"
	"net/http"

	"github.com/PaulSonOfLars/gotgbot/v2"
	tg "github.com/tggen/tggen/runtime/telegram"
	. "errors"
	"example.com/types"
)

type (
	Ctx    = context.Context
	Event  = Alias
	Alias  = tg.Event
	Next   = func(Ctx) error
	Type   func(context.Context) error
	StartX = StartInput
	Circle = Circle
	gen[T any] struct{}
)

type bot[T any] struct{}

type plain struct{}
`
	middleware := "func(ctx context.Context, ev *telegram.Event, next func(context.Context) error) error"
	handler := "func(ctx context.Context, in *StartInput) error"
	constraint := "func(u *gotgbot.Update) []string"
	cases := []struct {
		wanted, found string
		differs       bool
	}{
		{handler, "(ctx context.Context, in *StartInput) error", false},
		{handler, "(context.Context, *StartInput) (err error)", false},
		{handler, "(ctx Ctx, in (*StartX)) error", false},
		{handler, "(ctx ctxt.Context, in *StartInput) (error)", false},
		{handler, "(ctx types.Context, in *types.StartInput) types.Error", false}, // they may be aliases
		{handler, "(ctx unknown.Context, in *StartInput) error", false},
		{handler, "(ctx Circle, in *StartInput) error", false},
		{handler, "(ctx context.Context, in *gen[int]) error", false},
		{handler, "(ctx context.Context, in *StopInput) error", true},
		{handler, "(ctx context.Context, in StartInput) error", true},
		{handler, "(ctx context.Context, in **StartInput) error", true},
		{handler, "(ctx context.Context, in *StartInput)", true},
		{handler, "(ctx context.Context, in *StartInput) (int, error)", true},
		{handler, "(ctx context.Context, in *StartInput) bool", true},
		{handler, "(in *StartInput, ctx context.Context) error", true},
		{handler, "(ctx, in *StartInput) error", true},
		{handler, "(in *StartInput) error", true},
		{handler, "(ctx context.CancelFunc, in *StartInput) error", true},
		{handler, "(ctx map[string]int, in *StartInput) error", true},
		{handler, "(ctx *tg.Event, in *StartInput) error", true},
		{middleware, "(ctx Ctx, ev *Event, next func(Ctx) error) error", false},
		{middleware, "(ctx Ctx, ev *tg.Event, next Next) error", false},
		{middleware, "(ctx Ctx, ev *tg.Event, next Type) error", true},
		{middleware, "(ctx Ctx, ev *tg.Event, next func() error) error", true},
		{middleware, "(ctx Ctx, ev *tg.Event, next func(Ctx, error)) error", true},
		{middleware, "(ctx Ctx, ev *tg.Event, next func(Ctx) (error, error)) error", true},
		{constraint, "(u *gotgbot.Update) []string", false},
		{constraint, "(*gotgbot.Update) (keys []string)", false},
		{constraint, "(u ...*gotgbot.Update) []string", true},
		{constraint, "(u *gotgbot.Update) [2]string", true},
		{constraint, "(u *gotgbot.Update) []int", true},
		{constraint, "(u *gotgbot.Message) []string", true},
		{constraint, "(u *http.Request) []string", false}, // http.Request may be an alias of anything
	}
	var methods strings.Builder
	for i, c := range cases {
		fmt.Fprintf(&methods, "func (plain) M%d%s {}\n\nfunc (b *bot[T]) M%d%s {}\n\n", i, c.found, i, c.found)
	}
	sure := load(t, module+strings.Replace(head, `. "errors"`, "", 1)+methods.String()).Types
	dot := load(t, module+head+methods.String()).Types
	for i, c := range cases {
		want := wanted(t, map[string]string{"M": c.wanted})["M"]
		differs := func(of *Type) bool { return of.Methods[fmt.Sprint("M", i)].Signature.Differs(want) }
		if got := differs(sure["plain"]); got != c.differs {
			t.Errorf("%s differs from %s: %v, want %v", c.found, c.wanted, got, c.differs)
		}
		// With a dot import or a type parameter, any name can mean something else. So fewer signatures are certain to be
		// different.
		if !c.differs && (differs(dot["plain"]) || differs(sure["bot"])) {
			t.Errorf("%s differs from %s with a dot import, or in a generic type", c.found, c.wanted)
		}
	}

	broken := load(t, module+"-- a.go --\npackage main\n\ntype bot struct{}\n\nfunc (b *bot) M(int) {}\n\nfunc (\n")
	if m, ok := broken.Types["bot"].Methods["M"]; !ok || m.Signature.Differs(wanted(t, map[string]string{"M": handler})["M"]) {
		t.Errorf("in a file with syntax errors, the method is found: %v, and its signature counts as known", ok)
	}
}

func TestParseSignature(t *testing.T) {
	for _, text := range []string{"func(", "context.Context", "1 +"} {
		if s, err := Parse(text, nil); err == nil {
			t.Errorf("%q is the signature %v", text, s)
		}
	}
}
