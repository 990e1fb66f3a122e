package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// SkewWarning says how the types of the gotgbot in this program differ from the types that the decoder was generated from.
// It is empty if they do not differ. If they differ, [DecodeUpdate] uses encoding/json, so that no field is lost.
func SkewWarning() string {
	changed := skew()
	if changed == "" {
		return ""
	}
	return fmt.Sprintf("updates are decoded by encoding/json, which is slower: the decoder was generated from gotgbot %s, and %s; "+
		"use a release of tggen for your version of gotgbot to get the fast decoder back", generatedFrom, changed)
}

// A generatedType describes a struct as it was when the decoder was generated.
type generatedType struct {
	typ    reflect.Type
	custom bool   // it has an UnmarshalJSON
	fields string // its fields, as fieldsOf writes them
}

// skew returns the first difference between the types of the gotgbot in this program and those that the decoder was
// generated from, or "". It compares them once.
//
// It cannot see a new variant of a union. The decoder finds out when an update has one: see decodeAgain.
var skew = sync.OnceValue(func() string { return difference(generatedTypes()) })

// difference returns the first difference between the types and their descriptions, or "".
func difference(types []generatedType) string {
	unmarshaler := reflect.TypeFor[json.Unmarshaler]()
	for _, t := range types {
		if linked := fieldsOf(t.typ); linked != t.fields {
			return fmt.Sprintf("%v is different: %s", t.typ, changedField(t.fields, linked))
		}
		if reflect.PointerTo(t.typ).Implements(unmarshaler) != t.custom {
			return fmt.Sprintf("%v is decoded in another way", t.typ)
		}
	}
	return ""
}

// fieldsOf lists the fields of a struct, one a line: name, JSON name, type.
func fieldsOf(t reflect.Type) string {
	var b strings.Builder
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		fmt.Fprintf(&b, "%s %s %s\n", f.Name, name, strings.ReplaceAll(f.Type.String(), "gotgbot.", ""))
	}
	return b.String()
}

// changedField says which field differs between the type that the decoder was generated from and the type that is linked
// into the program. Both are as fieldsOf writes them.
func changedField(generated, linked string) string {
	firstOnlyIn := func(lines, others string) string {
		for line := range strings.Lines(lines) {
			if !strings.Contains("\n"+others, "\n"+line) {
				name, _, _ := strings.Cut(line, " ")
				return name
			}
		}
		return ""
	}
	if name := firstOnlyIn(linked, generated); name != "" {
		return "the field " + name + " is new or has changed"
	}
	if name := firstOnlyIn(generated, linked); name != "" {
		return "the field " + name + " is gone"
	}
	return "its fields are in another order"
}
