package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// SkewWarning says how gotgbot's types in this program differ from those that the decoder was generated from, or is empty
// if they do not differ. While they differ, [DecodeUpdate] uses encoding/json, so that no field is lost.
func SkewWarning() string {
	difference := skew()
	if difference == "" {
		return ""
	}
	return fmt.Sprintf("updates are decoded by encoding/json, which is slower: the decoder was generated from gotgbot %s, and %s; "+
		"use a release of tggen for your version of gotgbot to get the fast decoder back", generatedFrom, difference)
}

// A generatedType is a type as it was when the decoder was generated.
type generatedType struct {
	typ    reflect.Type
	custom bool   // has an UnmarshalJSON
	fields string // as fieldsOf writes them
}

// skew is how gotgbot's types differ from those that the decoder was generated from; "" if they do not. It
// looks once.
//
// What it cannot see is a new variant of a union. The decoder notices one when it comes: see decoder.unknown.
var skew = sync.OnceValue(func() string { return difference(generatedTypes()) })

func difference(types []generatedType) string {
	unmarshaler := reflect.TypeFor[json.Unmarshaler]()
	for _, t := range types {
		if now := fieldsOf(t.typ); now != t.fields {
			return fmt.Sprintf("%v is different: %s", t.typ, firstDifference(t.fields, now))
		}
		if reflect.PointerTo(t.typ).Implements(unmarshaler) != t.custom {
			return fmt.Sprintf("%v is decoded in another way", t.typ)
		}
	}
	return ""
}

// fieldsOf writes down the fields of a struct, one to a line: name, JSON name, type.
func fieldsOf(t reflect.Type) string {
	var b strings.Builder
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		fmt.Fprintf(&b, "%s %s %s\n", f.Name, name, strings.ReplaceAll(f.Type.String(), "gotgbot.", ""))
	}
	return b.String()
}

// firstDifference names a field that only one of the two has, or has in this way.
func firstDifference(then, now string) string {
	only := func(lines, others string) string {
		for line := range strings.Lines(lines) {
			if !strings.Contains("\n"+others, "\n"+line) {
				name, _, _ := strings.Cut(line, " ")
				return name
			}
		}
		return ""
	}
	if name := only(now, then); name != "" {
		return "the field " + name + " is new or has changed"
	}
	if name := only(then, now); name != "" {
		return "the field " + name + " is gone"
	}
	return "its fields are in another order"
}
