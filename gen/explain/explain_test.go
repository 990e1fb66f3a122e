package explain

import (
	"slices"
	"testing"

	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// TestText compares the texts of the built-in constraints with the keys of the runtime. Its headers have each combination
// of chat, user and thread.
func TestText(t *testing.T) {
	add := map[string]func(*telegram.Keys, wire.Header){
		spec.ConstraintChat: (*telegram.Keys).Chat, spec.ConstraintUser: (*telegram.Keys).User,
		spec.ConstraintChatUser: (*telegram.Keys).ChatUser, spec.ConstraintTopic: (*telegram.Keys).Topic,
	}
	for bits := range 8 {
		h := wire.Header{Chat: -100 * int64(bits&1), User: 7 * int64(bits>>1&1), Thread: 5 * int64(bits>>2)}
		for name, method := range add {
			var keys telegram.Keys
			method(&keys, h)
			var got []runtime.Key
			if text := text(name, h); text != "" {
				got = append(got, Key{Constraint: name, Text: text}.Hash())
			}
			if !slices.Equal(got, keys.List()) {
				t.Errorf("%s of %+v: %x, want %x", name, h, got, keys.List())
			}
		}
	}
}
