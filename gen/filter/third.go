package filter

import (
	"slices"

	"github.com/tggen/tggen/gen/model"
)

// A Check is what a value must be.
type Check uint8

// The checks, with the Go that they stand for.
const (
	CheckNone     Check = iota
	CheckNotNil         // a pointer or a union: v != nil
	CheckNotEmpty       // a text: v != ""; a slice: len(v) != 0
	CheckNotZero        // a number: v != 0; a struct, which is comparable: v != (gotgbot.User{})
	CheckTrue           // a flag: v
	CheckEqual          // a text: v == Test.Value
	CheckVariant        // a union: its concrete type is Test.Variant
	CheckBot            // a number: it is the bot's own id
)

// A Test is one way to meet the third level of a query.
type Test struct {
	Field   *model.Field  // what is checked: that field of the value, or, if it is nil, the value itself
	Check   Check         // never CheckNone
	Value   string        // for CheckEqual
	Variant *model.Struct // for CheckVariant
	And     *Test         // what the variant must meet as well; nil if nothing
}

// presence is the check that tells a value from the zero value of its type.
func presence(t *model.Type) Check {
	switch t.Shape {
	case model.ShapePointer, model.ShapeUnion:
		return CheckNotNil
	case model.ShapeString, model.ShapeSlice:
		return CheckNotEmpty
	case model.ShapeBool:
		return CheckTrue
	case model.ShapeName:
		return presence(t.Name.Underlying)
	}
	return CheckNotZero
}

// The third level that compares a user with the bot itself, and the struct of users.
const (
	me   = "me"
	user = "User"
)

// telling are optional fields whose presence says of what sort their struct is, as a flag would. No rule tells
// them from optional details, such as the size of a file.
var telling = map[string][]string{
	"Sticker":        {"premium_animation"},
	"UniqueGiftInfo": {"transfer_star_count"},
}

// Thirds are the third levels that a field has, in the order of the types' declaration. They are, for the field's
// type T, or a pointer to it, or a slice of it:
//
//   - for a union, the discriminators of its variants, where those are texts: forward_origin:user;
//   - for a text whose description lists what it may be, each of that: subscription:state:active;
//   - for a struct, its flags: sticker:is_video; for a struct of optional fields alone, each of those:
//     forum_topic_edited:name; the values or variants of its field type: entities:url, reactions:emoji; and, for a
//     user, whether it is the bot: left_chat_member:me.
func Thirds(field *model.Field) []string {
	var names []string
	switch t := field.Type.Base(); t.Shape {
	case model.ShapeUnion:
		names = values(t.Union)
	case model.ShapeString:
		names = field.Values
	case model.ShapeStruct:
		names = thirdsOf(t.Struct)
	}
	return names
}

func thirdsOf(s *model.Struct) []string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if s.Name == user {
		add(me)
	}
	loose := !slices.ContainsFunc(s.Fields, func(f *model.Field) bool { return !f.Optional })
	for _, f := range s.Fields {
		switch {
		case f.OnlyIn != "":
		case f.JSON == "type" && f.Type.Shape == model.ShapeUnion:
			for _, v := range values(f.Type.Union) {
				add(v)
			}
		case f.JSON == "type":
			for _, v := range f.Values {
				add(v)
			}
		case f.Type.Shape == model.ShapeBool, loose, slices.Contains(telling[s.Name], f.JSON):
			add(f.JSON)
		}
	}
	return names
}

// values are the discriminators of a union.
func values(u *model.Union) []string {
	if u.Zero != nil {
		return nil
	}
	names := make([]string, len(u.Variants))
	for i, v := range u.Variants {
		names[i] = v.Value
	}
	return names
}

// testsFor are the tests of a third level, for a field of the given type; nil if the type has no such level.
func testsFor(field *model.Field, third string) []Test {
	if !slices.Contains(Thirds(field), third) {
		return nil
	}
	switch t := field.Type.Base(); t.Shape {
	case model.ShapeUnion:
		return unionTests(t.Union, third)
	case model.ShapeStruct:
		return structTests(t.Struct, third)
	}
	return []Test{{Check: CheckEqual, Value: third}}
}

// unionTests: grammY's engine takes a third level both as a type and as the name of a field, and so
// forward_origin:chat matches the origin "channel" as well, which has a field chat.
func unionTests(u *model.Union, third string) []Test {
	own := u.Variant(third).Struct
	tests := []Test{{Check: CheckVariant, Variant: own}}
	for _, v := range u.Variants {
		if f := v.Struct.Field(third); f != nil && v.Struct != own {
			and := &Test{Field: f, Check: presence(f.Type)}
			tests = append(tests, Test{Check: CheckVariant, Variant: v.Struct, And: and})
		}
	}
	return tests
}

// structTests: as for unions, entities:url matches an entity "text_link" as well, which has a field url.
func structTests(s *model.Struct, third string) []Test {
	if third == me {
		return []Test{{Field: s.Field("id"), Check: CheckBot}}
	}
	var tests []Test
	if f := s.Field("type"); f != nil {
		if f.Type.Shape == model.ShapeUnion {
			if v := f.Type.Union.Variant(third); v != nil {
				tests = append(tests, Test{Field: f, Check: CheckVariant, Variant: v.Struct})
			}
		} else if slices.Contains(f.Values, third) {
			tests = append(tests, Test{Field: f, Check: CheckEqual, Value: third})
		}
	}
	if f := s.Field(third); f != nil {
		tests = append(tests, Test{Field: f, Check: presence(f.Type)})
	}
	return tests
}
