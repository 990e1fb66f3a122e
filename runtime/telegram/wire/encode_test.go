package wire

import (
	"encoding/json"
	"strings"
	"testing"
)

func sameString(t *testing.T, s string) {
	want, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if got := AppendString(nil, s); string(got) != string(want) {
		t.Errorf("%q: got %s, want %s", s, got, want)
	}
}

func TestAppendString(t *testing.T) {
	for c := range 256 {
		sameString(t, "a"+string([]byte{byte(c)})+"b")
	}
	for _, s := range []string{
		"", "plain", "\u00e9 \U0001f600 \u2028\u2029 <b>&amp;</b> \"quoted\"\n\\ /", "\xff", "\xed\xa0\x80", "a\xc3", "\ufffd", strings.Repeat("x\u20ac", 99),
	} {
		sameString(t, s)
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\xff<\u2028")
	f.Fuzz(sameString)
}

// A struct with a field that is new, is gone or has another tag is noticed, so that no parameter gets lost.
func TestEncodersNoticeAnotherGotgbot(t *testing.T) {
	if !CanEncode() {
		t.Errorf("%s is not as it was generated", changedType(encodedTypes()))
	}
	for i, known := range encodedTypes() {
		for _, fields := range []string{known.fields + "New new string\n", strings.TrimPrefix(known.fields, "ChatId"), ""} {
			types := encodedTypes()
			types[i].fields = fields
			if got := changedType(types); fields != known.fields && got != known.typ.String() {
				t.Errorf("a change of %v is taken for one of %q", known.typ, got)
			}
		}
	}
}
