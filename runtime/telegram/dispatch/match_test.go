package dispatch

import (
	"testing"
	"unicode/utf16"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

func TestEntities(t *testing.T) {
	text := "a 😀 https://x.io and é"
	all := []gotgbot.MessageEntity{
		{Type: "url", Offset: 5, Length: 12},
		{Type: "bold", Offset: 0, Length: 1},
		{Type: "url", Offset: 22, Length: 100},
		{Type: "url", Offset: -3, Length: -1},
	}
	found := Entities(text, all, "url")
	for i, want := range []string{"https://x.io", "é", ""} {
		if found[i].Text != want {
			t.Errorf("entity %d marks %q, want %q", i, found[i].Text, want)
		}
	}
	if n := len(Entities(text, all)); n != len(all) {
		t.Errorf("%d of %d entities without a type", n, len(all))
	}
}

// FuzzUTF16Slice compares utf16Slice with its definition in the Bot API, which converts the text to UTF-16.
func FuzzUTF16Slice(f *testing.F) {
	f.Add("a 😀 b", int64(2), int64(2))
	f.Add("", int64(0), int64(9))
	f.Add("\xff\xfe", int64(-1), int64(1))
	f.Fuzz(func(t *testing.T, text string, offset, length int64) {
		got := utf16Slice(text, offset, length)
		text = string([]rune(text)) // a byte that is not UTF-8 is one unit, like U+FFFD
		units := utf16.Encode([]rune(text))
		from := min(max(offset, 0), int64(len(units)))
		to := min(from+min(max(length, 0), int64(len(units))), int64(len(units)))
		if splits(units, from) || splits(units, to) {
			return // no entity begins within a surrogate pair
		}
		if want := string(utf16.Decode(units[from:to])); string([]rune(got)) != want {
			t.Errorf("utf16Slice(%q, %d, %d) = %q, want %q", text, offset, length, got, want)
		}
	})
}

// splits reports whether the position is in the middle of a surrogate pair.
func splits(units []uint16, at int64) bool {
	return at > 0 && at < int64(len(units)) && utf16.IsSurrogate(rune(units[at])) && units[at] >= 0xdc00
}
