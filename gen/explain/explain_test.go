package explain

import (
	"slices"
	"testing"

	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// TestTexts compares the texts of the built-in constraints with the keys of the runtime. Its headers have each combination
// of chat, user, thread, direct messages topic and the other id of a chat that becomes a supergroup.
func TestTexts(t *testing.T) {
	add := map[string]func(*telegram.Keys, wire.Header){
		spec.ConstraintChat: (*telegram.Keys).Chat, spec.ConstraintUser: (*telegram.Keys).User,
		spec.ConstraintChatUser: (*telegram.Keys).ChatUser, spec.ConstraintTopic: (*telegram.Keys).Topic,
	}
	for bits := range 32 {
		bit := func(n int) int64 { return int64(bits >> n & 1) }
		h := wire.Header{Chat: -100 * bit(0), User: 7 * bit(1), Thread: 5 * bit(2), DirectMessagesTopic: 6 * bit(3), Migrated: -90 * bit(4)}
		for name, method := range add {
			var keys telegram.Keys
			method(&keys, h)
			var got []runtime.Key
			for _, text := range texts(name, h) {
				got = append(got, Key{Constraint: name, Text: text}.Hash())
			}
			if !slices.Equal(got, keys.List()) {
				t.Errorf("%s of %+v: %x, want %x", name, h, got, keys.List())
			}
		}
	}
}
