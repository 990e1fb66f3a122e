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
		want             string // Go type, base, slice, comparable
	}{
		{"Message", "message_id", "int64, int64, false, true"},
		{"Message", "photo", "[]gotgbot.PhotoSize, PhotoSize, true, false"},
		{"Message", "sticker", "*gotgbot.Sticker, Sticker, false, true"},
		{"Message", "chat", "gotgbot.Chat, Chat, false, true"},
		{"Message", "forward_origin", "gotgbot.MessageOrigin, MessageOrigin, false, true"},
		{"Message", "is_topic_message", "bool, bool, false, true"},
		{"Location", "latitude", "float64, float64, false, true"},
		{"RichMessage", "blocks", "gotgbot.RichBlockArray, RichBlock, true, false"},
		{"RichBlockTable", "cells", "[][]gotgbot.RichBlockTableCell, RichBlockTableCell, true, false"},
		{"ChatBoostUpdated", "boost", "gotgbot.ChatBoost, ChatBoost, false, true"},
	} {
		typ := api.Struct(c.structure).Field(c.field).Type
		got := fmt.Sprintf("%s, %s, %v, %v", typ.Go("gotgbot"), typ.Base(), typ.IsSlice(), typ.Comparable())
		if got != c.want {
			t.Errorf("%s.%s: %s", c.structure, c.field, got)
		}
	}
}

// A table that names what it does not hold is a mistake of the loader.
func TestNewPanics(t *testing.T) {
	defer func() {
		if r := recover(); r == nil {
			t.Error("a table that names an unknown type passed")
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
	for _, s := range api.Structs {
		if api.Struct(s.Name) != s {
			t.Errorf("struct %s is not found", s.Name)
		}
	}
	for _, u := range api.Unions {
		if api.Union(u.Name) != u {
			t.Errorf("union %s is not found", u.Name)
		}
	}
	for _, n := range api.Names {
		if api.Name(n.Name) != n {
			t.Errorf("name %s is not found", n.Name)
		}
	}
	if api.Kind("") != nil || api.Struct("") != nil || api.Union("") != nil || api.Name("") != nil ||
		api.Struct("Message").Field("") != nil || api.Union("MessageOrigin").Variant("") != nil {
		t.Error("something is found under no name")
	}
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

// holder decodes JSON into a union as gotgbot does, within a struct that holds one.
type holder func(data string) (any, error)

func within[S any](field string, get func(*S) any) holder {
	return func(data string) (any, error) {
		var s S
		err := json.Unmarshal([]byte(`{"`+field+`":`+data+`}`), &s)
		return get(&s), err
	}
}

// What the model says of a union is what gotgbot does.
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
	for _, u := range model.Gotgbot().Unions {
		decode := holders[u.Name]
		if decode == nil {
			t.Errorf("%s: the test knows no struct that holds it", u.Name)
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
