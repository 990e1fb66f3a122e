package sqlstore

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/session"
)

func TestKeyRange(t *testing.T) {
	for _, test := range []struct{ prefix, after, start, end string }{
		{"a", "", "a", "b"},
		{"a", "a1", "a1\x00", "b"},
		{"ab\xff", "", "ab\xff", "ac"},
		{"a\xff\xff", "a\xff\xffz", "a\xff\xffz\x00", "b"},
		{"é", "", "\xc3\xa9", "\xc3\xaa"},
		{"\xc3\xfe", "", "\xc3\xfe", "\xc3\xff"},
		{"", "", "\x00", string(afterKeys)},
		{"\xff", "", "\xff", string(afterKeys)},
	} {
		start, end := keyRange(test.prefix, test.after)
		if string(start) != test.start || string(end) != test.end {
			t.Errorf("keyRange(%q, %q) is %q, %q; want %q, %q", test.prefix, test.after, start, end, test.start, test.end)
		}
	}
}

// TestKeyRange_Random compares the range with its definition.
func TestKeyRange_Random(t *testing.T) {
	text := func(shortest int) string {
		b := make([]byte, shortest+rand.IntN(4))
		for i := range b {
			b[i] = []byte{0, 'a', 'b', 0xfe, 0xff}[rand.IntN(5)]
		}
		return string(b)
	}
	for range 100_000 {
		prefix, after, key := text(0), text(0), text(1)
		start, end := keyRange(prefix, after)
		in := bytes.Compare([]byte(key), start) >= 0 && bytes.Compare([]byte(key), end) < 0
		if want := strings.HasPrefix(key, prefix) && key > after; in != want {
			t.Fatalf("prefix %q, after %q: whether %q is in the range: %v, want %v", prefix, after, key, in, want)
		}
	}
	if longest := bytes.Repeat([]byte{0xff}, session.MaxKey); bytes.Compare(longest, afterKeys) >= 0 {
		t.Error("the greatest key is not before afterKeys")
	}
}
