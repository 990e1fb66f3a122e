//go:build !race

package dispatch

import "testing"

// TestDispatchDoesNotAllocate covers what runs for every message and every pressed button. The race detector allocates, so
// the test does not run with it.
func TestDispatchDoesNotAllocate(t *testing.T) {
	entities := commandEntity(0, 15)
	for what, f := range map[string]func() error{
		"a command": func() error {
			_, args, _ := ParseCommand("/order@shop_bot 2 3 a note", entities, "Shop_Bot")
			return orderArguments(args)
		},
		"a prefixed command": func() error {
			_, args, _ := ParsePrefixed("!order@shop_bot 'two' 3 a note", "/!.", "Shop_Bot")
			a := NewArguments(args)
			Arg(&a, "what", Text)
			Arg(&a, "qty", Int)
			RestArg(&a, "note")
			return a.Err()
		},
		"no command": func() error {
			if _, _, ok := ParseCommand("the price of 2", nil, "Shop_Bot"); ok {
				t.Error("a text without a command is read as a command")
			}
			return nil
		},
		"callback data": func() error { return buyFields("buy:-9223372036854775808:3:true:90s:2.5:red:a note") },
	} {
		var err error
		if n := testing.AllocsPerRun(100, func() { err = f() }); n != 0 || err != nil {
			t.Errorf("%s: %v allocations, %v", what, n, err)
		}
	}
}
