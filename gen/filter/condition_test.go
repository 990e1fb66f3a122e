package filter_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/filter/filtertest"
	"github.com/tggen/tggen/gen/model"
)

// meets reports whether a decoded update meets the condition of a query. It does by reflection what generated code does, so
// that it finds a wrong field or type in a condition.
func meets(t *testing.T, q filter.Query, update *gotgbot.Update) bool {
	t.Helper()
	payload := reflect.ValueOf(update).Elem().FieldByName(q.Kind.Field.Name)
	if payload.IsNil() {
		return false
	}
	if q.Field == nil {
		return true
	}
	value := payload.Elem().FieldByName(q.Field.Name)
	if got := strings.ReplaceAll(value.Type().String(), "gotgbot.", ""); got != q.Field.Type.String() {
		t.Fatalf("%s: the field has the type %s, and in the model %s", q, got, q.Field.Type)
	}
	if !checked(t, q.Check, value) {
		return false
	}
	if q.Tests == nil {
		return true
	}
	elements := []reflect.Value{value}
	if q.Each {
		elements = nil
		for i := range value.Len() {
			elements = append(elements, value.Index(i))
		}
	}
	return slices.ContainsFunc(elements, func(v reflect.Value) bool {
		return slices.ContainsFunc(q.Tests, func(test filter.Test) bool { return passes(t, test, v) })
	})
}

func passes(t *testing.T, test filter.Test, v reflect.Value) bool {
	if test.Field != nil {
		v = reflect.Indirect(v).FieldByName(test.Field.Name)
	}
	switch test.Check {
	case filter.CheckEqual:
		return v.String() == test.Value
	case filter.CheckBot:
		return v.Int() == filtertest.Bot
	case filter.CheckVariant:
		if v.IsNil() || v.Elem().Type().Name() != test.Variant.Name {
			return false
		}
		return test.And == nil || passes(t, *test.And, v.Elem())
	}
	return checked(t, test.Check, v)
}

func checked(t *testing.T, check filter.Check, v reflect.Value) bool {
	switch check {
	case filter.CheckNone:
		return true
	case filter.CheckNotNil:
		return !v.IsNil()
	case filter.CheckNotEmpty:
		return v.Len() != 0
	case filter.CheckTrue:
		return v.Bool()
	case filter.CheckNotZero:
		if !v.Comparable() {
			t.Fatalf("the type %s is not comparable", v.Type())
		}
		return !v.IsZero()
	}
	t.Fatalf("check %d", check)
	return false
}

func decode(t *testing.T, update map[string]any) *gotgbot.Update {
	t.Helper()
	data, err := json.Marshal(update)
	if err != nil {
		t.Fatal(err)
	}
	var u gotgbot.Update
	if err := json.Unmarshal(data, &u); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return &u
}

// TestEveryQuery checks that every query matches the updates that are made to match it, and no near miss. It compares two
// answers: that of the query's condition, and that of filtertest.Match, which looks at the JSON.
func TestEveryQuery(t *testing.T) {
	api := model.Gotgbot()
	for _, q := range filter.Valid(api) {
		matches := 0
		for _, c := range filtertest.Cases(api, q) {
			if got := filtertest.Match(q.String(), c.Update, filtertest.Bot); got != c.Match {
				t.Errorf("%s, update %q: filtertest.Match is %v", q, c.Name, got)
			}
			if got := meets(t, q, decode(t, c.Update)); got != c.Match {
				t.Errorf("%s, update %q: the condition is %v", q, c.Name, got)
			}
			if c.Match {
				matches++
			}
		}
		if matches == 0 {
			t.Errorf("%s: no update is made to match", q)
		}
	}
}

// TestEveryQueryOnOtherUpdates checks that the condition and filtertest.Match agree on the updates of other queries, too.
func TestEveryQueryOnOtherUpdates(t *testing.T) {
	api := model.Gotgbot()
	byKind := map[*model.Kind][]filter.Query{}
	for _, q := range filter.Valid(api) {
		byKind[q.Kind] = append(byKind[q.Kind], q)
	}
	for _, kind := range []string{"message", "callback_query", "message_reaction", "my_chat_member", "chat_boost", "poll"} {
		queries := byKind[api.Kind(kind)]
		for i, q := range queries {
			if i%5 != 0 {
				continue
			}
			for _, c := range filtertest.Cases(api, q) {
				update := decode(t, c.Update)
				for _, other := range queries {
					want := filtertest.Match(other.String(), c.Update, filtertest.Bot)
					if got := meets(t, other, update); got != want {
						t.Errorf("%s on the update %q of %s: %v, want %v", other, c.Name, q, got, want)
					}
				}
			}
		}
	}
}
