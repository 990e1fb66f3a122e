package wire

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
)

// sameAsJSON fails the test if the decoder and encoding/json do not agree on raw: if their values differ, or if only one of
// them returns an error. There is one exception: encoding/json fails on a variant of a union that gotgbot does not know.
// TestDecodeUnknownVariant checks the decoder there.
func sameAsJSON(t *testing.T, raw string) {
	t.Helper()
	want, wantErr := decodeSlowly(raw)
	got, unknown, err := decodeFast(raw)
	if err == nil && len(unknown) > 0 {
		if wantErr == nil {
			t.Fatalf("on %s\nthe decoder does not know %v", clip(raw), unknown)
		}
		return
	}
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("on %s\nthe decoder says  %v\nencoding/json says %v", clip(raw), err, wantErr)
	}
	if err != nil {
		var where *DecodeError
		if errors.As(err, &where) && (where.Offset < 0 || where.Offset > len(raw)) {
			t.Fatalf("on %s\nthe offset is %d", clip(raw), where.Offset)
		}
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("on %s\nthe decoder and encoding/json differ in %s", clip(raw), unequal("update", reflect.ValueOf(*got), reflect.ValueOf(*want)))
	}
}

// unequal returns the path to the first difference between two values, and the two parts there.
func unequal(path string, a, b reflect.Value) string {
	if reflect.DeepEqual(a.Interface(), b.Interface()) {
		return ""
	}
	switch a.Kind() {
	case reflect.Interface, reflect.Pointer:
		if a.IsNil() == b.IsNil() && a.Elem().Type() == b.Elem().Type() {
			return unequal(path, a.Elem(), b.Elem())
		}
	case reflect.Struct:
		for i := range a.NumField() {
			if where := unequal(path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i)); where != "" {
				return where
			}
		}
	case reflect.Slice:
		if a.IsNil() == b.IsNil() && a.Len() == b.Len() {
			for i := range a.Len() {
				if where := unequal(path+"[]", a.Index(i), b.Index(i)); where != "" {
					return where
				}
			}
		}
	}
	return strings.Join([]string{path, describe(a), describe(b)}, " ")
}

// describe returns a short text for a value.
func describe(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Slice:
		if v.IsNil() {
			return "nil"
		}
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		return v.Elem().Type().String()
	case reflect.String:
		return "\"" + v.String() + "\""
	}
	return strings.TrimSpace(clip(reflect.ValueOf(v.Interface()).String()))
}

// clip returns a text that a test can print: valid UTF-8, and not too long.
func clip(s string) string {
	if len(s) > 3000 {
		s = s[:3000] + "..."
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}

// TestDecodeCorpus compares both decoders on lifelike updates.
func TestDecodeCorpus(t *testing.T) {
	for _, raw := range corpus.Updates(3, 2000) {
		sameAsJSON(t, raw)
	}
}

// TestDecodeTruncated checks that an update that is cut off at any byte is an error.
func TestDecodeTruncated(t *testing.T) {
	for _, name := range corpus.Kinds() {
		raw := corpus.Of(name, 4, 1)[0]
		for n := range raw {
			if _, _, err := decodeFast(raw[:n]); err == nil {
				t.Fatalf("no error on %s", raw[:n])
			}
		}
	}
}

// TestDecodeNasty compares both decoders on texts that no server should send.
func TestDecodeNasty(t *testing.T) {
	for _, raw := range nasty() {
		sameAsJSON(t, raw)
	}
}
