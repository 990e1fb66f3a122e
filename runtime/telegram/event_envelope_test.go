package telegram

import (
	"errors"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

func TestNewEnvelope(t *testing.T) {
	raw := []byte(message(17, "hello"))
	u, err := NewEnvelope(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := string(raw)
	clear(raw)
	if u.ID != 17 || u.Kind != wire.KindMessage || u.Chat != 7 || u.User != 7 || u.Raw() != want {
		t.Errorf("%+v, %s", u.Header, u.Raw())
	}
	decoded, err := u.Decode()
	if err != nil || decoded.Message.Text != "hello" {
		t.Fatalf("%v, %v", decoded, err)
	}
	if again, _ := u.Decode(); again != decoded {
		t.Error("decoded twice")
	}
	if u.String() != "message 17" {
		t.Errorf("String is %q", u)
	}
	for _, bad := range []string{"", "{}", "null", `{"update_id":1`, `{"update_id":"1"}`, `[]`} {
		if u, err := NewEnvelope([]byte(bad)); err == nil || u != nil || !strings.HasPrefix(err.Error(), "reading the header of an update: ") {
			t.Errorf("%q is %v, %v", bad, u, err)
		}
	}
}

// A poller ignores an update from another source.
func TestDoneIgnoresOtherSources(t *testing.T) {
	u, err := NewEnvelope([]byte(message(17, "hello")))
	if err != nil {
		t.Fatal(err)
	}
	newTestPoller(t, newBotServer(1), nil).Done(u, nil)
}

// An update of two kinds cannot be decoded, whatever source it is from. A field that is not known does not count, because it may
// belong to a kind that the Bot API got later.
func TestG6_EnvelopeOfTwoKinds(t *testing.T) {
	for raw, whole := range map[string]bool{
		`{"update_id":1,"message":{"message_id":1},"callback_query":{"id":"1"}}`: false,
		`{"update_id":1,"message":{"message_id":1},"a_later_kind":{"id":"1"}}`:   true,
	} {
		u, err := NewEnvelope([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			update, err := u.Decode()
			if _, ok := errors.AsType[*wire.DecodeError](err); ok == whole || (update != nil) != whole {
				t.Errorf("%s: %v, %v", raw, update, err)
			}
		}
	}
}
