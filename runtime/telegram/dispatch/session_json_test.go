package dispatch

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// A record has a field of each type that a session can have.
type record struct {
	Text  string         `json:"text"`
	Small int            `json:"small"`
	Large int64          `json:"large"`
	Part  float64        `json:"part"`
	Yes   bool           `json:"yes"`
	Time  time.Duration  `json:"time"`
	Cart  map[string]int `json:"cart"`
}

func encodeRecord(r record) ([]byte, error) {
	e := NewEncoder()
	e.String("text", r.Text)
	e.Int("small", r.Small)
	e.Int64("large", r.Large)
	e.Float64("part", r.Part)
	e.Bool("yes", r.Yes)
	e.Duration("time", r.Time)
	e.JSON("cart", r.Cart)
	return e.Encode()
}

func decodeRecord(data []byte, defaults record) (record, error) {
	r := defaults
	d := NewDecoder(data)
	for d.Next() {
		switch d.Name() {
		case "text":
			d.String(&r.Text)
		case "small":
			d.Int(&r.Small)
		case "large":
			d.Int64(&r.Large)
		case "part":
			d.Float64(&r.Part)
		case "yes":
			d.Bool(&r.Yes)
		case "time":
			d.Duration(&r.Time)
		case "cart":
			d.JSON(&r.Cart)
		}
	}
	return r, d.Err()
}

// FuzzRecord encodes and decodes a record. encoding/json has to read the same from what was encoded, and the encoder has to write the
// same bytes again.
func FuzzRecord(f *testing.F) {
	f.Add("Alice", 7, int64(-1<<63), 0.1, true, int64(time.Hour), "tea")
	f.Add("\"<&>\u2028\x00\xff", -1, int64(1<<63-1), 1e300, false, int64(-1), "")
	f.Add("😀", 0, int64(0), math.SmallestNonzeroFloat64, false, int64(0), "a\\")
	f.Fuzz(func(t *testing.T, text string, small int, large int64, part float64, yes bool, duration int64, item string) {
		text, item = strings.ToValidUTF8(text, "\uFFFD"), strings.ToValidUTF8(item, "\uFFFD")
		r := record{text, small, large, part, yes, time.Duration(duration), map[string]int{item: small, "z": 1, "a": 2}}
		data, err := encodeRecord(r)
		if math.IsNaN(part) || math.IsInf(part, 0) {
			if err == nil {
				t.Fatalf("%v is encoded as %s", part, data)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeRecord(data, record{})
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%s is decoded as %+v, %v, want %+v", data, got, err, r)
		}
		var standard record
		if err := json.Unmarshal(data, &standard); err != nil || !reflect.DeepEqual(standard, r) {
			t.Errorf("encoding/json decodes %s as %+v, %v, want %+v", data, standard, err, r)
		}
		if again, err := encodeRecord(got); err != nil || !bytes.Equal(again, data) {
			t.Errorf("the same value is encoded as %s and as %s, %v", data, again, err)
		}
	})
}

// TestDecoder checks what a decoder makes of data that another version has written.
func TestDecoder(t *testing.T) {
	defaults := record{Text: "default", Small: 18}
	for data, want := range map[string]record{
		"":                                    defaults,
		"{}":                                  defaults,
		`{"text":"x"}`:                        {Text: "x", Small: 18},
		`{"old":{"text":"y"},"small":3}`:      {Text: "default", Small: 3},
		`{"text":null,"small":null}`:          defaults,
		` { "text" : "x" , "gone" : [ 1 ] } `: {Text: "x", Small: 18},
	} {
		if got, err := decodeRecord([]byte(data), defaults); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", data, got, err, want)
		}
	}
	for data, want := range map[string]string{
		`{"text":1}`:         "text: not a string",
		`{"cart":{"a":"b"}}`: "cart: json: cannot unmarshal",
		`{"yes":true`:        "not JSON",
		`[]`:                 "not an object",
		`{"small":1e3}`:      "small: not an integer",
	} {
		if _, err := decodeRecord([]byte(data), defaults); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", data, err, want)
		}
	}
}

func TestEncoderMistakes(t *testing.T) {
	e := NewEncoder()
	e.JSON("f", func() {})
	e.Float64("g", math.NaN())
	e.Int("h", 1)
	if data, err := e.Encode(); err == nil || !strings.HasPrefix(err.Error(), "f: json: unsupported type") {
		t.Errorf("%s, %v", data, err)
	}
}

func TestNotAState(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, "nil is not a state of Signup"},
		{&record{}, "*dispatch.record is not a state of Signup: use the value, not a pointer to it"},
	} {
		if got := NotAState("Signup", c.value).Error(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
