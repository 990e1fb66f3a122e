package explain

import (
	"reflect"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/filter"
)

// queries says which level of each query failed. The result is empty if one of the queries matches.
func (e *explainer) queries(queries []filter.Query) string {
	var why []string
	for _, q := range queries {
		failed := e.query(q)
		if failed == "" {
			return ""
		}
		if !slices.Contains(why, failed) {
			why = append(why, failed)
		}
	}
	return strings.Join(why, "; ")
}

// query says which level of a query failed. The result is empty if the query matches.
func (e *explainer) query(q filter.Query) string {
	if q.Field == nil {
		return ""
	}
	value := e.payload.Elem().FieldByName(q.Field.Name)
	if value.IsZero() || value.Kind() == reflect.Slice && value.Len() == 0 {
		return "there is no " + q.Field.JSON
	}
	if len(q.Tests) == 0 {
		return ""
	}
	values := []reflect.Value{value}
	if q.Each {
		values = nil
		for i := range value.Len() {
			values = append(values, value.Index(i))
		}
	}
	for _, v := range values {
		if slices.ContainsFunc(q.Tests, func(t filter.Test) bool { return e.test(v, t) }) {
			return ""
		}
	}
	why := q.Field.JSON + " does not match " + q.Third
	if e.in.Username == "" && slices.ContainsFunc(q.Tests, asksBot) {
		why += "; name the bot with -bot"
	}
	return why
}

// asksBot reports whether the test compares a user with the bot.
func asksBot(t filter.Test) bool {
	return t.Check == filter.CheckBot || t.And != nil && asksBot(*t.And)
}

// test reports whether a value of gotgbot's types meets a test.
func (e *explainer) test(v reflect.Value, t filter.Test) bool {
	v = concrete(v)
	if !v.IsValid() {
		return false
	}
	if t.Check == filter.CheckBot { // the bot compares ids, but only its name is known here
		return e.in.Username != "" && strings.EqualFold(v.FieldByName("Username").String(), e.in.Username)
	}
	if t.Field != nil {
		if v = v.FieldByName(t.Field.Name); t.Check == filter.CheckVariant {
			v = concrete(v)
		}
	}
	switch t.Check {
	case filter.CheckEqual:
		return v.String() == t.Value
	case filter.CheckVariant:
		if !v.IsValid() || v.Type().Name() != t.Variant.Name {
			return false
		}
		return t.And == nil || e.test(v, *t.And)
	case filter.CheckNotEmpty:
		return v.Len() != 0
	}
	return !v.IsZero()
}

// concrete is the value that an interface or a pointer holds. It is invalid if one of them is nil.
func concrete(v reflect.Value) reflect.Value {
	for v.IsValid() && (v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer) {
		v = v.Elem()
	}
	return v
}
