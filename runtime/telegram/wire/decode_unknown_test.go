package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
)

// A cut is an update in which one object got another variant, and the same update without that object.
type cut struct{ changed, without string }

// cuts returns a cut for each object in the update that has a key of a union and may be one.
func cuts(raw string) []cut {
	var all []cut
	var walk func(value string, rebuild func(with string) string, remove func() string)
	walk = func(value string, rebuild func(string) string, remove func() string) {
		p, ok := parsePairs(value)
		if !ok {
			return
		}
		for i := range p.values {
			if p.names != nil && remove != nil && slices.Contains([]string{`"type"`, `"source"`, `"status"`}, p.names[i]) && p.values[i][0] == '"' {
				changed := p
				changed.values = slices.Clone(p.values)
				changed.values[i] = `"brand_new"`
				all = append(all, cut{rebuild(changed.String()), remove()})
			}
			walk(p.values[i], func(with string) string {
				q := p
				q.values = slices.Clone(p.values)
				q.values[i] = with
				return rebuild(q.String())
			}, func() string {
				q := p
				q.values = slices.Delete(slices.Clone(p.values), i, i+1)
				if p.names != nil {
					q.names = slices.Delete(slices.Clone(p.names), i, i+1)
				}
				return rebuild(q.String())
			})
		}
	}
	walk(raw, func(with string) string { return with }, nil)
	return all
}

// TestDecodeUnknownVariant gives each union in lifelike updates, and in updates with every field, a variant that gotgbot does
// not know. The decoder must return what encoding/json returns for the update without that union, and report the variant.
func TestDecodeUnknownVariant(t *testing.T) {
	updates := corpus.Updates(11, 300)
	f := newFiller(2)
	update := reflect.TypeFor[gotgbot.Update]()
	for field := 1; field < update.NumField(); field++ {
		if field > 1 && update.Field(field).Type.Elem() == messageType {
			continue
		}
		u := new(gotgbot.Update)
		f.fill(reflect.ValueOf(u).Elem().Field(field), 0)
		raw, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		updates = append(updates, string(raw))
	}
	seen := map[string]int{}
	for _, raw := range updates {
		list := cuts(raw)
		if step := len(list)/40 + 1; step > 1 { // a message with every field has thousands
			var some []cut
			for i := 0; i < len(list); i += step {
				some = append(some, list[i])
			}
			list = some
		}
		for _, c := range list {
			if _, err := decodeSlowly(c.changed); err == nil {
				continue // the object is not a union, but a struct with such a field
			}
			want, err := decodeSlowly(c.without)
			if err != nil {
				t.Fatalf("without the union: %v\n%s", err, clip(c.without))
			}
			var unknown []UnknownVariant
			got, err := DecodeReporting(c.changed, func(v UnknownVariant) { unknown = append(unknown, v) })
			if err != nil || len(unknown) != 1 || unknown[0].Value != "brand_new" {
				t.Fatalf("%v, unknown %v\n%s", err, unknown, clip(c.changed))
			}
			seen[unknown[0].Union]++
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("a %s of an unknown variant: %s\n%s", unknown[0].Union,
					unequal("update", reflect.ValueOf(*got), reflect.ValueOf(*want)), clip(c.changed))
			}
		}
	}
	for _, union := range []string{
		"BackgroundFill", "BackgroundType", "ChatBoostSource", "ChatMember", "MessageOrigin", "PaidMedia", "ReactionType", "RichText", "RichBlock",
	} {
		if seen[union] == 0 {
			t.Errorf("no %s was tried", union)
		}
	}
}

// TestDecodeUnknownVariantWhere checks single updates: what is reported, what is kept, and what stays an error.
func TestDecodeUnknownVariantWhere(t *testing.T) {
	for _, c := range []struct {
		raw, want string // what the function below says, or the error
	}{
		{`{"update_id":1,"message":{"text":"x","forward_origin":{"type":"story","at":[1,{}]}}}`, "text x, origin <nil>, MessageOrigin story"},
		{`{"update_id":1,"message":{"text":"x","reply_to_message":{"forward_origin":{"type":"story"}}}}`, "text x, origin <nil>, MessageOrigin story"},
		{`{"update_id":1,"message":{"text":"x","forward_origin":{"at":7,"type":"story"},"forward_origin":{"type":"hidden_user","sender_user_name":"A"}}}`,
			"text x, origin {0 A}"},
		{`{"update_id":1,"message":{"text":"x","forward_origin":{"type":"hidden_user"},"forward_origin":{"type":"story"}}}`, "text x, origin <nil>, MessageOrigin story"},
		{`{"update_id":1,"message":{"text":"x","forward_origin":{"type":"story","type":"hidden_user"}}}`, "text x, origin {0 }"},
		{`{"update_id":1,"message":{"text":"x","forward_origin":{"type":"story"},"paid_media":{"paid_media":[{"type":"hologram"}]}}}`,
			"text x, origin <nil>, PaidMedia hologram, MessageOrigin story"},
		{`{"update_id":1,"message":{"text":"x","forward_origin":{"type":""}}}`, "error"},
		{`{"update_id":1,"message":{"text":"x","forward_origin":{}}}`, "error"},
		{`{"update_id":1,"message":{"text":"x","forward_origin":null}}`, "error"},
		{`{"update_id":1,"message":{"text":"x","forward_origin":{"type":7}}}`, "error"},
		{`{"update_id":1,"message":{"text":7,"forward_origin":{"type":"story"}}}`, "error"},
		{`{"update_id":1,"message":{"text":"x","forward_origin":{"type":"story","at":[}}}`, "error"},
	} {
		var unknown string
		u, err := DecodeReporting(c.raw, func(v UnknownVariant) { unknown += ", " + v.Union + " " + v.Value })
		got := "error"
		if err == nil {
			got = fmt.Sprintf("text %s, origin %v%s", u.Message.Text, u.Message.ForwardOrigin, unknown)
		} else if unknown != "" {
			t.Errorf("%s: the error is with the report of %s", c.raw, unknown)
		}
		if got != c.want {
			t.Errorf("%s\ngot  %s (%v)\nwant %s", c.raw, got, err, c.want)
		}
		if _, err := DecodeUpdate(c.raw); (err != nil) != (c.want == "error") {
			t.Errorf("DecodeUpdate of %s: %v", c.raw, err)
		}
	}
	var where *DecodeError
	if _, err := DecodeUpdate(`{"update_id":1,"message":{"forward_origin":{}}}`); !errors.As(err, &where) || where.Path != "message.forward_origin" {
		t.Errorf("a union without a key: %v", err)
	}
}

// TestDecodeUnknownVariantInLists checks that an element of an unknown variant is left out, wherever it stands in its list.
func TestDecodeUnknownVariantInLists(t *testing.T) {
	emoji := func(e string) string { return `{"type":"emoji","emoji":"` + e + `"}` }
	const other = `{"type":"sparkles","x":{}}`
	for _, c := range []struct {
		list []string
		want string
	}{
		{[]string{other}, ""},
		{[]string{other, other, other, other, other, other}, ""},
		{[]string{other, emoji("a"), emoji("b")}, "ab"},
		{[]string{emoji("a"), other, emoji("b"), other, emoji("c"), emoji("d"), emoji("e"), other}, "abcde"},
	} {
		u, err := DecodeUpdate(`{"update_id":1,"message_reaction":{"new_reaction":[` + strings.Join(c.list, ", ") + ` ]}}`)
		if err != nil {
			t.Error(err)
			continue
		}
		got := ""
		for _, r := range u.MessageReaction.NewReaction {
			got += r.(gotgbot.ReactionTypeEmoji).Emoji
		}
		if got != c.want || c.want == "" && u.MessageReaction.NewReaction != nil {
			t.Errorf("%v: %q, want %q", c.list, got, c.want)
		}
	}
}

// TestDecodeUnknownVariantDeep checks that deep nesting of unknown variants takes no time that grows with the square of the
// length.
func TestDecodeUnknownVariantDeep(t *testing.T) {
	const levels = 3000
	raw := `{"update_id":1,"message":{"text":"x","rich_message":{"blocks":[{"type":"paragraph","text":` +
		strings.Repeat(`{"type":"bold","text":`, levels) + `{"type":"new"}` + strings.Repeat(`}`, levels) + `}]}}}`
	count := 0
	u, err := DecodeReporting(raw, func(UnknownVariant) { count++ })
	if err != nil || u.Message.Text != "x" || count != 1 {
		t.Errorf("%v, %d reports", err, count)
	}
}
