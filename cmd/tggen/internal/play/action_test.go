package play

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDecodeAction(t *testing.T) {
	for _, test := range []struct{ name, body, refused string }{
		{"a text", `{"do":"send","chat":-5,"user":11,"text":"<b>\u202e😀"}`, ""},
		{"no JSON", `send`, "cannot be read"},
		{"nothing", ``, "cannot be read"},
		{"null", `null`, `no action ""`},
		{"two actions", `{"do":"heal"}{"do":"heal"}`, "follows"},
		{"an unknown action", `{"do":"shutdown"}`, `no action "shutdown"`},
		{"an unknown field", `{"do":"heal","sudo":true}`, "sudo"},
		{"a number that is too large", `{"do":"send","chat":9223372036854775808}`, "cannot be read"},
		{"a text for a number", `{"do":"send","chat":"-5"}`, "cannot be read"},
		{"a text that is too long", `{"do":"send","text":"` + strings.Repeat("x", maxText+1) + `"}`, "more than"},
		{"a negative row", `{"do":"press","row":-1}`, "begin at 0"},
		{"a negative column", `{"do":"key","column":-1}`, "begin at 0"},
		{"many times", `{"do":"fault","times":1001}`, "at most 1000"},
		{"a long wait", `{"do":"fault","retry_after":3601}`, "at most 3600"},
		{"bytes that are no text", "{\"do\":\"send\",\"text\":\"\xff\"}", "UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, err := decodeAction([]byte(test.body))
			switch {
			case test.refused == "" && (err != nil || a.Text != "<b>\u202e😀" || a.Chat != -5):
				t.Errorf("%+v %v", a, err)
			case test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)):
				t.Errorf("the error is %v, want one with %q", err, test.refused)
			}
		})
	}
}

// FuzzDecodeAction checks that an action is refused or within bounds, and that it is the same when it is written and read again.
func FuzzDecodeAction(f *testing.F) {
	for _, seed := range []string{
		`{"do":"send","chat":-1002100000001,"user":7100000001,"text":"hi"}`, `{"do":"fault","kind":"429","times":2,"retry_after":3}`,
		`{"do":"group","title":"x","type":"group","members":[1,2]}`, `{"do":"kill"}`, `{}`, `[]`, `{"do":"key","row":1e3}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := decodeAction(body)
		if err != nil {
			if err.Error() == "" {
				t.Error("the error is empty")
			}
			return
		}
		if actions[a.Do] == nil || a.Row < 0 || a.Column < 0 || a.Times < 0 || a.Times > maxTimes || utf8.RuneCountInString(a.Text) > maxText {
			t.Errorf("%+v was not refused", a)
		}
		written, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeAction(written)
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if rewritten, _ := json.Marshal(again); string(rewritten) != string(written) {
			t.Errorf("%s became %s", written, rewritten)
		}
	})
}
