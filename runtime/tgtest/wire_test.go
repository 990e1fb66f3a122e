package tgtest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestStringsOnTheWire(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", `""`},
		{"plain /start <b>&amp;</b>", `"plain /start <b>&amp;</b>"`},
		{`"\`, `"\"\\"`},
		{"\b\f\n\r\t", `"\b\f\n\r\t"`},
		{"\x00\x1f\x7f", "\"\\u0000\\u001f\x7f\""},
		{"é♥\u2028\uffff", `"\u00e9\u2665\u2028\uffff"`},
		{"😀a𝕏", `"\ud83d\ude00a\ud835\udd4f"`},
		{"a\xffb", `"a\ufffdb"`},
	} {
		if got := string(appendString(nil, test.text)); got != test.want {
			t.Errorf("%q: %s, want %s", test.text, got, test.want)
		}
	}
}

func TestJSONOnTheWire(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{" {\n \"b\" : [ 1 , 2.50e3 ] ,\t\"a\" : null } ", `{"b":[1,2.50e3],"a":null}`},
		{`"a\/b é \u00E9 \u0041 \u000a \uD83D\uDE00 😀"`, `"a/b \u00e9 \u00e9 A \n \ud83d\ude00 \ud83d\ude00"`},
		{`"\u0022\u005c"`, `"\"\\"`},
		{`"lone \uD83D here"`, `"lone \ud83d here"`},
		{`{"a b":" c "}`, `{"a b":" c "}`},
	} {
		if got := string(appendJSON(nil, []byte(test.src))); got != test.want {
			t.Errorf("%s: %s, want %s", test.src, got, test.want)
		}
	}
}

func FuzzJSONOnTheWire(f *testing.F) {
	for _, seed := range []string{
		`{"update_id":1,"message":{"text":"\ud83d\ude00 /\/ \u00E9"}}`, `[1,-2.5e+7,true,null,"\ud800"]`, `"\u007f\u0080"`, ` { } `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if !json.Valid(src) {
			return
		}
		wire := appendJSON(nil, src)
		if i := bytes.IndexFunc(wire, func(r rune) bool { return r >= 0x80 || r < 0x20 }); i >= 0 {
			t.Fatalf("%q has a byte at %d that is not printable ASCII", wire, i)
		}
		var before, after any
		if err := json.Unmarshal(src, &before); err != nil {
			return // nested too deeply, or a number out of range
		}
		if err := json.Unmarshal(wire, &after); err != nil {
			t.Fatalf("%q became %q: %v", src, wire, err)
		}
		if !reflect.DeepEqual(before, after) {
			t.Fatalf("%q became %q, which is another value", src, wire)
		}
		if again := appendJSON(nil, wire); !bytes.Equal(again, wire) {
			t.Fatalf("encoding %q again gives %q", wire, again)
		}
	})
}

func TestEncode(t *testing.T) {
	body, err := Encode(` { "update_id" : 5, "message" : {"chat":{"id":-100,"x":1},"from":{"id":7},"text":"é","reply_to_message":{"chat":{"id":-100}}} } `)
	if err != nil {
		t.Fatal(err)
	}
	const want = `"message":{"chat":{"id":-100,"x":1},"from":{"id":7},"text":"\u00e9","reply_to_message":{"chat":{"id":-100}}}`
	if string(body.data) != want || body.Kind() != "message" {
		t.Errorf("%s: %s", body.Kind(), body.data)
	}
	if !reflect.DeepEqual(body.chats, []int64{-100, -100, 7}) {
		t.Errorf("ids %v", body.chats)
	}
	for src, want := range map[string]string{
		``: "is not JSON", `{`: "is not JSON", `[]`: "is not a JSON object", `7`: "is not a JSON object", `{}`: "has no kind",
		`{"update_id":1}`: "has no kind", `{"message":{},"poll":{}}`: "has two kinds, message and poll", `{"message":}`: "is not JSON",
		`{"message":{}} {}`: "is not JSON", `{"message":{}`: "is not JSON", `{"message":{}]`: "is not JSON",
	} {
		if _, err := Encode(src); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", src, err, want)
		}
	}
	if _, err := Encode(make(chan int)); err == nil {
		t.Error("Encode accepts a channel")
	}
}

func TestQueryIn(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{`{"callback_query":{"id":"42","from":{"id":1}}}`, "42"},
		{`{"inline_query":{"id":"43"}}`, "43"},
		{`{"message":{"id":"44"}}`, ""},
		{`{"callback_query":{"from":{"id":1}}}`, ""},
	} {
		body, err := Encode(test.src)
		if err != nil || body.query != test.want {
			t.Errorf("%s: %q, %v", test.src, body.query, err)
		}
	}
}
