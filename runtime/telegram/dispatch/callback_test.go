package dispatch

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
)

// buyFields reads a pattern with a field of every type, as generated code does.
func buyFields(data string) error {
	f := NewFields(data)
	f.Literal("buy:")
	Field(&f, "item", ":", Int64)
	f.Literal(":")
	FieldOr(&f, "qty", ":", Int, 1)
	f.Literal(":")
	Field(&f, "gift", ":", Bool)
	f.Literal(":")
	Field(&f, "hold", ":", Duration)
	f.Literal(":")
	Field(&f, "price", ":", Float64)
	f.Literal(":")
	Field(&f, "colour", ":", func(text string) (string, error) { return OneOf(text, "red", "blue") })
	f.Literal(":")
	Field(&f, "note", "", func(text string) (string, error) { return TextUpTo(text, 10) })
	return f.Err()
}

func TestFieldFaults(t *testing.T) {
	const good = "buy:5::true:90s:2.5:red:note"
	if err := buyFields(good); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		data, field string
		err         error
	}{
		{"", "", errNoMatch},
		{"bu", "", errNoMatch},
		{"sell:5", "", errNoMatch},
		{"buy:", "item", errNoEnd},
		{"buy:5", "item", errNoEnd},
		{"buy:x:2:true:90s:2.5:red:note", "item", errNotWhole},
		{"buy::2:true:90s:2.5:red:note", "item", errNotWhole},
		{`buy:5\::2:true:90s:2.5:red:note`, "item", errNotWhole},
		{`buy:\5:2:true:90s:2.5:red:note`, "item", errBadEscape},
		{`buy:5\`, "item", errNoEnd},
		{"buy:5:99999999999999999999:true:90s:2.5:red:note", "qty", errOutOfRange},
		{`buy:5:\-:true:90s:2.5:red:note`, "qty", errNotWhole},
		{"buy:5:2:maybe:90s:2.5:red:note", "gift", errNotBool},
		{"buy:5:2:true:soon:2.5:red:note", "hold", errNotDuration},
		{"buy:5:2:true:90s:NaN:red:note", "price", errNotNumber},
		{"buy:5:2:true:90s:2.5:green:note", "colour", nil},
		{"buy:5:2:true:90s:2.5:red:a note too long", "note", nil},
	} {
		err := buyFields(test.data)
		fault, ok := errors.AsType[*telegram.CallbackError](err)
		if !ok || fault.Field != test.field || fault.Err == nil || test.err != nil && !errors.Is(err, test.err) {
			t.Errorf("%q: %#v", test.data, err)
		}
	}
	for n := range len("buy:5::true:90s:2.5:red:") {
		if err := buyFields(good[:n]); err == nil {
			t.Errorf("no error for the first %d bytes of %q", n, good)
		}
	}
}

func TestCallbackErrorText(t *testing.T) {
	for data, want := range map[string]string{
		"sell":  "callback data does not match the pattern",
		"buy:x": "callback data: item does not end where it should",
	} {
		if err := buyFields(data); err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestFieldWithAnUnescapedByte checks that the first byte of a longer literal must be escaped in a text.
func TestFieldWithAnUnescapedByte(t *testing.T) {
	f := NewFields("a:b::c")
	f.Literal("a")
	Field(&f, "b", "::", Text)
	if err, _ := errors.AsType[*telegram.CallbackError](f.Err()); err == nil || err.Field != "b" || err.Err != errBadEscape {
		t.Error(err)
	}
}

func TestFieldOptionalFault(t *testing.T) {
	f := NewFields("x")
	if v := FieldOptional(&f, "page", "", Int); v != nil {
		t.Error(*v)
	}
	if err, _ := errors.AsType[*telegram.CallbackError](f.Err()); err == nil || err.Field != "page" || err.Err != errNotWhole {
		t.Error(err)
	}
}

func TestFieldsLeftOver(t *testing.T) {
	f := NewFields("menu:x")
	f.Literal("menu")
	if err, _ := errors.AsType[*telegram.CallbackError](f.Err()); err == nil || err.Err != errNoMatch {
		t.Error(err)
	}
}

func TestFieldsAfterAFault(t *testing.T) {
	f := NewFields("a:1:2")
	f.Literal("b")
	first := f.Err()
	f.Literal("a")
	f.Literal("")
	if v := Field(&f, "a", "", Text); v != "" {
		t.Errorf("Field: %q", v)
	}
	if v := Field(&f, "a", ":", func(string) (int, error) { return 7, nil }); v != 0 {
		t.Errorf("Field: %d", v)
	}
	if v := FieldOptional(&f, "a", ":", Text); v != nil {
		t.Errorf("FieldOptional: %q", *v)
	}
	if v := FieldOr(&f, "a", "", Int, 7); v != 0 {
		t.Errorf("FieldOr: %d", v)
	}
	if err := f.Err(); err != first || err == nil {
		t.Errorf("%v, and then %v", first, err)
	}
}

// TestAppendedTexts checks the encoded form of texts. It must not change between releases, because old messages keep their
// buttons.
func TestAppendedTexts(t *testing.T) {
	for _, test := range []struct{ value, until, plain, present string }{
		{"a b", ":", "a b", "a b"},
		{"a:b", ":", `a\:b`, `a\:b`},
		{`a\`, ":", `a\\`, `a\\`},
		{"a::b", "::", `a\:\:b`, `a\:\:b`},
		{"a~b", `\`, "a~~b", "a~~b"},
		{`a\b`, `\`, `a~\b`, `a~\b`},
		{"a-b", "-", `a\-b`, `a\-b`},
		{"è", "é", "\\è", "\\è"}, // both letters begin with the same byte
		{"", ":", "", `\-`},
		{"", "-", "", `\~`},
		{"", `\`, "", `~-`},
		{"", "~", "", `\-`},
		{"a:b", "", "a:b", "a:b"},
		{`\a`, "", `\a`, `\a`},
		{"", "", "", `\`},
		{`\`, "", `\`, `\\`},
		{`\\`, "", `\\`, `\\\`},
	} {
		if got := string(AppendField(nil, test.value, test.until)); got != test.plain {
			t.Errorf("%q before %q: %q, want %q", test.value, test.until, got, test.plain)
		}
		if got := string(AppendPresent(nil, test.value, test.until)); got != test.present {
			t.Errorf("%q, which may be left out, before %q: %q, want %q", test.value, test.until, got, test.present)
		}
	}
}

func TestAppendedValues(t *testing.T) {
	type ID int64
	for got, want := range map[string]string{
		string(AppendInt(nil, -5)):                                 "-5",
		string(AppendInt(nil, int64(math.MinInt64))):               "-9223372036854775808",
		string(AppendInt(nil, ID(7))):                              "7",
		string(AppendFloat64(nil, 0.1)):                            "0.1",
		string(AppendFloat64(nil, 1e21)):                           "1e+21",
		string(AppendBool(nil, true)):                              "1",
		string(AppendBool(nil, false)):                             "0",
		string(AppendDuration(nil, 0)):                             "0s",
		string(AppendDuration(nil, 48*time.Hour)):                  "2d",
		string(AppendDuration(nil, -49*time.Hour)):                 "-49h",
		string(AppendDuration(nil, 90*time.Minute)):                "90m",
		string(AppendDuration(nil, 90*time.Second)):                "90s",
		string(AppendDuration(nil, 1500*time.Millisecond)):         "1500ms",
		string(AppendDuration(nil, 7*time.Microsecond)):            "7us",
		string(AppendDuration(nil, time.Duration(math.MinInt64))):  "-9223372036854775808ns",
		string(AppendDuration(nil, time.Second+time.Nanosecond)):   "1000000001ns",
		string(AppendDuration(nil, 24*time.Hour+time.Millisecond)): "86400001ms",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestEncodeCallback checks, among others, that the limit of 64 counts bytes and not letters.
func TestEncodeCallback(t *testing.T) {
	for _, test := range []struct {
		data   string
		length int // of a CallbackTooLongError
		err    error
	}{
		{data: "a"},
		{data: strings.Repeat("a", 64)},
		{data: strings.Repeat("é", 32)},
		{data: strings.Repeat("😀", 16)},
		{data: strings.Repeat("a", 65), length: 65},
		{data: strings.Repeat("é", 32) + "a", length: 65},
		{data: strings.Repeat("é", 33), length: 66},
		{data: strings.Repeat("😀", 17), length: 68},
		{data: strings.Repeat("\xff", 65), length: 65},
		{data: "", err: telegram.ErrCallbackEmpty},
		{data: "a\xff", err: telegram.ErrCallbackNotUTF8},
		{data: "😀"[:3], err: telegram.ErrCallbackNotUTF8},
		{data: "\xed\xa0\x80", err: telegram.ErrCallbackNotUTF8}, // half of a pair
	} {
		got, err := EncodeCallback([]byte(test.data))
		tooLong, _ := errors.AsType[*telegram.CallbackTooLongError](err)
		switch {
		case test.length != 0:
			if tooLong == nil || tooLong.Length != test.length || got != "" {
				t.Errorf("%q: %q, %v", test.data, got, err)
			}
		case got != test.data && test.err == nil, !errors.Is(err, test.err), test.err != nil && got != "":
			t.Errorf("%q: %q, %v", test.data, got, err)
		}
	}
	if err := error(&telegram.CallbackTooLongError{Length: 70}); err.Error() != "callback data has 70 bytes, and Telegram allows 64" {
		t.Error(err)
	}
}

func TestCallbackButton(t *testing.T) {
	if b := CallbackButton("Buy", "buy:1"); b.Text != "Buy" || b.CallbackData != "buy:1" {
		t.Errorf("%+v", b)
	}
}

func BenchmarkCallbackEncode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		data := make([]byte, 0, telegram.MaxCallbackData)
		data = append(data, "buy:"...)
		data = AppendInt(data, int64(1234567))
		data = append(data, ':')
		data = AppendField(data, "a:note", ":")
		data = append(data, ':')
		data = AppendDuration(data, 90*time.Second)
		if _, err := EncodeCallback(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCallbackParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := buyFields("buy:1234567:3:true:90s:2.5:red:a note"); err != nil {
			b.Fatal(err)
		}
	}
}
