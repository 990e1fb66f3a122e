package dispatch

import (
	"math"
	"testing"
	"time"
)

// everyType holds the values of callback data with a field of every type, in every form that the generator allows.
type everyType struct {
	whole           int64
	number          float64
	yes             bool
	wait            time.Duration
	text, fallback  string
	optional        *string
	optionalNumber  *int64
	last            string
	lastOptional    *string
	lastIsOptional  bool
	until           string // the literal after each text
	fallbackDefault string
}

func (v everyType) encode() string {
	b := AppendInt([]byte("all:"), v.whole)
	b = append(b, ':')
	b = AppendFloat64(b, v.number)
	b = append(b, ':')
	b = AppendBool(b, v.yes)
	b = append(b, ':')
	b = AppendDuration(b, v.wait)
	b = append(b, ':')
	if v.optionalNumber != nil {
		b = AppendInt(b, *v.optionalNumber)
	}
	b = append(b, ':')
	b = AppendField(b, v.text, v.until)
	b = append(b, v.until...)
	b = AppendPresent(b, v.fallback, v.until)
	b = append(b, v.until...)
	if v.optional != nil {
		b = AppendPresent(b, *v.optional, v.until)
	}
	b = append(b, v.until...)
	switch {
	case !v.lastIsOptional:
		b = AppendField(b, v.last, "")
	case v.lastOptional != nil:
		b = AppendPresent(b, *v.lastOptional, "")
	}
	return string(b)
}

// parse reads data by the pattern of v: its until, fallbackDefault and lastIsOptional.
func (v everyType) parse(data string) (everyType, error) {
	f := NewFields(data)
	f.Literal("all:")
	v.whole = Field(&f, "whole", ":", Int64)
	f.Literal(":")
	v.number = Field(&f, "number", ":", Float64)
	f.Literal(":")
	v.yes = Field(&f, "yes", ":", Bool)
	f.Literal(":")
	v.wait = Field(&f, "wait", ":", Duration)
	f.Literal(":")
	v.optionalNumber = FieldOptional(&f, "optionalNumber", ":", Int64)
	f.Literal(":")
	v.text = Field(&f, "text", v.until, Text)
	f.Literal(v.until)
	v.fallback = FieldOr(&f, "fallback", v.until, Text, v.fallbackDefault)
	f.Literal(v.until)
	v.optional = FieldOptional(&f, "optional", v.until, Text)
	f.Literal(v.until)
	if v.lastIsOptional {
		v.lastOptional = FieldOptional(&f, "lastOptional", "", Text)
	} else {
		v.last = Field(&f, "last", "", Text)
	}
	return v, f.Err()
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

func (v everyType) equal(w everyType) bool {
	return v.whole == w.whole && math.Float64bits(v.number) == math.Float64bits(w.number) && v.yes == w.yes && v.wait == w.wait &&
		v.text == w.text && v.fallback == w.fallback && same(v.optional, w.optional) && same(v.optionalNumber, w.optionalNumber) &&
		v.last == w.last && same(v.lastOptional, w.lastOptional)
}

// FuzzFields checks that data is read back bit for bit, whatever texts it holds and whatever literal stands between them.
// It also checks that any data that can be read is what its values are encoded to.
func FuzzFields(f *testing.F) {
	f.Add(int64(-1), uint64(0), true, int64(90e9), "a:b", `\`, ":", "rest: of it", uint8(0), "forged")
	f.Add(int64(math.MinInt64), math.Float64bits(-0.1), false, int64(math.MinInt64), "", "", `\`, "", uint8(255), `a\:b:\-`)
	f.Add(int64(math.MaxInt64), math.Float64bits(math.NaN()), false, int64(math.MaxInt64), "~-", "-~", "~x", `\\`, uint8(3), `\`)
	f.Add(int64(0), math.Float64bits(math.Inf(-1)), false, int64(1), "\xff", "\x00", "é", `\`, uint8(4), "::")
	f.Add(int64(0), uint64(1), false, int64(1500), "-", `\-`, "-", "\xed\xa0\x80", uint8(7), `~-\`)
	f.Fuzz(func(t *testing.T, whole int64, bits uint64, yes bool, wait int64, first, second, until, last string, choice uint8, forged string) {
		if until == "" {
			until = ":"
		}
		v := everyType{
			whole: whole, number: math.Float64frombits(bits), yes: yes, wait: time.Duration(wait),
			text: first, fallback: second, until: until, fallbackDefault: "default", lastIsOptional: choice&1 != 0,
		}
		if choice&2 != 0 {
			v.optional = &second
		}
		if choice&4 != 0 {
			v.optionalNumber = &whole
		}
		switch {
		case !v.lastIsOptional:
			v.last = last
		case choice&8 == 0:
			v.lastOptional = &last
		}
		data := v.encode()
		pattern := everyType{until: until, fallbackDefault: v.fallbackDefault, lastIsOptional: v.lastIsOptional}
		back, err := pattern.parse(data)
		switch finite := !math.IsNaN(v.number) && !math.IsInf(v.number, 0); {
		case finite && (err != nil || !back.equal(v)):
			t.Errorf("%q: %+v, %v, want %+v", data, back, err, v)
		case !finite && err == nil:
			t.Errorf("%q: %v is read", data, v.number)
		}
		pattern.parse(data[:len(data)*int(choice)/256])
		pattern.parse(forged)
		checkOneForm(t, forged, until)
	})
}

// checkOneForm checks that each text has only one encoded form: if data can be read, encoding the text gives data again.
func checkOneForm(t *testing.T, data, until string) {
	for _, end := range []string{"", until} {
		f := NewFields(data)
		text := Field(&f, "text", end, Text)
		f.Literal(end)
		if again := string(AppendField(nil, text, end)) + end; f.Err() == nil && again != data {
			t.Errorf("%q before %q is read as %q, which is encoded as %q", data, end, text, again)
		}
		f = NewFields(data)
		optional := FieldOptional(&f, "text", end, Text)
		f.Literal(end)
		again := end
		if optional != nil {
			again = string(AppendPresent(nil, *optional, end)) + end
		}
		if f.Err() == nil && again != data {
			t.Errorf("%q, which may be left out, before %q is read as %s, which is encoded as %q", data, end, orDash(optional), again)
		}
	}
}

// FuzzAppendedLength checks the longest encoded forms. The generator relies on these lengths to prove that data fits.
func FuzzAppendedLength(f *testing.F) {
	f.Add(int64(math.MinInt64), math.Float64bits(-math.MaxFloat64))
	f.Add(int64(-1), math.Float64bits(-2.2250738585072014e-308))
	f.Add(int64(math.MaxInt64), math.Float64bits(-0.00012345678901234567))
	f.Add(int64(-9223372036854775807), math.Float64bits(-123456.78901234567))
	f.Fuzz(func(t *testing.T, whole int64, bits uint64) {
		number := math.Float64frombits(bits)
		for _, appended := range []struct {
			text string
			max  int
		}{
			{string(AppendInt(nil, whole)), 20},
			{string(AppendDuration(nil, time.Duration(whole))), 22},
			{string(AppendFloat64(nil, number)), 24},
		} {
			if len(appended.text) > appended.max {
				t.Errorf("%q has more than %d bytes", appended.text, appended.max)
			}
		}
	})
}
