package filtertest

import "github.com/tggen/tggen/gen/model"

// required returns an object with the fields that the struct requires. Flags are false, all other fields are not zero.
func required(s *model.Struct) map[string]any {
	object := map[string]any{}
	for _, f := range s.Fields {
		if !f.Optional {
			object[f.JSON] = nonzero(f.Type, f)
		}
		if f.Type.Shape == model.ShapeBool && !f.Optional {
			object[f.JSON] = false
		}
	}
	return object
}

// plain is like required, but its field type has a value that no test looks for.
func plain(s *model.Struct) map[string]any {
	object := required(s)
	if f := s.Field("type"); f != nil && f.Values != nil {
		object[f.JSON] = "unheard_of"
	}
	return object
}

// full returns an object with all fields of the struct, none of them zero.
func full(s *model.Struct) map[string]any {
	object := map[string]any{}
	for _, f := range s.Fields {
		object[f.JSON] = nonzero(f.Type, f)
	}
	return object
}

// nonzero returns a value of the type that is not zero. If field is not nil and lists values, it is the first of those.
func nonzero(t *model.Type, field *model.Field) any {
	switch t.Shape {
	case model.ShapeBool:
		return true
	case model.ShapeInt64:
		return 1
	case model.ShapeFloat64:
		return 1.5
	case model.ShapeString:
		if field != nil && field.Values != nil {
			return field.Values[0]
		}
		return "text"
	case model.ShapeSlice:
		return []any{nonzero(t.Elem, nil)}
	case model.ShapePointer:
		return nonzero(t.Elem, nil)
	case model.ShapeName:
		return nonzero(t.Name.Underlying, nil)
	case model.ShapeUnion:
		switch u := t.Union; {
		case u.Text != nil:
			return "text"
		case u.Zero != nil:
			return required(u.Nonzero)
		default:
			return variant(u, u.Variants[0].Struct)
		}
	}
	return required(t.Struct)
}

// variant returns an object of one variant of a union whose discriminator is a text.
func variant(u *model.Union, s *model.Struct) map[string]any {
	object := required(s)
	for _, v := range u.Variants {
		if v.Struct == s {
			object[u.Key] = v.Value
		}
	}
	return object
}
