package plan_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A coveredHandler is a handler of a random spec that uses the session.
type coveredHandler struct {
	constraints []string
	private     bool
	business    bool // it gets the messages of business accounts, and otherwise those to the bot
}

// headers are the messages that a handler gets: from private chats and groups, of two users, in and outside of topics; or those of a
// business account, whose owner, the user 9, writes in the private chats of others.
func (h coveredHandler) headers() []wire.Header {
	users, chats := []int64{7, 8}, []int64{7, 8, -1, -2}
	if h.business {
		users, chats = []int64{7, 8, 9}, []int64{7, 8}
	}
	var all []wire.Header
	for _, user := range users {
		for _, chat := range chats {
			for _, thread := range []int64{0, 5} {
				if chat > 0 && chat != user && !(h.business && user == 9) || h.private && chat < 0 {
					continue
				}
				all = append(all, wire.Header{Chat: chat, User: user, Thread: thread})
			}
		}
	}
	return all
}

// keysOf are the keys of an update that a handler gets, as the runtime computes them.
func keysOf(h coveredHandler, header wire.Header) *telegram.Keys {
	keys := telegram.NewKeys(&gotgbot.User{})
	for _, c := range h.constraints {
		map[string]func(wire.Header){
			spec.ConstraintChat: keys.Chat, spec.ConstraintUser: keys.User, spec.ConstraintChatUser: keys.ChatUser, spec.ConstraintTopic: keys.Topic,
		}[c](header)
	}
	return keys
}

// TestCovered compares the proof that two updates of one session never run at once with all pairs of updates: the runtime's keys must
// have one in common if the session's key is the same. If the proof fails, there must be a pair that has none.
func TestCovered(t *testing.T) {
	sessionKeys := map[string]func(*telegram.Event) (string, bool, error){
		spec.ConstraintChat: dispatch.ChatKey, spec.ConstraintUser: dispatch.UserKey, spec.ConstraintChatUser: dispatch.ChatUserKey, spec.ConstraintTopic: dispatch.TopicKey,
	}
	names := []string{spec.ConstraintChat, spec.ConstraintUser, spec.ConstraintChatUser, spec.ConstraintTopic}
	random := rand.New(rand.NewPCG(3, 4))
	proved := 0
	for range 2000 {
		key := names[random.IntN(len(names))]
		handlers := make([]coveredHandler, 1+random.IntN(3))
		var text strings.Builder
		fmt.Fprintf(&text, "version: 1\nsessions: [{name: S, key: %s, fields: [a: int]}]\nhandlers:\n", key)
		for i := range handlers {
			h := &handlers[i]
			h.private, h.business = random.IntN(3) == 0, random.IntN(4) == 0
			for _, name := range names {
				if random.IntN(2) == 0 {
					h.constraints = append(h.constraints, name)
				}
			}
			in, constraints := "", "none"
			if h.private {
				in = ", in: private"
			}
			if len(h.constraints) > 0 {
				constraints = "[" + strings.Join(h.constraints, ", ") + "]"
			}
			trigger := fmt.Sprintf("command: c%d", i)
			if h.business {
				trigger = `on: "business_message:text", continue: true`
			}
			fmt.Fprintf(&text, "- {name: H%d, %s, session: S, constraints: %s%s}\n", i, trigger, constraints, in)
		}
		s, found := spec.Parse("spec.yaml", []byte(text.String()))
		if len(found) > 0 {
			t.Fatal(found)
		}
		_, found = plan.Resolve(plan.Input{Spec: s, API: model.Gotgbot()})
		if len(found) > 1 || len(found) == 1 && found[0].Code != plan.CodeUncovered {
			t.Fatalf("%s\n%v", &text, found)
		}
		pair := ""
		for _, a := range handlers {
			for _, b := range handlers {
				for _, x := range a.headers() {
					for _, y := range b.headers() {
						first, _, _ := sessionKeys[key](&telegram.Event{Header: x})
						second, _, _ := sessionKeys[key](&telegram.Event{Header: y})
						ofB := keysOf(b, y).List()
						if first == second && !slices.ContainsFunc(keysOf(a, x).List(), func(k runtime.Key) bool { return slices.Contains(ofB, k) }) {
							pair = fmt.Sprintf("%+v of %v and %+v of %v", x, a, y, b)
						}
					}
				}
			}
		}
		if len(found) == 0 {
			proved++
		}
		if (len(found) == 0) != (pair == "") {
			t.Fatalf("%s\nthe diagnostics are %v, and a pair that can run at once is %q", &text, found, pair)
		}
	}
	if proved < 200 || proved > 1800 {
		t.Errorf("%d of 2000 specs are proved, so the test shows little", proved)
	}
}
