package filter

import (
	"slices"

	"github.com/tggen/tggen/gen/model"
)

// A Check is a condition on a value.
type Check uint8

// The checks, with the Go expressions that they stand for.
const (
	CheckNone     Check = iota
	CheckNotNil         // a pointer or a union: v != nil
	CheckNotEmpty       // a text: v != ""; a slice: len(v) != 0
	CheckNotZero        // a number: v != 0; a comparable struct: v != (gotgbot.User{})
	CheckTrue           // a flag: v
	CheckEqual          // a text: v == Test.Value
	CheckVariant        // a union: the concrete type of v is Test.Variant
	CheckBot            // a number: v is the bot's own id
)

// A Test is one way for a value to meet the third level of a query.
type Test struct {
	Field   *model.Field  // the field of the value that is checked; nil: the value itself
	Check   Check         // never CheckNone
	Value   string        // for CheckEqual
	Variant *model.Struct // for CheckVariant
	And     *Test         // a second test, for the variant; nil: none
}

// presence returns the check that a value of the type is not the zero value.
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

// me is the third level that compares a user with the bot itself. user is the name of the struct of users.
const (
	me   = "me"
	user = "User"
)

// flagLike are optional fields, by struct, whose presence works like a flag. They are listed because no rule tells them from
// optional details, such as the size of a file.
var flagLike = map[string][]string{
	"Sticker":        {"premium_animation"},
	"UniqueGiftInfo": {"transfer_star_count"},
}

// Thirds returns the third levels that a field has, in the order of the types' declaration. They follow from the type of the
// field, or of its elements:
//
//   - a union: the discriminators of its variants, if they are texts (forward_origin:user);
//   - a text whose description lists its values: the values (subscription:state:active);
//   - a struct: its flags (sticker:is_video), and the values or variants of its field type (entities:url,
//     reactions:emoji). If all its fields are optional, each field (forum_topic_edited:name). For a user, also "me",
//     the bot itself (left_chat_member:me).
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
	allOptional := !slices.ContainsFunc(s.Fields, func(f *model.Field) bool { return !f.Optional })
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
		case f.Type.Shape == model.ShapeBool, allOptional, slices.Contains(flagLike[s.Name], f.JSON):
			add(f.JSON)
		}
	}
	return names
}

// values returns the discriminators of a union, if they are texts.
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

// testsFor returns the tests of a third level of a field. They are nil if the field has no such level.
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

// unionTests returns the tests of a third level of a union. grammY's engine reads a third level both as a type and as the
// name of a field. So forward_origin:chat also matches the origin "channel", because that has a field chat.
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

// structTests returns the tests of a third level of a struct. As with unions, the level is a type or the name of a field:
// entities:url also matches an entity "text_link", because that has a field url.
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
