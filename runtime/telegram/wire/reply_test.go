package wire

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
)

// sameSplit fails the test if SplitReply and its model splitByJSON do not agree on a body.
func sameSplit(t *testing.T, body []byte) {
	t.Helper()
	before := bytes.Clone(body)
	got, refusal, err := SplitReply(body, nil)
	if !bytes.Equal(before, body) {
		t.Fatalf("the body was changed: %s", clip(string(before)))
	}
	want, wantRefusal, wantErr := splitByJSON(body)
	unsure := slices.ContainsFunc(want, func(u RawUpdate) bool { return u.ID == anyID })
	if unsure && err != nil {
		return
	}
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("on %s\nSplitReply says    %v\nencoding/json says %v", clip(string(body)), err, wantErr)
	}
	if err != nil {
		var where *SplitError
		if !errors.As(err, &where) || where.Offset < 0 || where.Offset > len(body) {
			t.Fatalf("on %s\nthe error has no offset in the body: %v", clip(string(body)), err)
		}
		if len(got) != 0 {
			t.Fatalf("on %s\n%d updates beside an error", clip(string(body)), len(got))
		}
		return
	}
	if (refusal == nil) != (wantRefusal == nil) || refusal != nil && *refusal != *wantRefusal {
		t.Fatalf("on %s\nthe refusal is %+v, not %+v", clip(string(body)), refusal, wantRefusal)
	}
	if len(got) != len(want) {
		t.Fatalf("on %s\n%d updates, not %d", clip(string(body)), len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if w.ID == anyID {
			w.ID = g.ID
		}
		if w.Kind == anyKind {
			id := w.ID
			w.Header = g.Header
			w.ID = id
		}
		if g.Header != w.Header || !bytes.Equal(g.Raw, w.Raw) {
			t.Fatalf("on %s\nupdate %d is %+v %s\nnot %+v %s", clip(string(body)), i, g.Header, clip(string(g.Raw)), w.Header, clip(string(w.Raw)))
		}
	}
}

func TestSplitCorpus(t *testing.T) {
	for _, size := range []int{1, 7, 100} {
		for _, body := range corpus.Batches(corpus.Updates(7, 700), size) {
			sameSplit(t, body)
		}
	}
}

// TestSplitBodies compares SplitReply with its model on bodies that are wrong in some way.
func TestSplitBodies(t *testing.T) {
	for _, body := range bodies() {
		sameSplit(t, []byte(body))
	}
}

// TestSplitMutated compares SplitReply with its model on replies with a mutation in one update, or anywhere.
func TestSplitMutated(t *testing.T) {
	updates := corpus.Updates(8, 400)
	for seed := range uint64(2_000) {
		at := int(seed) % (len(updates) - 2)
		three := []string{updates[at], mutate(seed, updates[at+1]), updates[at+2]}
		sameSplit(t, corpus.Reply(three))
		if seed%8 == 0 {
			sameSplit(t, []byte(mutate(seed, string(corpus.Reply(updates[at:at+2])))))
		}
	}
}

// TestSplitTruncated checks that a reply that is cut off at any byte is an error.
func TestSplitTruncated(t *testing.T) {
	body := corpus.Reply(corpus.Updates(9, 30))
	for n := range body {
		updates, refusal, err := SplitReply(body[:n:n], nil)
		if err == nil || refusal != nil || len(updates) > 0 {
			t.Fatalf("cut off at %d: %d updates, %v, %v", n, len(updates), refusal, err)
		}
	}
}

// TestSplitNesting puts an update that is nested too deeply between two others. Only that update must fail to decode.
func TestSplitNesting(t *testing.T) {
	for _, depth := range []int{63, 64, 65, 128, 129, 9_990, maxDepth, 100_000, 1_000_000} {
		for _, brackets := range [][2]string{{"[", "]"}, {`{"a":`, "}"}, {`[{"a":`, "}]"}} {
			deep := `{"update_id":2,"message":{"chat":{"id":5},"x":` + strings.Repeat(brackets[0], depth) + "1" + strings.Repeat(brackets[1], depth) + `}}`
			updates, _, err := SplitReply(corpus.Reply([]string{`{"update_id":1}`, deep, `{"update_id":3}`}), nil)
			if err != nil || len(updates) != 3 || updates[1].ID != 2 || updates[1].Chat != 5 || updates[2].ID != 3 {
				t.Fatalf("%d levels: %d updates, %v", depth, len(updates), err)
			}
			_, err = DecodeUpdate(string(updates[1].Raw))
			if want := depth*strings.Count(brackets[0]+brackets[1], "]")+depth*strings.Count(brackets[1], "}")+2 > maxDepth; (err != nil) != want {
				t.Errorf("%d levels of %s decode with %v", depth, brackets[0], err)
			}
		}
	}
	_, _, err := SplitReply(bytes.Repeat([]byte("["), 1<<20), nil)
	if err == nil {
		t.Error("no error")
	}
	_, _, err = SplitReply(append([]byte(`{"ok":true,"result":[`), bytes.Repeat([]byte("["), 1<<20)...), nil)
	if err == nil {
		t.Error("no error")
	}
}

// TestSplitAppends checks that updates are appended to dst, and that dst is not changed by an error or a refusal.
func TestSplitAppends(t *testing.T) {
	before := make([]RawUpdate, 1, 10)
	before[0].ID = 42
	updates, _, err := SplitReply([]byte(`{"ok":true,"result":[{"update_id":1}]}`), before)
	if err != nil || len(updates) != 2 || updates[0].ID != 42 || updates[1].ID != 1 {
		t.Errorf("got %v, %v", updates, err)
	}
	for _, body := range []string{`{"ok":true,"result":[{"update_id":1}`, `{"ok":false}`, `{"ok":true,"result":[{"update_id":1},{}]}`} {
		updates, _, _ := SplitReply([]byte(body), before)
		if len(updates) == 2 || len(updates) == 1 && updates[0].ID != 42 {
			t.Errorf("%s leaves %v", body, updates)
		}
	}
	raw := updates[1].Raw
	if cap(raw) != len(raw) {
		t.Error("appending to a raw update would overwrite its neighbour")
	}
}

// TestSplitDoesNotAllocate checks that a reply of lifelike updates is split without an allocation.
func TestSplitDoesNotAllocate(t *testing.T) {
	body := corpus.Reply(corpus.Updates(10, 100))
	updates := make([]RawUpdate, 0, 100)
	if n := testing.AllocsPerRun(20, func() {
		var err error
		if updates, _, err = SplitReply(body, updates[:0]); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSplitErrorText(t *testing.T) {
	for body, want := range map[string]string{
		``:                                 "an empty body, at byte 0",
		`<html>`:                           "HTML instead of JSON, at byte 0",
		`[]`:                               "not a JSON object, at byte 0",
		`{"ok":true,"result":[`:            "JSON that ends too early, at byte 21",
		`{"ok":true,"result":[{"a":x}]}`:   "not JSON, at byte 26",
		`{"ok":true,"result":[{"a":"x"}]}`: "an update without an update_id, at byte 21",
		`{"ok":true,"result":[7]}`:         "an update that is not an object, at byte 21",
		`{"ok":true,"result":[{"update_id":9223372036854775808}]}`: "an update whose update_id is not a number from 1 to 9223372036854775806, at byte 21",
		`{"ok":true,"result":[{"update_id":9223372036854775807}]}`: "an update whose update_id is not a number from 1 to 9223372036854775806, at byte 21",
		`{"ok":true,"result":[{"update_id":0}]}`:                   "an update whose update_id is not a number from 1 to 9223372036854775806, at byte 21",
		`{"ok":true,"result":[{"update_id":"1"}]}`:                 "an update whose update_id is not a number from 1 to 9223372036854775806, at byte 21",
		`{"ok":true,"result":7}`:                                   "a result that is not an array, at byte 20",
		`{"ok":true}{`:                                             "more after the end of the reply, at byte 11",
		`{"ok":true}`:                                              "a reply without a result, at byte 0",
		`{"result":[]}`:                                            "a reply without ok, at byte 0",
	} {
		if _, _, err := SplitReply([]byte(body), nil); fmt.Sprint(err) != want {
			t.Errorf("%s\ngives %v\nnot   %s", body, err, want)
		}
	}
}

// TestScanHeader compares the header of a single update with its header in a reply.
func TestScanHeader(t *testing.T) {
	for _, raw := range corpus.Updates(11, 300) {
		updates, _, err := SplitReply(corpus.Reply([]string{raw}), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{raw, " \n" + raw + "\t"} {
			h, err := ScanHeader([]byte(text))
			if err != nil || h != updates[0].Header {
				t.Errorf("%s\ngives %+v, %v\nnot %+v", text, h, err, updates[0].Header)
			}
		}
		for _, text := range []string{"", raw + "x", raw[:len(raw)-1], "[" + raw + "]", strings.Replace(raw, "update_id", "update-id", 1)} {
			if h, err := ScanHeader([]byte(text)); err == nil {
				t.Errorf("%s\ngives %+v", text, h)
			}
		}
	}
}

// FuzzSplit compares SplitReply with its model on any body, on replies whose second update is any text, and on mutations.
func FuzzSplit(f *testing.F) {
	for _, body := range bodies() {
		f.Add([]byte(body), uint64(0))
	}
	for i, raw := range corpus.Updates(12, 100) {
		f.Add([]byte(raw), uint64(i))
	}
	f.Add(corpus.Reply(corpus.Updates(12, 5)), uint64(1))
	f.Fuzz(func(t *testing.T, body []byte, seed uint64) {
		sameSplit(t, body)
		sameSplit(t, corpus.Reply([]string{`{"update_id":5}`, string(body), `{"update_id":6,"poll":{}}`}))
		if skipValue(string(body), 0, noLimit) >= 0 {
			sameSplit(t, []byte(mutate(seed, string(body))))
		}
	})
}

// TestScanHeaderAtTheEnd checks that the scan finds a number at the very end of a text.
func TestScanHeaderAtTheEnd(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want Header
	}{
		{`{"update_id":1,"message":{"direct_messages_topic":{"topic_id":4}}}`, Header{ID: 1, Kind: KindMessage, DirectMessagesTopic: 4}},
		{`{"update_id":1,"business_connection":{"user_chat_id":4}}`, Header{ID: 1, Kind: KindBusinessConnection, Chat: 4}},
		{`{"update_id":1,"message":{"chat":{"id":4}}}`, Header{ID: 1, Kind: KindMessage, Chat: 4}},
	} {
		if got, err := ScanHeader([]byte(c.raw)); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.raw, got, err)
		}
	}
}
