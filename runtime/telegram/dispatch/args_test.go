package dispatch

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tggen/tggen/runtime/telegram"
)

// tokens returns all arguments of a text.
func tokens(text string) ([]string, error) {
	var all []string
	a := NewArguments(text)
	for {
		value := ArgOptional(&a, "next", Text)
		if value == nil {
			return all, a.Err()
		}
		all = append(all, *value)
	}
}

func TestArgumentTokens(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{``, nil},
		{" \t\n", nil},
		{`2`, []string{"2"}},
		{"  2\n\t3\u00a04\u30005 ", []string{"2", "3", "4", "5"}},
		{`"two words" x`, []string{"two words", "x"}},
		{`'two words' x`, []string{"two words", "x"}},
		{`“two words” x`, []string{"two words", "x"}},
		{`”två ord” x`, []string{"två ord", "x"}},
		{`„zwei Wörter“ x`, []string{"zwei Wörter", "x"}},
		{`„dwa słowa” x`, []string{"dwa słowa", "x"}},
		{`‘two words’ x`, []string{"two words", "x"}},
		{`‚zwei Wörter‘ x`, []string{"zwei Wörter", "x"}},
		{`«deux mots» x`, []string{"deux mots", "x"}},
		{`»to ord« x`, []string{"to ord", "x"}},
		{`""`, []string{""}},
		{`"" ''`, []string{"", ""}},
		{`" "`, []string{" "}},
		{"\"two\nlines\"", []string{"two\nlines"}},
		{`don't`, []string{"don't"}},
		{`’tis`, []string{"’tis"}},
		{`‘don’t’ x`, []string{"don’t", "x"}},
		{`'don't' x`, []string{"don't", "x"}},
		{`"it's “so” called" x`, []string{"it's “so” called", "x"}},
		{`a"b c"`, []string{`a"b`, `c"`}},
		{`"a"b c"`, []string{`a"b c`}},
		{`"say \"hi\" now"`, []string{`say "hi" now`}},
		{`"a\\" b`, []string{`a\`, "b"}},
		{`"\a\é"`, []string{"aé"}},
		{`“a \” b”`, []string{"a ” b"}},
		{`C:\dir \"x`, []string{`C:\dir`, `\"x`}},
		{"\xff \xfe", []string{"\xff", "\xfe"}},
		{"\"\xff\\\xfe\"", []string{"\xff\xfe"}},
	} {
		got, err := tokens(test.text)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, %v, want %q", test.text, got, err, test.want)
		}
	}
}

func TestArgumentFaults(t *testing.T) {
	for _, test := range []struct {
		text, argument, value, message string
		err                            error
	}{
		{"", "item", "", "item is missing", errMissing},
		{"  ", "item", "", "item is missing", errMissing},
		{"x", "item", "x", `item: "x" is not a whole number`, errNotWhole},
		{`""`, "item", "", "item is not a whole number", errNotWhole},
		{"99999999999999999999", "item", "99999999999999999999", `item: "99999999999999999999" is out of range`, errOutOfRange},
		{"1 x", "qty", "x", `qty: "x" is not a whole number`, errNotWhole},
		{"x y", "item", "x", `item: "x" is not a whole number`, errNotWhole},
		{"1 2 3  4", "", "3  4", `"3  4" is more than the command takes`, errTooMany},
		{`"1 2`, "item", `"1 2`, `item: ""1 2" has no closing quotation mark`, errUnclosed},
		{`1 "2"3`, "qty", `"2"3`, `qty: ""2"3" has no closing quotation mark`, errUnclosed},
		{`"1\"`, "item", `"1\"`, `item: ""1\"" has no closing quotation mark`, errUnclosed},
		{"\"1\n\x00\u202e\xff\\", "item", "\"1\n\x00\u202e\xff\\", "item: \"\"1  \u202e\ufffd\\\" has no closing quotation mark", errUnclosed},
	} {
		a := NewArguments(test.text)
		item, qty := Arg(&a, "item", Int64), ArgOr(&a, "qty", Int, 7)
		err := a.Err()
		fault, ok := errors.AsType[*telegram.ArgumentError](err)
		if !ok || fault.Argument != test.argument || fault.Value != test.value || !errors.Is(err, test.err) || err.Error() != test.message {
			t.Errorf("%q: %#v: %v", test.text, err, err)
		}
		if test.argument == "item" && (item != 0 || qty != 0) {
			t.Errorf("%q: read on after the fault: %d, %d", test.text, item, qty)
		}
		if again := a.Err(); again != err {
			t.Errorf("%q: asked again: %v", test.text, again)
		}
	}
}

// TestArgumentErrorIsShort checks that a long value does not make its error long.
func TestArgumentErrorIsShort(t *testing.T) {
	for _, letter := range []string{"x", "é", "😀"} {
		e := &telegram.ArgumentError{Argument: "item", Value: strings.Repeat(letter, 5000), Err: errNotNumber}
		want := `item: "` + strings.Repeat(letter, 40) + `…" is not a number`
		if e.Error() != want {
			t.Error(e.Error())
		}
		e.Value = strings.Repeat(letter, 40)
		if want = `item: "` + e.Value + `" is not a number`; e.Error() != want {
			t.Error(e.Error())
		}
	}
}

func TestArgumentsLeftOut(t *testing.T) {
	for _, test := range []struct {
		text       string
		qty        int
		size, note string // "-" for nil
	}{
		{"", 1, "-", "-"},
		{"2", 2, "-", "-"},
		{"2 XL", 2, "XL", "-"},
		{`2 "" x`, 2, "", "x"},
		{"2 XL  as \"typed\"\nhere 'and ", 2, "XL", "as \"typed\"\nhere 'and"},
	} {
		a := NewArguments(test.text)
		qty, size, note := ArgOr(&a, "qty", Int, 1), ArgOptional(&a, "size", Text), RestArgOptional(&a)
		if err := a.Err(); err != nil || qty != test.qty || orDash(size) != test.size || orDash(note) != test.note {
			t.Errorf("%q: %d, %s, %s, %v", test.text, qty, orDash(size), orDash(note), err)
		}
	}
}

func orDash(text *string) string {
	if text == nil {
		return "-"
	}
	return *text
}

func TestRestArg(t *testing.T) {
	a := NewArguments(" all \"of it ")
	if rest, err := RestArg(&a, "note"), a.Err(); rest != `all "of it` || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
	a = NewArguments("some")
	if rest, err := RestArgOr(&a, "none"), a.Err(); rest != "some" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
	a = NewArguments(" ")
	if rest, err := RestArgOr(&a, "none"), a.Err(); rest != "none" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
	a = NewArguments("")
	rest := RestArg(&a, "note")
	if err, _ := errors.AsType[*telegram.ArgumentError](a.Err()); rest != "" || err == nil || err.Argument != "note" || err.Err != errMissing {
		t.Errorf("%q, %v", rest, err)
	}
}

// TestArgumentsAfterAFault checks that everything that is read after a fault is zero, and not a default.
func TestArgumentsAfterAFault(t *testing.T) {
	a := NewArguments("x y")
	Arg(&a, "item", Int)
	first := a.Err()
	if v := Arg(&a, "a", Text); v != "" {
		t.Errorf("Arg: %q", v)
	}
	if v := ArgOr(&a, "a", Int, 7); v != 0 {
		t.Errorf("ArgOr: %d", v)
	}
	if v := ArgOptional(&a, "a", Text); v != nil {
		t.Errorf("ArgOptional: %q", *v)
	}
	if v := RestArg(&a, "a"); v != "" {
		t.Errorf("RestArg: %q", v)
	}
	if v := RestArgOr(&a, "b"); v != "" {
		t.Errorf("RestArgOr: %q", v)
	}
	if v := RestArgOptional(&a); v != nil {
		t.Errorf("RestArgOptional: %q", *v)
	}
	if err := a.Err(); err != first || err == nil {
		t.Errorf("%v, and then %v", first, err)
	}
}

// TestArgumentBesideAnError checks that a value is dropped if the parser returns an error with it.
func TestArgumentBesideAnError(t *testing.T) {
	a := NewArguments("x")
	if v := Arg(&a, "a", func(s string) (string, error) { return s, errNotNumber }); v != "" {
		t.Errorf("%q", v)
	}
}

// FuzzArguments checks that a text without quotation marks is split as by strings.Fields, that any text between quotation
// marks is read back, and that every text ends.
func FuzzArguments(f *testing.F) {
	f.Add(`2 "two words" x`, "a", "b c")
	f.Add("“a ” b” \\", `\`, `"`)
	f.Add("'a\\", "\xff", " ")
	f.Add("«a» „b“ \u00a0\xff", "", `\"`)
	f.Fuzz(func(t *testing.T, text, first, second string) {
		all, err := tokens(text)
		if len(all) > len(text) {
			t.Errorf("%q has %d arguments", text, len(all))
		}
		if fault, ok := errors.AsType[*telegram.ArgumentError](err); err != nil && (!ok || fault.Err != errUnclosed || !strings.HasSuffix(strings.TrimSpace(text), fault.Value)) {
			t.Errorf("%q: %v", text, err)
		}
		words := strings.Fields(text)
		if !slices.ContainsFunc(words, func(word string) bool {
			r, _ := utf8.DecodeRuneInString(word)
			return unicode.In(r, unicode.Quotation_Mark) // more than the opening marks: ’ is included
		}) && (err != nil || !slices.Equal(all, words)) {
			t.Errorf("%q: %q, %v", text, all, err)
		}
		for _, marks := range []string{`""`, `''`, "“”", "„“", "‘’", "«»", "»«"} {
			opening, size := utf8.DecodeRuneInString(marks)
			closing, _ := utf8.DecodeRuneInString(marks[size:])
			quoted := quote(first, opening, closing) + "\n" + quote(second, opening, closing)
			if back, err := tokens(quoted); err != nil || !slices.Equal(back, []string{first, second}) {
				t.Errorf("%q: %q, %v", quoted, back, err)
			}
		}
		a := NewArguments(text)
		Arg(&a, "int", Int)
		ArgOr(&a, "float", Float64, 1)
		ArgOptional(&a, "bool", Bool)
		Arg(&a, "duration", Duration)
		RestArg(&a, "rest")
		if err := a.Err(); err != nil && len([]rune(err.Error())) > 200 {
			t.Errorf("%q: the error is long: %v", text, err)
		}
	})
}

// quote writes a text as one argument.
func quote(text string, opening, closing rune) string {
	text = strings.ReplaceAll(text, `\`, `\\`)
	return string(opening) + strings.ReplaceAll(text, string(closing), `\`+string(closing)) + string(closing)
}

// orderArguments reads three arguments as generated code does.
func orderArguments(text string) error {
	a := NewArguments(text)
	Arg(&a, "item", Int64)
	ArgOr(&a, "qty", Int, 1)
	RestArg(&a, "note")
	return a.Err()
}

func BenchmarkArguments(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := orderArguments("2 3 a note of five words"); err != nil {
			b.Fatal(err)
		}
	}
}
