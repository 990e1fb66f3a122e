package usercode

import "testing"

// TestNotJSON checks which types cannot be stored as JSON. A type counts as one that can unless its declaration is sure to say otherwise.
func TestNotJSON(t *testing.T) {
	types := load(t, module+`
-- a.go --
package main

import (
	"io"
	"time"
)

type (
	fine      struct{ Name string; hidden func() }
	empty     struct{}
	hidden    struct{ name string }
	function  func()
	pipe      chan int
	reader    interface{ Read() }
	anything  interface{}
	number    complex64
	list      []*inner
	inner     struct{ Do func() }
	table     map[string]pipe
	array     [3]function
	pointer   *function
	named     function
	through   struct{ Inner *inner }
	ignored   struct{ Name string; Do func() `+"`json:\"-\"`"+` }
	dashed    struct{ Do func() `+"`json:\"-,\"`"+` }
	loop      struct{ Next *loop }
	own       struct{ do func() }
	embeds    struct{ time.Time; do func() }
	foreign   struct{ R io.Reader }
	alias     = function
	aliased   struct{ Do alias }
	unknown   struct{ X missing }
	generic[T any] struct{ X func() }
	failure   struct{ Err error }
	points    map[point]int
	point     struct{ X, Y int }
	bools     struct{ Seen map[bool]int }
	anys      map[any]int
	counts    map[count]map[int64]own
	count     uint8
	owns      map[own]int
	endless   map[itself]int
	itself    itself
)

func (own) MarshalText() ([]byte, error) { return nil, nil }
`).Types
	for name, want := range map[string]string{
		"fine": "", "empty": "", "hidden": "has no exported fields, so nothing of it would be stored", "function": "is a function", "pipe": "is a channel",
		"reader": "is an interface, and JSON does not say which type to decode", "anything": "", "number": "is a complex number",
		"list": "has the field Do, which is a function", "table": "is a channel", "array": "is a function", "pointer": "is a function", "named": "is a function",
		"through": "has the field Inner, which has the field Do, which is a function", "ignored": "", "dashed": "has the field Do, which is a function",
		"loop": "", "own": "", "embeds": "", "foreign": "", "aliased": "has the field Do, which is a function", "unknown": "", "generic": "",
		"points": "is a map whose keys are neither texts nor whole numbers", "bools": "has the field Seen, which is a map whose keys are neither texts nor whole numbers",
		"anys": "is a map whose keys are neither texts nor whole numbers", "counts": "", "owns": "", "endless": "",
		"failure": "has the field Err, which is an interface, and JSON does not say which type to decode",
	} {
		if got := types[name]; got == nil || got.NotJSON != want {
			t.Errorf("%s: %+v, want %q", name, got, want)
		}
	}
	broken := load(t, module+"-- a.go --\npackage main\n\ntype f func()\n\nfunc (\n").Types["f"]
	if broken.NotJSON != "" {
		t.Errorf("in a file with syntax errors, a type %s", broken.NotJSON)
	}
}
