package wire

import (
	"encoding/json"
	"reflect"
	"testing"
)

// objectFields are the fields that the tests of Object read.
type objectFields struct {
	S string          `json:"s"`
	N int64           `json:"n"`
	F float64         `json:"f"`
	B bool            `json:"b"`
	R json.RawMessage `json:"r"`
}

func readObject(text string) (v objectFields, err error) {
	o := ReadObject(text)
	for o.Next() {
		switch o.Name() {
		case "s":
			o.String(&v.S)
		case "n":
			o.Int64(&v.N)
		case "f":
			o.Float64(&v.F)
		case "b":
			o.Bool(&v.B)
		case "r":
			v.R = json.RawMessage(o.Raw())
		}
	}
	return v, o.Err()
}

// FuzzObject compares Object with encoding/json.
func FuzzObject(f *testing.F) {
	for _, text := range []string{
		`{}`, ` { } `, `{"s":"a","n":1,"f":1.5,"b":true,"r":[1,{"x":2}]}`, `{"x":{"s":"no"},"s":"yes","y":[],"n":-5}`, `{"s":null,"n":null}`,
		`{"s":"a\u00e9\ud83d\ude00\n"}`, `{"s" : "a" , "n" : 2 }`, `{"s":1}`, `{"n":"1"}`, `{"n":1.5}`, `{"s":"a"`, `{"s":"a"}x`, `{"s"}`, `{"s":}`, `{,}`, `[]`, `null`, `1`,
		`{"r":}`, `{"r":[}`, `{"s":"a","s":"b"}`, `{"b":tru}`, `{"x":[1,2`, `{"n":9223372036854775808}`, `{"\u0073":"escaped"}`, ``, `{"f":1e400}`, `{"n":1,}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readObject(text)
		if text == "" {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		// encoding/json ignores the case of names, so it decodes into a map of raw values first.
		var members map[string]json.RawMessage
		wantErr := json.Unmarshal([]byte(text), &members)
		var want objectFields
		if wantErr == nil {
			for name, to := range map[string]any{"s": &want.S, "n": &want.N, "f": &want.F, "b": &want.B} {
				if raw, ok := members[name]; ok {
					if failed := json.Unmarshal(raw, to); failed != nil {
						wantErr = failed
					}
				}
			}
			want.R = members["r"]
		}
		for _, raw := range members {
			if string(raw) == "null" {
				return // it leaves what an earlier member of the same name has set
			}
		}
		if wantErr == nil && err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
		if wantErr != nil && err == nil {
			t.Errorf("%q: no error, want %v", text, wantErr)
		}
	})
}

// TestObjectMistakes checks that a mistake is found where it is, also if a member is read twice.
func TestObjectMistakes(t *testing.T) {
	for text, want := range map[string]string{
		`{"s":1}`:           "s: not a string, at byte 5",
		`{"x":1,"n":"a"}`:   "n: not an integer, at byte 11",
		`{"b":truth}`:       "b: not true or false, at byte 5",
		`{"s":"a"} x`:       "not JSON, at byte 10",
		`{"s":"a","n":1.5}`: "n: not an integer of 64 bits, at byte 13",
		`[1]`:               "not an object, at byte 0",
	} {
		if _, err := readObject(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
