package bot

import (
	"strings"
	"testing"
)

// FuzzCallbackData: data that Encode writes is read back as it was, and data that Parse reads is what Encode writes.
func FuzzCallbackData(f *testing.F) {
	f.Add("rules", 3, int64(7), 1, "note:a:0")
	f.Add("a:b", 100, int64(-1), 0, "note:a:00")
	f.Add(strings.Repeat("é", 15), 99, int64(1)<<62, 99, "warn:1:99")
	f.Add(strings.Repeat("n", 31), 0, int64(0), 100, "warn:0:1")
	f.Fuzz(func(t *testing.T, name string, page int, user int64, count int, foreign string) {
		note := ShowNoteData{Name: name, Page: page}
		if data, err := note.Encode(); err == nil {
			if back, err := ParseShowNoteData(data); err != nil || back != note {
				t.Errorf("%q is read as %+v, %v", data, back, err)
			}
		} else if !strings.ContainsAny(name, ":") && len(name) <= 30 && page >= 0 && page <= 99 && strings.ToValidUTF8(name, "?") == name {
			t.Errorf("%+v: %v", note, err)
		}
		take := TakeBackData{User: user, Count: count}
		data, err := take.Encode()
		if valid := user > 0 && count > 0 && count < 100; valid != (err == nil) {
			t.Errorf("%+v: %v", take, err)
		}
		if back, err2 := ParseTakeBackData(data); err == nil && (err2 != nil || back != take) {
			t.Errorf("%q is read as %+v, %v", data, back, err2)
		}
		for _, foreign := range []string{foreign, "note:" + foreign, "warn:" + foreign} {
			if read, err := ParseShowNoteData(foreign); err == nil {
				if again, err := read.Encode(); again != foreign && strings.ToValidUTF8(foreign, "?") == foreign {
					t.Errorf("%q is read as %+v, which is %q, %v", foreign, read, again, err)
				}
			}
			if read, err := ParseTakeBackData(foreign); err == nil {
				if again, err := read.Encode(); again != foreign {
					t.Errorf("%q is read as %+v, which is %q, %v", foreign, read, again, err)
				}
			}
		}
	})
}
