package wire

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

func TestDecodeErrorText(t *testing.T) {
	for raw, want := range map[string]string{
		``:                                   "not JSON, at byte 0",
		`{"update_id":1`:                     "update_id: not JSON, at byte 14",
		`[]`:                                 "not an object, at byte 0",
		`{"update_id":"1"}`:                  "update_id: not an integer, at byte 13",
		`{"update_id":1.5}`:                  "update_id: not an integer of 64 bits, at byte 13",
		`{"message":{"from":7}}`:             "message.from: not an object, at byte 19",
		`{"message":{"text":"x","date":{}}}`: "message.date: not an integer, at byte 30",
		`{"message":{"entities":[{"offset":1},{"type":"x","offset":true}]}}`:     "message.entities[1].offset: not an integer, at byte 58",
		`{"message":{"entities":{}}}`:                                            "message.entities: not an array, at byte 23",
		`{"message":{"photo":[{},{},3]}}`:                                        "message.photo[2]: not an object, at byte 27",
		`{"message":{"reply_markup":{"inline_keyboard":[[],[{"text":false}]]}}}`: "message.reply_markup.inline_keyboard[1][0].text: not a string, at byte 59",
		`{"message":{"text":"a\qb"}}`:                                            `message.text: not JSON, at byte 22`,
		`{"message":{"location":{"latitude":"1"}}}`:                              "message.location.latitude: not a number, at byte 35",
		`{"message":{"location":{"latitude":1e999}}}`:                            "message.location.latitude: not a number of 64 bits, at byte 35",
		`{"message":{"is_topic_message":"yes"}}`:                                 "message.is_topic_message: not true or false, at byte 31",
		`{"message":{"forward_origin":{"type":"user","date":"x"}}}`:              "message.forward_origin.date: not an integer, at byte 51",
		`{"update_id":1}}`:                                                       "not JSON, at byte 15",
	} {
		_, err := DecodeUpdate(raw)
		var ours *DecodeError
		if !errors.As(err, &ours) || err.Error() != want {
			t.Errorf("%s\ngives %v\nnot   %s", raw, err, want)
		}
	}
}

// TestDecodeErrorKeepsSecrets checks that an error, which goes to logs, holds no text of the update.
func TestDecodeErrorKeepsSecrets(t *testing.T) {
	for _, raw := range []string{
		`{"message":{"text":"s3cret","date":"s3cret"}}`, `{"message":{"date":s3cret}}`, `{"message":{"text":"s3cret}}`, `{"message":{"caption":["s3cret"]}}`,
		`{"message":{"text":"s3cret","from":"s3cret"}}`,
	} {
		if _, err := DecodeUpdate(raw); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s gives %v", raw, err)
		}
	}
}

// TestDecodeErrorPathIsShort checks that the path to a deeply nested mistake is cut off.
func TestDecodeErrorPathIsShort(t *testing.T) {
	raw := strings.Repeat(`{"message":{"reply_to_message":`, 1) + strings.Repeat(`{"reply_to_message":`, 5_000) + `5`
	_, err := DecodeUpdate(raw)
	if err == nil || len(err.Error()) > 1_000 || !strings.Contains(err.Error(), "reply_to_message...") {
		t.Errorf("got %.2000v", err)
	}
}

// TestDecodeDeep decodes updates that are nested as deeply as encoding/json allows, and one level deeper. It does not
// compare with encoding/json, because gotgbot reads such an update again at each of its thousands of levels.
func TestDecodeDeep(t *testing.T) {
	start := time.Now()
	for _, c := range []struct{ open, inside, close string }{
		{`{"reply_to_message":`, `{}`, `}`},
		{`{"pinned_message":`, `{"date":1}`, `,"date":1}`},
	} {
		for _, levels := range []int{100, maxDepth - 2, maxDepth - 1} {
			raw := `{"message":` + strings.Repeat(c.open, levels) + c.inside + strings.Repeat(c.close, levels) + `}`
			u, err := DecodeUpdate(raw)
			if levels+2 > maxDepth {
				if err == nil {
					t.Errorf("no error for %d levels of %s", levels, c.open)
				}
				continue
			}
			if err != nil {
				t.Errorf("%d levels of %s: %v", levels, c.open, err)
				continue
			}
			n := 0
			for m := u.Message; m != nil; n++ {
				next := m.ReplyToMessage
				if pinned, ok := m.PinnedMessage.(gotgbot.Message); ok {
					next = &pinned
				}
				m = next
			}
			if n != levels+1 {
				t.Errorf("%d messages, not %d", n, levels+1)
			}
		}
	}
	rich := func(open, inside, close string, levels int) error {
		_, err := DecodeUpdate(`{"message":{"rich_message":{"blocks":[{"type":"paragraph","text":` +
			strings.Repeat(open, levels) + inside + strings.Repeat(close, levels) + `}]}}}`)
		return err
	}
	const deepest = maxDepth - 5
	if err := rich(`[`, `""`, `]`, deepest); err != nil {
		t.Error(err)
	}
	if err := rich(`[`, `""`, `]`, deepest+1); err == nil {
		t.Error("no error for one array too many")
	}
	if err := rich(`{"type":"bold","text":`, `""`, `}`, deepest); err != nil {
		t.Error(err)
	}
	// The key comes last, so it is found only after everything else was read.
	if err := rich(`{"text":`, `""`, `,"type":"bold"}`, deepest); err != nil {
		t.Error(err)
	}
	// Each level turns out to be an inaccessible message only at its end.
	_, err := DecodeUpdate(`{"message":` + strings.Repeat(`{"pinned_message":`, maxDepth-2) + `{}` + strings.Repeat(`,"date":0}`, maxDepth-2) + `}`)
	if err != nil {
		t.Error(err)
	}
	// A mistake at the innermost level is found by the fast decoder, and again by the careful one. That must not read the
	// text again at each level.
	if err := rich(`{"type":"bold","text":`, `5`, `}`, deepest-1); err == nil {
		t.Error("no error for a number")
	}
	if err := rich(`{"type":"bold","text":`, `{"type":"unheard_of"}`, `}`, deepest-1); err != nil {
		t.Errorf("a variant that is not known: %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestDecodeRereads checks that the fast decoder gives up before it has read the same bytes at every level.
func TestDecodeRereads(t *testing.T) {
	const levels = 1_000
	for _, c := range [][2]string{
		{`{"rich_message":{"blocks":[{"type":"paragraph","text":` + strings.Repeat(`{"text":`, levels) + `""`, strings.Repeat(`,"type":"bold"}`, levels) + `}]}}`},
		{strings.Repeat(`{"pinned_message":`, levels) + `{}`, strings.Repeat(`,"date":0}`, levels)},
	} {
		raw := `{"message":` + c[0] + c[1] + `}`
		d := decoder{s: raw}
		if _, next := d.decode(); next >= 0 || d.reread > 6*len(raw) {
			t.Errorf("%.40s: the decoder went on to %d, after %d bytes read twice of %d", raw, next, d.reread, len(raw))
		}
		if _, err := DecodeUpdate(raw); err != nil {
			t.Errorf("%.40s: %v", raw, err)
		}
	}
}

func TestDecodeLongText(t *testing.T) {
	text := strings.Repeat(`\u0434\u0430 \ud83d\ude02 plain \"quoted\" `, 25_000)
	u, err := DecodeUpdate(`{"message":{"text":"` + text + `"}}`)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Repeat("да 😂 plain \"quoted\" ", 25_000); u.Message.Text != want {
		t.Error("the text is not what was encoded")
	}
}
