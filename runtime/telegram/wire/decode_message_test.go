package wire

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
)

// The messages of the corpus, cut off at random places, and others are decoded as encoding/json decodes them.
func TestDecodeMessage(t *testing.T) {
	messages := []string{
		`{}`, `null`, `true`, `[]`, ``, `{"message_id":"5"}`, `{"message_id":5}x`, `{"message_id":5} `, ` {"message_id":5}`,
		`{"text":"` + strings.Repeat("long ", 4_000) + `"}`, `{"MESSAGE_ID":5,"from":{"id":1},"from":{"first_name":"A"}}`,
		`{"x":` + strings.Repeat("[", 9_990) + strings.Repeat("]", 9_990) + `}`, `{"x":` + strings.Repeat("[", 20_000) + `}`,
		`{"message_id":5}}`, `{"message_id":5},"message":{"message_id":6}`,
	}
	for _, kind := range []string{"message", "edited_message", "channel_post"} {
		for i, update := range corpus.Of(kind, 3, 300) {
			var parts map[string]json.RawMessage
			if err := json.Unmarshal([]byte(update), &parts); err != nil {
				t.Fatal(err)
			}
			raw := string(parts[kind])
			messages = append(messages, raw, raw[:len(raw)*(i%17)/17])
		}
	}
	for _, raw := range messages {
		want := new(gotgbot.Message)
		wrong := json.Unmarshal([]byte(raw), want)
		got, err := DecodeMessage([]byte(raw))
		if (err != nil) != (wrong != nil) {
			t.Fatalf("%.300q: error %v, encoding/json says %v", raw, err, wrong)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%.300q: got %+v, want %+v", raw, got, want)
		}
	}
}

// A variant that gotgbot does not know costs only that field, as within an update.
func TestDecodeMessageWithAnUnknownVariant(t *testing.T) {
	m, err := DecodeMessage([]byte(`{"message_id":5,"forward_origin":{"type":"new"},"text":"a"}`))
	if err != nil || m.MessageId != 5 || m.Text != "a" || m.ForwardOrigin != nil {
		t.Errorf("%+v, %v", m, err)
	}
}
