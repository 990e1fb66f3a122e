package diag_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tggen/tggen/gen/diag"
)

func ExampleList_Text() {
	source := "version: 1\nhandlers:\n  - name: Seen\n    on: mesage\n"
	list := diag.List{{
		Pos: diag.Pos{File: "spec.yaml", Line: 4, Column: 9}, End: 14,
		Code:    "unknown-query",
		Message: `"mesage" is not an update kind`,
		Hint:    diag.DidYouMean("mesage", []string{"message", "callback_query"}),
	}}
	list.Text(os.Stdout, diag.Sources{"spec.yaml": []byte(source)})
	// Output:
	// spec.yaml:4:9: "mesage" is not an update kind
	//   4 |     on: mesage
	//     |         ^^^^^^
	//   hint: did you mean message?
}

func ExampleList_GitHub() {
	list := diag.List{{
		Pos: diag.Pos{File: "spec.yaml", Line: 4, Column: 9}, End: 14,
		Code: "unknown-query", Message: `"mesage" is not an update kind`, Hint: "did you mean message?",
	}}
	list.GitHub(os.Stdout)
	// Output:
	// ::error file=spec.yaml,line=4,col=9,endColumn=14,title=unknown-query::"mesage" is not an update kind%0Ahint: did you mean message?
}

func ExampleList_JSON() {
	list := diag.List{{
		Pos:  diag.Pos{File: "spec.yaml", Line: 7, Column: 11},
		Code: "duplicate-handler", Message: "two handlers have the name Start",
		Related: []diag.Related{{Pos: diag.Pos{File: "spec.yaml", Line: 3, Column: 11}, Message: "the first is here"}},
	}}
	list.JSON(os.Stdout)
	// Output:
	// [
	//   {
	//     "file": "spec.yaml",
	//     "line": 7,
	//     "column": 11,
	//     "code": "duplicate-handler",
	//     "message": "two handlers have the name Start",
	//     "related": [
	//       {
	//         "file": "spec.yaml",
	//         "line": 3,
	//         "column": 11,
	//         "message": "the first is here"
	//       }
	//     ]
	//   }
	// ]
}

func text(t *testing.T, d diag.Diagnostic, source string) string {
	t.Helper()
	var out bytes.Buffer
	if err := (diag.List{d}).Text(&out, diag.Sources{"f": []byte(source)}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestText(t *testing.T) {
	long := strings.Repeat("a", 500)
	for _, test := range []struct {
		name        string
		column, end int
		source      string
		want        string
	}{
		{"one column", 3, 0, "abcdef", "f:1:3: m\n  1 | abcdef\n    |   ^\n"},
		{"first to last", 1, 6, "abcdef", "f:1:1: m\n  1 | abcdef\n    | ^^^^^^\n"},
		{"after the end", 7, 0, "abcdef", "f:1:7: m\n  1 | abcdef\n    |       ^\n"},
		{"far after the end", 99, 120, "abc", "f:1:99: m\n  1 | abc\n    |    ^\n"},
		{"an end after the end", 2, 99, "abc", "f:1:2: m\n  1 | abc\n    |  ^^\n"},
		{"an end before the start", 3, 1, "abc", "f:1:3: m\n  1 | abc\n    |   ^\n"},
		{"empty line", 1, 0, "", "f:1:1: m\n  1 | \n    | ^\n"},
		{"tabs", 3, 0, "\ta\tb", "f:1:3: m\n  1 | \ta\tb\n    | \t ^\n"},
		{"carriage return", 2, 0, "ab\r\ncd", "f:1:2: m\n  1 | ab\n    |  ^\n"},
		{"byte order mark", 2, 0, "\uFEFFab", "f:1:2: m\n  1 | ab\n    |  ^\n"},
		{"accents", 3, 4, "éüab", "f:1:3: m\n  1 | éüab\n    |   ^^\n"},
		{"wide letters", 3, 4, "日本語 x", "f:1:3: m\n  1 | 日本語 x\n    |     ^^^\n"},
		{"emoji", 3, 0, "😀 x", "f:1:3: m\n  1 | 😀 x\n    |    ^\n"},
		{"combining accents", 3, 0, "e\u0301x", "f:1:3: m\n  1 | e\u0301x\n    |  ^\n"},
		{"escape sequences", 5, 0, "\x1b[2Jx", "f:1:5: m\n  1 | \uFFFD[2Jx\n    |     ^\n"},
		{"right to left", 2, 0, "\u202Eab", "f:1:2: m\n  1 | \uFFFDab\n    |  ^\n"},
		{"not UTF-8", 3, 0, "a\xffb", "f:1:3: m\n  1 | a\uFFFDb\n    |   ^\n"},
		{"long line, start", 1, 0, long, "f:1:1: m\n  1 | " + long[:160] + "…\n    | ^\n"},
		{"long line, middle", 250, 251, long, "f:1:250: m\n  1 | …" + long[:160] + "…\n    |  " + strings.Repeat(" ", 80) + "^^\n"},
		{"long line, end", 500, 0, long, "f:1:500: m\n  1 | …" + long[:160] + "\n    |  " + strings.Repeat(" ", 159) + "^\n"},
		{"long line, all", 1, 500, long, "f:1:1: m\n  1 | " + long[:160] + "…\n    | " + strings.Repeat("^", 160) + "\n"},
	} {
		d := diag.Diagnostic{Pos: diag.Pos{File: "f", Line: 1, Column: test.column}, End: test.end, Message: "m"}
		if got := text(t, d, test.source); got != test.want {
			t.Errorf("%s: got\n%swant\n%s", test.name, got, test.want)
		}
	}
}

func TestTextWithoutALine(t *testing.T) {
	for _, test := range []struct {
		pos  diag.Pos
		want string
	}{
		{diag.Pos{}, "m\n"},
		{diag.Pos{File: "f"}, "f: m\n"},
		{diag.Pos{File: "other", Line: 1, Column: 2}, "other:1:2: m\n"},
		{diag.Pos{File: "f", Line: 9, Column: 2}, "f:9:2: m\n"},
		{diag.Pos{Line: 9, Column: 2}, "9:2: m\n"},
	} {
		if got := text(t, diag.Diagnostic{Pos: test.pos, Message: "m"}, "a\nb\n"); got != test.want {
			t.Errorf("%v: %q, want %q", test.pos, got, test.want)
		}
	}
}

func TestTextShowsWhatIsRelated(t *testing.T) {
	d := diag.Diagnostic{
		Pos: diag.Pos{File: "f", Line: 2, Column: 1}, Message: "twice", Hint: "rename\x1b[31m one",
		Related: []diag.Related{{Pos: diag.Pos{File: "f", Line: 1, Column: 1}, Message: "first\nhere"}},
	}
	want := "f:2:1: twice\n  2 | b\n    | ^\n  hint: rename\uFFFD[31m one\nf:1:1: first\uFFFDhere\n  1 | a\n    | ^\n"
	if got := text(t, d, "a\nb"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestGitHubEscapes(t *testing.T) {
	list := diag.List{
		{Pos: diag.Pos{File: "a,b:c%.yaml", Line: 1, Column: 2}, Code: "c", Message: "50%: x, y\r\nz"},
		{Pos: diag.Pos{File: "f"}, Message: "whole"},
		{Message: "nowhere", Related: []diag.Related{{Pos: diag.Pos{File: "f", Line: 3, Column: 4}, Message: "here"}}},
		// This one tries to end the command and begin another.
		{Pos: diag.Pos{File: "f\n::stop::", Line: 1, Column: 1}, Message: "x\n::stop::"},
	}
	var out bytes.Buffer
	if err := list.GitHub(&out); err != nil {
		t.Fatal(err)
	}
	want := "::error file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=c::50%25: x, y%0D%0Az\n" +
		"::error file=f::whole\n" +
		"::error::nowhere%0Af:3:4: here\n" +
		"::error file=f%0A%3A%3Astop%3A%3A,line=1,col=1::x%0A::stop::\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestJSONOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := (diag.List)(nil).JSON(&out); err != nil || out.String() != "[]\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestSort(t *testing.T) {
	at := func(file string, line, column int, message string) diag.Diagnostic {
		return diag.Diagnostic{Pos: diag.Pos{File: file, Line: line, Column: column}, Message: message}
	}
	list := diag.List{at("b", 1, 1, "5"), at("a", 2, 1, "3"), at("a", 10, 1, "4"), at("a", 1, 9, "1"), at("a", 0, 0, "0"), at("a", 1, 9, "2")}
	list.Sort()
	var got string
	for _, d := range list {
		got += d.Message
	}
	if got != "012345" {
		t.Errorf("sorted as %s", got)
	}
}

func TestJoin(t *testing.T) {
	for _, test := range []struct {
		names   []string
		or, and string
	}{
		{nil, "", ""},
		{[]string{"a"}, "a", "a"},
		{[]string{"a", "b"}, "a or b", "a and b"},
		{[]string{"a", "b", "c"}, "a, b or c", "a, b and c"},
	} {
		if or, and := diag.Or(test.names), diag.And(test.names); or != test.or || and != test.and {
			t.Errorf("%q: %q and %q, want %q and %q", test.names, or, and, test.or, test.and)
		}
	}
}

func TestNearest(t *testing.T) {
	kinds := []string{"message", "edited_message", "callback_query", "chat_member", "my_chat_member", "poll", "on", "in", "a"}
	for name, want := range map[string]string{
		"mesage": "message", "Message": "message", "messgae": "message", "massages": "message", "editedmessage": "edited_message",
		"callback-query": "callback_query", "callbackquery": "callback_query", "chatmember": "chat_member", "pool": "poll", "ON": "on", "om": "on",
		"": "", "x": "", "A": "a", "xyz": "", "zzzzzzzzzz": "", "messages_of_day": "", "pl": "",
		strings.Repeat("m", 1000): "",
	} {
		got, ok := diag.Nearest(name, kinds)
		if got != want || ok != (want != "") {
			t.Errorf("the nearest of %q is %q, want %q", name, got, want)
		}
	}
	if hint := diag.DidYouMean("xyz", kinds); hint != "" {
		t.Errorf("the hint for a name with no candidate near is %q", hint)
	}
	if got, _ := diag.Nearest("cat", []string{"car", "bat", "hat"}); got != "car" {
		t.Errorf("of equally near names, got %q, want the first", got)
	}
}

// FuzzRender writes a diagnostic with arbitrary texts in every form. The output must hold no control characters except line
// feeds and tabs, and a form that writes one line for each diagnostic must write exactly one.
func FuzzRender(f *testing.F) {
	f.Add("spec.yaml", 1, 2, 3, "message", "hint", "a: b\n")
	f.Add("a\x1b\n::error::", 2, 99, 1, "%0A\r\n", "", "\xff\t日本\u202e\n\x00")
	f.Fuzz(func(t *testing.T, file string, line, column, end int, message, hint, source string) {
		list := diag.List{{Pos: diag.Pos{File: file, Line: line, Column: column}, End: end, Message: message, Hint: hint, Code: "code"}}
		var out bytes.Buffer
		if err := list.Text(&out, diag.Sources{file: []byte(source)}); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(out.String(), func(letter rune) bool { return letter < ' ' && letter != '\n' && letter != '\t' }); i >= 0 {
			t.Errorf("a control character in %q", out.String())
		}
		if lines := strings.Count(out.String(), "\n"); lines > 4 {
			t.Errorf("%d lines: %q", lines, out.String())
		}
		out.Reset()
		if err := list.GitHub(&out); err != nil {
			t.Fatal(err)
		}
		if strings.Count(out.String(), "\n") != 1 || strings.Contains(out.String(), "\r") {
			t.Errorf("not one line: %q", out.String())
		}
		out.Reset()
		if err := list.JSON(&out); err != nil {
			t.Fatal(err)
		}
		var back []struct{ Message string }
		if err := json.Unmarshal(out.Bytes(), &back); err != nil || len(back) != 1 {
			t.Fatalf("%v: %s", err, out.String())
		}
		if utf8.ValidString(message) && !reflect.DeepEqual(back[0].Message, message) {
			t.Errorf("%q came back as %q", message, back[0].Message)
		}
	})
}

func TestNear(t *testing.T) {
	keys := []string{"timeout", "stop_timeout", "on_timeout", "on_error", "sink", "handlers", "allowed_updates"}
	for name, want := range map[string]string{
		"timeouts":       "timeout on_timeout stop_timeout",
		"error":          "on_error",
		"update_allowed": "allowed_updates",
		"sync":           "sink",
		"port":           "",
		"on":             "",
		"":               "",
	} {
		if got := strings.Join(diag.Near(name, keys), " "); got != want {
			t.Errorf("Near(%q) = %q, want %q", name, got, want)
		}
	}
	if got := diag.Near(strings.Repeat("a_", 200), keys); got != nil {
		t.Errorf("a long name resembles %v", got)
	}
}
