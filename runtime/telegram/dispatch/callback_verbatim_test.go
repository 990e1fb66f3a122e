package dispatch

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/telegram"
)

// verbatim is data of the pattern
//
//	v:{repo:string(9, !":/")}:{word:word(4)}/{note:string(5, !"/")?}/{other:string(5, !"~")=x}~{page:int(-5..999)}
type verbatim struct {
	repo, word, other string
	note              *string
	page              int
}

func repoText(text string) (string, error)  { return Verbatim(text, 9, ":/") }
func wordText(text string) (string, error)  { return Word(text, 4) }
func noteText(text string) (string, error)  { return Verbatim(text, 5, "/") }
func otherText(text string) (string, error) { return Verbatim(text, 5, "~") }
func pageText(text string) (int, error)     { return IntBetween[int](text, -5, 999) }

// encode writes data as generated code does.
func (v verbatim) encode() (string, error) {
	b := []byte("v:")
	var err error
	if b, err = AppendChecked(b, "repo", v.repo, repoText); err != nil {
		return "", err
	}
	b = append(b, ':')
	if b, err = AppendChecked(b, "word", v.word, wordText); err != nil {
		return "", err
	}
	b = append(b, '/')
	if v.note != nil {
		if b, err = AppendCheckedPresent(b, "note", *v.note, noteText); err != nil {
			return "", err
		}
	}
	b = append(b, '/')
	if b, err = AppendCheckedPresent(b, "other", v.other, otherText); err != nil {
		return "", err
	}
	b = append(b, '~')
	b = AppendInt(b, v.page)
	encoded, err := EncodeCallback(b)
	if err == nil {
		_, err = parseVerbatim(encoded)
	}
	if err != nil {
		return "", err
	}
	return encoded, nil
}

func parseVerbatim(data string) (v verbatim, err error) {
	f := NewFields(data)
	f.Literal("v:")
	v.repo = VerbatimField(&f, "repo", ":", repoText)
	f.Literal(":")
	v.word = VerbatimField(&f, "word", "/", wordText)
	f.Literal("/")
	v.note = VerbatimFieldOptional(&f, "note", "/", noteText)
	f.Literal("/")
	v.other = VerbatimFieldOr(&f, "other", "~", otherText, "x")
	f.Literal("~")
	v.page = Field(&f, "page", "", pageText)
	return v, f.Err()
}

func (v verbatim) equal(w verbatim) bool {
	return v.repo == w.repo && v.word == w.word && v.other == w.other && same(v.note, w.note) && v.page == w.page
}

// FuzzVerbatim: data that is encoded is read back as the same values; a value that the pattern cannot hold is refused with
// the name of its field; and data that can be read is what encoding would write, except that a default may be left out.
func FuzzVerbatim(f *testing.F) {
	f.Add("owner\\r", "a_-9", "n:~", "/:/", 0, true, "v:a:b//~7")
	f.Add("a:b", "", "", "", 1000, false, "v:a:b/x/y~-5")
	f.Add("", "w", "\xff", "é", -6, true, "v::w///~007")
	f.Add(strings.Repeat("a", 10), "abcde", "123456", "~", 7, true, "v:a:b//x~+7")
	f.Fuzz(func(t *testing.T, repo, word, note, other string, page int, hasNote bool, foreign string) {
		v := verbatim{repo: repo, word: word, other: other, page: page}
		if hasNote {
			v.note = &note
		}
		data, err := v.encode()
		var wrong *telegram.CallbackError
		switch {
		case err == nil:
			if back, err := parseVerbatim(data); err != nil || !back.equal(v) {
				t.Errorf("%q: %+v, %v, want %+v", data, back, err, v)
			}
		case errors.As(err, &wrong):
			if wrong.Field == "" {
				t.Errorf("%+v: the error %v names no field", v, err)
			}
		case !errors.Is(err, telegram.ErrCallbackNotUTF8):
			t.Errorf("%+v: %v", v, err)
		}
		for _, data := range []string{foreign, data + foreign, "v:" + foreign} {
			read, err := parseVerbatim(data)
			if err != nil {
				continue
			}
			again, err := read.encode()
			if strings.Contains(data, "/~") && !strings.Contains(again, "/~") {
				data = strings.Replace(data, "/~", "/x~", 1) // the default was left out
			}
			if err == nil && again != data || err != nil && !errors.Is(err, telegram.ErrCallbackNotUTF8) {
				t.Errorf("%q is read as %+v, which is encoded as %q, %v", data, read, again, err)
			}
		}
	})
}

func TestVerbatimErrorsNameTheField(t *testing.T) {
	good := verbatim{repo: "o", word: "w", other: "x"}
	for want, change := range map[string]func(v *verbatim){
		`callback data: repo contains ':'`:                                            func(v *verbatim) { v.repo = "a:b" },
		`callback data: repo is longer than 9 bytes`:                                  func(v *verbatim) { v.repo = "0123456789" },
		`callback data: word is not a word of letters, digits, _ and -`:               func(v *verbatim) { v.word = "a b" },
		`callback data: word is longer than 4 bytes`:                                  func(v *verbatim) { v.word = "abcde" },
		`callback data: note is empty, and nothing at all means that it is left out`:  func(v *verbatim) { v.note = new("") },
		`callback data: note contains '/'`:                                            func(v *verbatim) { v.note = new("/") },
		`callback data: other is empty, and nothing at all means that it is left out`: func(v *verbatim) { v.other = "" },
		`callback data: page is not from -5 to 999`:                                   func(v *verbatim) { v.page = 1000 },
	} {
		v := good
		change(&v)
		_, err := v.encode()
		var typed *telegram.CallbackError
		if err == nil || err.Error() != want || !errors.As(err, &typed) {
			t.Errorf("%+v: %v, want %s", v, err, want)
		}
	}
}

func TestIntBetweenReadsWhatIsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"0": "", "7": "", "-5": "", "999": "", "007": "is not written as the bot writes a number", "+7": "is not written as the bot writes a number",
		"-0": "is not written as the bot writes a number", "": "is not a whole number", " 7": "is not a whole number", "1_0": "is not a whole number",
		"1000": "is not from -5 to 999", "-6": "is not from -5 to 999", "99999999999999999999": "is out of range",
	} {
		got := ""
		if _, err := IntBetween[int](text, -5, 999); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if n, err := IntBetween[int64]("-9223372036854775808", math.MinInt64, math.MaxInt64); n != math.MinInt64 || err != nil {
		t.Error(n, err)
	}
}
