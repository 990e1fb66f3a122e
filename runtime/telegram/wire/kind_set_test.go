package wire

import (
	"fmt"
	"testing"
)

func TestKindSet(t *testing.T) {
	s := Kinds(KindMessage, KindCount-1)
	for k := range Kind(KindCount) {
		if s.Has(k) != (k == KindMessage || k == KindCount-1) {
			t.Errorf("kind %v", k)
		}
	}
}

// TestCheckKind checks that an update of several kinds is refused, and that neither null nor a field that is not known counts.
func TestCheckKind(t *testing.T) {
	for raw, want := range map[string]string{
		`{"update_id":1}`:                                          "<nil>",
		`{"update_id":1,"message":{}}`:                             "<nil>",
		`{"update_id":1,"message":{},"message":{}}`:                "<nil>",
		`{"update_id":1,"message":{},"poll":null,"unknown":{}}`:    "<nil>",
		`{"update_id":1,"poll":{},"message":{}}`:                   "not of one kind but of several, message and poll, at byte 0",
		`{"update_id":1,"poll":{},"message":{},"subscription":{}}`: "not of one kind but of several, message and poll and subscription, at byte 0",
	} {
		u, err := DecodeUpdate(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if got := fmt.Sprint(CheckKind(u)); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
	for k := KindUnknown + 1; k < KindCount; k++ {
		u, err := DecodeUpdate(fmt.Sprintf(`{"update_id":1,%q:{}}`, k))
		if err != nil {
			t.Fatalf("%v: %v", k, err)
		}
		if got := KindsOf(u); got != Kinds(k) {
			t.Errorf("%v: the kinds are %b", k, got)
		}
	}
}
