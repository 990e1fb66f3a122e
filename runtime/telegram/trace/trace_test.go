package trace_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram/trace"
)

// What Append writes, a Decoder reads, whatever the fields hold.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var written []trace.Record
	var body []byte
	for range 500 {
		record := random(r)
		var err error
		if body, err = trace.Append(body, &record); err != nil {
			t.Fatal(err)
		}
		written = append(written, record)
	}
	decoder := trace.NewDecoder(bytes.NewReader(body))
	for i, want := range written {
		got, err := decoder.Decode()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("record %d is %+v, want %+v: %v", i, got, want, err)
		}
	}
	if _, err := decoder.Decode(); err != io.EOF {
		t.Errorf("after the last record: %v", err)
	}
}

// random returns a record with random fields.
func random(r *rand.Rand) (record trace.Record) {
	v := reflect.ValueOf(&record).Elem()
	for i := range v.NumField() {
		if r.IntN(2) == 0 {
			continue
		}
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(word(r))
		case reflect.Int, reflect.Int64:
			f.SetInt(r.Int64() - r.Int64())
		}
	}
	record.At = time.Unix(0, r.Int64()).UTC()
	for range r.IntN(3) {
		record.Keys = append(record.Keys, trace.Key{Constraint: word(r), Text: word(r)})
	}
	if r.IntN(2) == 0 {
		record.Before = &trace.Value{State: word(r), Data: json.RawMessage(`{"n":1}`)}
	}
	return record
}

func word(r *rand.Rand) string {
	words := []string{"", "sendMessage", "<script>", "line\nbreak", "\u2028", "日本", `"\`}
	return words[r.IntN(len(words))]
}

// A line that is no record is an error, and the lines after it are read. What a later version writes is no error.
func TestDecodeFaults(t *testing.T) {
	decoder := trace.NewDecoder(strings.NewReader("{\n\n{\"event\":\"new\",\"more\":[1]}\n[]\n" + `{"event":"taken","update":7}`))
	for i, want := range []string{"reading record 1 of a trace", "", "reading record 4 of a trace", ""} {
		record, err := decoder.Decode()
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("call %d: %+v, %v, want %q", i, record, err, want)
		}
		if i == 3 && (record.Event != trace.Taken || record.Update != 7) {
			t.Errorf("the last record is %+v", record)
		}
	}
	if _, err := decoder.Decode(); err != io.EOF {
		t.Errorf("after the last record: %v", err)
	}
	long := trace.NewDecoder(strings.NewReader(strings.Repeat(" ", trace.MaxRecord+1)))
	for range 2 {
		if _, err := long.Decode(); err == nil || err == io.EOF {
			t.Errorf("a line that is too long: %v", err)
		}
	}
}

// A record that a decoder would refuse is not written.
func TestAppendFaults(t *testing.T) {
	for name, record := range map[string]trace.Record{
		"long":     {Error: strings.Repeat("x", trace.MaxRecord)},
		"not JSON": {After: &trace.Value{Data: json.RawMessage("{")}},
	} {
		if b, err := trace.Append([]byte("before"), &record); err == nil || string(b) != "before" {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
	longest := trace.Record{Error: "x"}
	line, err := trace.Append(nil, &longest)
	if err != nil {
		t.Fatal(err)
	}
	longest.Error += strings.Repeat("x", trace.MaxRecord-len(line))
	if line, err = trace.Append(nil, &longest); err != nil || len(line) != trace.MaxRecord {
		t.Fatalf("the longest line has %d bytes: %v", len(line), err)
	}
	if record, err := trace.NewDecoder(bytes.NewReader(line)).Decode(); err != nil || record.Error != longest.Error {
		t.Errorf("the longest line is not read: %v", err)
	}
}

// Only this machine may be told.
func TestCheckURL(t *testing.T) {
	for _, url := range []string{"http://127.0.0.1:1/secret", "http://LOCALHOST/", "https://[::1]:8/x", "http://127.1.2.3", "http://[::ffff:127.0.0.1]/"} {
		if err := trace.CheckURL(url); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	for url, want := range map[string]string{
		"http://example.com/secret":    "the URL of the trace, at example.com, must be on this machine: localhost, 127.0.0.1 or [::1]",
		"http://localhost.evil.com/":   "the URL of the trace, at localhost.evil.com, must be on this machine: localhost, 127.0.0.1 or [::1]",
		"http://127.0.0.1@10.0.0.1/":   "the URL of the trace, at 10.0.0.1, must be on this machine: localhost, 127.0.0.1 or [::1]",
		"http://0.0.0.0/":              "the URL of the trace, at 0.0.0.0, must be on this machine: localhost, 127.0.0.1 or [::1]",
		"http://2130706433/":           "the URL of the trace, at 2130706433, must be on this machine: localhost, 127.0.0.1 or [::1]",
		"unix:///tmp/secret":           "the URL of the trace must begin with http:// or https://",
		"localhost:8080/secret":        "the URL of the trace must begin with http:// or https://",
		"":                             "the URL of the trace must begin with http:// or https://",
		"http:///secret":               "the URL of the trace has no host",
		"http://127.0.0.1:port/secret": "the URL of the trace is malformed",
	} {
		err := trace.CheckURL(url)
		if _, ok := errors.AsType[*trace.URLError](err); !ok || err.Error() != want {
			t.Errorf("%s: %v, want %s", url, err, want)
		}
	}
}
