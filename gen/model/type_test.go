package model_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/gen/model"
)

func TestType(t *testing.T) {
	api := model.Gotgbot()
	for _, c := range []struct {
		structure, field string
		want             string // Go type, base, slice
	}{
		{"Message", "message_id", "int64, int64, false"},
		{"Message", "photo", "[]gotgbot.PhotoSize, PhotoSize, true"},
		{"Message", "sticker", "*gotgbot.Sticker, Sticker, false"},
		{"Message", "chat", "gotgbot.Chat, Chat, false"},
		{"Message", "forward_origin", "gotgbot.MessageOrigin, MessageOrigin, false"},
		{"Message", "is_topic_message", "bool, bool, false"},
		{"Location", "latitude", "float64, float64, false"},
		{"RichMessage", "blocks", "gotgbot.RichBlockArray, RichBlock, true"},
		{"RichBlockTable", "cells", "[][]gotgbot.RichBlockTableCell, RichBlockTableCell, true"},
		{"ChatBoostUpdated", "boost", "gotgbot.ChatBoost, ChatBoost, false"},
	} {
		typ := api.Struct(c.structure).Field(c.field).Type
		got := fmt.Sprintf("%s, %s, %v", typ.Go("gotgbot"), typ.Base(), typ.IsSlice())
		if got != c.want {
			t.Errorf("%s.%s: %s", c.structure, c.field, got)
		}
	}
}

// TestNewPanics checks that a table that names a type it does not hold is refused. Only a fault of the loader makes one.
func TestNewPanics(t *testing.T) {
	defer func() {
		if r := recover(); r == nil {
			t.Error("a table that names an unknown type was accepted")
		}
	}()
	model.New(model.Table{Structs: []model.StructRow{{Name: "Update", Fields: []model.FieldRow{{Type: "*Message"}}}}})
}

func TestLookups(t *testing.T) {
	api := model.Gotgbot()
	for i, name := range api.KindNames() {
		if api.Kind(name) != api.Kinds[i] || reflect.TypeFor[gotgbot.Update]().Field(i+1).Name != api.Kinds[i].Field.Name {
			t.Errorf("kind %d is not %s", i, name)
		}
	}
	message := api.Struct("Message")
	if message == nil || message.Name != "Message" || api.Kind("message").Payload != message {
		t.Errorf("the struct Message is %v", message)
	}
	if api.Kind("") != nil || api.Struct("") != nil || message.Field("") != nil || unions(api)["MessageOrigin"].Variant("") != nil {
		t.Error("an empty name was found")
	}
}

// unions returns the unions that an update can hold, by name.
func unions(api *model.API) map[string]*model.Union {
	found := map[string]*model.Union{}
	seen := map[*model.Struct]bool{}
	var walk func(s *model.Struct)
	walk = func(s *model.Struct) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		for _, f := range s.Fields {
			base := f.Type.Base()
			walk(base.Struct)
			if u := base.Union; u != nil {
				found[u.Name] = u
				for _, v := range u.Variants {
					walk(v.Struct)
				}
			}
		}
	}
	walk(api.Struct("Update"))
	return found
}

func TestEntityTypes(t *testing.T) {
	got := model.Gotgbot().Struct("MessageEntity").Field("type").Values
	for _, want := range []string{gotgbot.MessageEntityTypeUrl, gotgbot.MessageEntityTypeExpandableBlockquote, gotgbot.MessageEntityTypeDateTime} {
		if !slices.Contains(got, want) {
			t.Errorf("no entity type %s", want)
		}
	}
	if len(got) != 20 {
		t.Errorf("%d entity types", len(got))
	}
}

// A holder decodes JSON into a union with gotgbot, inside a struct that holds the union.
type holder func(data string) (any, error)

func within[S any](field string, get func(*S) any) holder {
	return func(data string) (any, error) {
		var s S
		err := json.Unmarshal([]byte(`{"`+field+`":`+data+`}`), &s)
		return get(&s), err
	}
}

// TestUnions checks that gotgbot decodes each union as the model says.
func TestUnions(t *testing.T) {
	holders := map[string]holder{
		"BackgroundFill":           within("fill", func(s *gotgbot.BackgroundTypeFill) any { return s.Fill }),
		"BackgroundType":           within("type", func(s *gotgbot.ChatBackground) any { return s.Type }),
		"ChatBoostSource":          within("source", func(s *gotgbot.ChatBoost) any { return s.Source }),
		"ChatMember":               within("new_chat_member", func(s *gotgbot.ChatMemberUpdated) any { return s.NewChatMember }),
		"MaybeInaccessibleMessage": within("message", func(s *gotgbot.CallbackQuery) any { return s.Message }),
		"MessageOrigin":            within("forward_origin", func(s *gotgbot.Message) any { return s.ForwardOrigin }),
		"PaidMedia": func(data string) (any, error) {
			return within("paid_media", func(s *gotgbot.PaidMediaInfo) any {
				if len(s.PaidMedia) == 0 {
					return nil
				}
				return s.PaidMedia[0]
			})("[" + data + "]")
		},
		"ReactionType": within("type", func(s *gotgbot.ReactionCount) any { return s.Type }),
		"RichBlock": func(data string) (any, error) {
			return within("blocks", func(s *gotgbot.RichMessage) any {
				if len(s.Blocks) == 0 {
					return nil
				}
				return s.Blocks[0]
			})("[" + data + "]")
		},
		"RichText": within("text", func(s *gotgbot.RichBlockParagraph) any { return s.Text }),
	}
	found := unions(model.Gotgbot())
	if len(found) != len(holders) {
		t.Errorf("%d unions, and structs for %d", len(found), len(holders))
	}
	for _, u := range found {
		decode := holders[u.Name]
		if decode == nil {
			t.Errorf("%s: the test has no struct that holds it", u.Name)
			continue
		}
		is := func(data, want string) {
			t.Helper()
			got, err := decode(data)
			if err != nil || reflect.TypeOf(got).Name() != want {
				t.Errorf("%s: %s is a %T, %v; want a %s", u.Name, data, got, err, want)
			}
		}
		fails := func(data string) {
			t.Helper()
			if got, err := decode(data); err == nil {
				t.Errorf("%s: %s is a %T", u.Name, data, got)
			}
		}
		fails("1")
		if u.Zero != nil {
			is(`{"`+u.Key+`":0}`, u.Zero.Name)
			is(`{}`, u.Zero.Name)
			is(`null`, u.Zero.Name)
			is(`{"`+u.Key+`":5}`, u.Nonzero.Name)
			fails(`"text"`)
			continue
		}
		for _, v := range u.Variants {
			is(`{"`+u.Key+`":"`+v.Value+`"}`, v.Struct.Name)
		}
		fails(`{"` + u.Key + `":"unheard_of"}`)
		fails(`{}`)
		fails(`null`)
		if u.Text != nil {
			is(`"text"`, u.Text.Name)
			is(`["text"]`, u.Array.Name)
		} else {
			fails(`"text"`)
			fails(`[]`)
		}
	}
}
