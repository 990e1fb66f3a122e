package usercode

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestMethods checks that the methods of embedded types are found as in Go.
func TestMethods(t *testing.T) {
	facts := load(t, module+`
-- a.go --
package main

import (
	"sync"
	"example.com/far"
)

type bot struct {
	base
	*named
	api
	sync.Mutex
	*far.Away
	Hidden int
	loop
}

func (b *bot) Own() {}

type base struct{ deep }

func (base) Base() {}
func (base) Own(int) {}
func (base) Twice() {}

type named struct{ bot *bot }

func (*named) Named() {}
func (*named) Twice() {}

type deep struct{}

func (deep) Deep() {}
func (deep) Hidden() {}
func (deep) Base(string) {}

type api interface {
	Called(int) error
	more
}

type more interface{ More() }

type loop struct{ *loop2 }
type loop2 struct{ *loop }

type alias = deep

func (alias) Aliased() {}

func (b (*bot)) Paren() {}
func (undefined) Nothing() {}
func (b *bot) Own(twice string) {}
`)
	bot := facts.Types["bot"]
	var got []string
	for _, name := range slices.Sorted(maps.Keys(bot.Methods)) {
		got = append(got, name+bot.Methods[name].Signature.Text)
	}
	want := []string{"Aliased()", "Base()", "Called(int) error", "Deep()", "Lock", "More()", "Named()", "Own()", "Paren()", "TryLock", "Unlock"}
	if !slices.Equal(got, want) {
		t.Errorf("methods %q, want %q", got, want)
	}
	if !slices.Equal(bot.Embeds, []string{"*far.Away"}) {
		t.Errorf("embeds %q", bot.Embeds)
	}
	if bot.Receiver != "b" || facts.Types["base"].Receiver != "" {
		t.Errorf("receivers %q and %q, want b and none", bot.Receiver, facts.Types["base"].Receiver)
	}
	if own := bot.Methods["Own"]; own.Pos.String() != "a.go:18:15" || own.End != 17 {
		t.Errorf("Own is at %v to %d", own.Pos, own.End)
	}
}

// TestImports checks that the imports of a type are those of the file with most of its methods.
func TestImports(t *testing.T) {
	const types = module + "-- a.go --\npackage main\n\nimport \"fmt\"\n\ntype bot struct{}\n\nfunc (bot) One() {}\n\nfunc (bot) Two() {}\n"
	const methods = "-- b.go --\npackage main\n\nimport \"os\"\n\nfunc (bot) Three() {}\n\nfunc (bot) Four() {}\n"
	for files, want := range map[string]string{
		types: "fmt", types + methods + "func (bot) Five() {}\n": "os", strings.Split(types, "func")[0] + methods: "os", strings.Split(types, "func")[0]: "fmt",
	} {
		if got := load(t, files).Types["bot"].Imports; len(got) != 1 || got[want] != want {
			t.Errorf("of %s\nthe imports are %v, want %s", files, got, want)
		}
	}
}
