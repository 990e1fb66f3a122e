package wire

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// answers are the answers that the Bot API server gives, and others that it does not give.
var answers = []string{
	`{"ok":true,"result":true}`,
	`{"ok":true,"result":{"message_id":5,"chat":{"id":1,"type":"private"},"date":1}}`,
	` { "ok" : true , "result" : [ {"a":"}\""} , 2 ] , "description" : "Webhook was set" } ` + "\n",
	`{"ok":false,"error_code":400,"description":"Bad Request: \u041e\"\ud83d\ude00"}`,
	`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}`,
	`{"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-1001234567890123,"new":[1]}}`,
	`{"ok":false,"error_code":400,"parameters":null}`, `{"parameters":{}}`, `{"parameters":[]}`, `{"parameters":{"retry_after":"5"}}`,
	`{"parameters":{"retry_after":1},"parameters":{"migrate_to_chat_id":2}}`, `{"parameters":{"retry_after":1},"parameters":null}`,
	`{"OK":true,"Result":1,"ERROR_CODE":7,"Parameters":{"Retry_After":3}}`, `{"o\u006b":true,"result":1}`, `{"ſ":1,"reſult":1}`,
	`{"ok":true,"ok":false,"result":1,"result":{"a":2}}`, `{"ok":null,"result":null,"error_code":null,"description":null}`,
	`{"ok":false,"error_code":-1234567890123}`, `{"ok":1}`, `{"ok":"true"}`, `{"error_code":"400"}`, `{"error_code":1.0}`, `{"error_code":99999999999999999999}`, `{"description":5}`,
	`{"result":}`, `{"result":{"a":1}`, `{"result":"` + "\x01" + `"}`, `{"result":01}`, `{"ok":true}x`, `{"ok":true} {}`, `{"ok":tru}`,
	`{}`, `null`, `true`, `[]`, `"ok"`, ``, ` `, `<html>`, `{`, `{"ok"`, `{"ok":`, `{"ok":true,`, `{"ok":true,}`,
	`{"result":` + strings.Repeat("[", 9_999) + strings.Repeat("]", 9_999) + `}`,
	`{"result":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`,
	`{"x":` + strings.Repeat(`{"a":`, 20_000),
}

// sameAnswer checks that ScanAnswer agrees with encoding/json.
func sameAnswer(t *testing.T, body string) {
	t.Helper()
	var want gotgbot.Response
	wrong := json.Unmarshal([]byte(body), &want)
	got, err := ScanAnswer([]byte(body))
	if (err != nil) != (wrong != nil) {
		t.Fatalf("%.200q: error %v, encoding/json says %v", body, err, wrong)
	}
	if err != nil {
		return
	}
	have := gotgbot.Response{Ok: got.OK, Result: got.Result, ErrorCode: got.Code, Description: got.Description, Parameters: got.Parameters}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("%.200q: got %+v, want %+v", body, have, want)
	}
}

func TestScanAnswer(t *testing.T) {
	for _, body := range answers {
		sameAnswer(t, body)
		for i := range min(len(body), 300) {
			sameAnswer(t, body[:i])
		}
	}
}

func FuzzScanAnswer(f *testing.F) {
	for _, body := range answers {
		f.Add(body)
	}
	f.Fuzz(sameAnswer)
}

func TestScanAnswerAllocatesNothing(t *testing.T) {
	body := []byte(answers[1])
	if n := testing.AllocsPerRun(100, func() { ScanAnswer(body) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkScanAnswer(b *testing.B) {
	body := []byte(answers[1])
	for b.Loop() {
		ScanAnswer(body)
	}
}
