package filtertest

import (
	"maps"
	"slices"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
)

// Bot is the id of the bot in the updates of [Cases], for the level "me".
const Bot int64 = 4_200_000_001

// A Case is an update made for a query.
type Case struct {
	Name   string         // what is special about the update: "match", "without photo"
	Update map[string]any // the update as JSON, without update_id; the caller may add that
	Match  bool           // whether the query should match
}

// Cases returns updates that match a query, one for each way to match, and near misses, which differ from a match in one
// thing. They follow from the types of the model alone, hold every field that their types require, and are the same in each
// call. The caller may change the maps, but the cases of one call share parts of them.
func Cases(api *model.API, q filter.Query) []Case {
	b := builder{query: q}
	b.kind(api)
	switch {
	case q.Field == nil:
	case q.Third == "":
		b.field()
	default:
		b.third()
	}
	return b.cases
}

// A builder collects the cases of a query.
type builder struct {
	query filter.Query
	cases []Case
}

// add adds an update of the query's kind with the given value of the query's field. The value absent leaves the field out.
func (b *builder) add(name string, match bool, value any) {
	payload := required(b.query.Kind.Payload)
	set(payload, b.query.Field, value)
	b.cases = append(b.cases, Case{name, b.update(payload), match})
}

func (b *builder) update(payload map[string]any) map[string]any {
	return map[string]any{b.query.Kind.Name: payload}
}

// absent is the value of a field that is left out.
type absentValue struct{}

var absent any = absentValue{}

func set(object map[string]any, field *model.Field, value any) {
	if value == absent {
		delete(object, field.JSON)
		return
	}
	object[field.JSON] = value
}

// kind adds cases about the first level: the payload without the query's field, and the payload under another kind. If the
// query has only one level, kind also adds the match.
func (b *builder) kind(api *model.API) {
	q := b.query
	payload := required(q.Kind.Payload)
	if q.Field == nil {
		b.cases = append(b.cases, Case{"match", b.update(payload), true})
	} else {
		set(payload, q.Field, b.matching()[0])
		everything := full(q.Kind.Payload)
		delete(everything, q.Field.JSON)
		b.cases = append(b.cases, Case{"all fields except " + q.Field.JSON, b.update(everything), false})
	}
	other := api.Kinds[(slices.Index(api.Kinds, q.Kind)+1)%len(api.Kinds)]
	if q.Kind.Shared {
		for _, kind := range api.Kinds {
			if kind.Payload == q.Kind.Payload && kind != q.Kind {
				other = kind
			}
		}
	} else {
		payload = required(other.Payload)
	}
	b.cases = append(b.cases, Case{"as " + other.Name, map[string]any{other.Name: payload}, false})
}

// matching returns values of the query's field that match, one for each way to match.
func (b *builder) matching() []any {
	q := b.query
	if q.Third == "" {
		return []any{nonzero(q.Field.Type, q.Field)}
	}
	var values []any
	for _, test := range q.Tests {
		values = append(values, b.wrap(meeting(q.Field, test)))
	}
	return values
}

// wrap puts an element into a list if the field is a list.
func (b *builder) wrap(element any) any {
	if b.query.Each {
		return []any{element}
	}
	return element
}

func (b *builder) field() {
	f := b.query.Field
	b.add("match", true, b.matching()[0])
	b.add("without "+f.JSON, false, absent)
	switch f.Type.Shape {
	case model.ShapeBool:
		b.add("false "+f.JSON, false, false)
	case model.ShapeInt64:
		b.add("zero "+f.JSON, false, 0)
	case model.ShapeString:
		b.add("empty "+f.JSON, false, "")
	case model.ShapePointer:
		b.add("null "+f.JSON, false, nil)
	}
	if f.Type.IsSlice() {
		b.add("empty "+f.JSON, false, []any{})
	}
}

func (b *builder) third() {
	q := b.query
	for _, value := range b.matching() {
		b.add("match", true, value)
	}
	b.add("without "+q.Field.JSON, false, absent)
	miss := missing(q)
	b.add("another "+q.Third, false, b.wrap(miss))
	if q.Each {
		b.add("empty "+q.Field.JSON, false, []any{})
		b.add("match at the end", true, []any{miss, meeting(q.Field, q.Tests[0])})
		b.add("others only", false, []any{miss, miss})
	}
	for _, test := range q.Tests {
		if test.Check == filter.CheckTrue {
			flagged := maps.Clone(meeting(q.Field, test).(map[string]any))
			flagged[test.Field.JSON] = false
			b.add("false "+q.Third, false, b.wrap(flagged))
		}
	}
}

// meeting returns a value of a field, or an element of it, that meets this test and no other.
func meeting(field *model.Field, test filter.Test) any {
	base := field.Type.Base()
	if test.Field == nil {
		if test.Check == filter.CheckEqual {
			return test.Value
		}
		return variant(base.Union, test.Variant)
	}
	object := plain(base.Struct)
	switch test.Check {
	case filter.CheckEqual:
		object[test.Field.JSON] = test.Value
	case filter.CheckVariant:
		object[test.Field.JSON] = variant(test.Field.Type.Union, test.Variant)
	case filter.CheckBot:
		object[test.Field.JSON] = Bot
	default:
		object[test.Field.JSON] = nonzero(test.Field.Type, test.Field)
	}
	return object
}

// missing returns a value of the query's field, or an element of it, that meets none of the query's tests.
func missing(q filter.Query) any {
	base := q.Field.Type.Base()
	refused := func(u *model.Union) *model.Struct {
		for _, v := range u.Variants {
			if !slices.ContainsFunc(q.Tests, func(t filter.Test) bool { return t.Variant == v.Struct }) {
				return v.Struct
			}
		}
		panic("filtertest: " + q.String() + " matches every variant")
	}
	switch base.Shape {
	case model.ShapeString:
		return otherThan(q.Third, q.Field.Values)
	case model.ShapeUnion:
		return variant(base.Union, refused(base.Union))
	}
	object := plain(base.Struct)
	if f := base.Struct.Field("type"); f != nil {
		if f.Type.Union != nil {
			object[f.JSON] = variant(f.Type.Union, refused(f.Type.Union))
		} else if f.Values != nil {
			object[f.JSON] = otherThan(q.Third, f.Values)
		}
	}
	return object
}

// otherThan returns the first of several values that is not the given one.
func otherThan(value string, values []string) string {
	return values[slices.IndexFunc(values, func(other string) bool { return other != value })]
}
