package dispatch

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

// checkParser fails the test if a good text does not parse to its value, or if a bad text does not give its error.
func checkParser[T comparable](t *testing.T, parse func(string) (T, error), good map[string]T, bad map[string]error) {
	t.Helper()
	for text, want := range good {
		if got, err := parse(text); err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	var zero T
	for text, want := range bad {
		if got, err := parse(text); !errors.Is(err, want) || got != zero {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestInt(t *testing.T) {
	bad := map[string]error{
		"": errNotWhole, "x": errNotWhole, "1.0": errNotWhole, "1e3": errNotWhole, "0x10": errNotWhole, "1_000": errNotWhole,
		" 1": errNotWhole, "1 ": errNotWhole, "--1": errNotWhole, "٣": errNotWhole, "\xff": errNotWhole,
		"9223372036854775808": errOutOfRange, "-9223372036854775809": errOutOfRange,
	}
	checkParser(t, Int64, map[string]int64{"0": 0, "-0": 0, "+7": 7, "007": 7, "9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64}, bad)
	checkParser(t, Int, map[string]int{"0": 0, "-12": -12, "+7": 7}, bad)
}

func TestFloat64(t *testing.T) {
	checkParser(t, Float64, map[string]float64{
		"0": 0, "-1.5": -1.5, "+.5": .5, "1.": 1, "1e3": 1000, "1E-3": .001, "1e-999": 0,
		"1.7976931348623157e308": math.MaxFloat64, "5e-324": math.SmallestNonzeroFloat64,
	}, map[string]error{
		"": errNotNumber, "x": errNotNumber, "1,5": errNotNumber, "1e": errNotNumber, "0x1p4": errNotNumber, "0X1P4": errNotNumber,
		"1_000": errNotNumber, "nan": errNotNumber, "NaN": errNotNumber, "inf": errNotNumber, "-Infinity": errNotNumber,
		"1e999": errOutOfRange, "-1e999": errOutOfRange,
	})
}

func TestBool(t *testing.T) {
	checkParser(t, Bool, map[string]bool{
		"true": true, "yes": true, "on": true, "1": true, "YES": true, "On": true,
		"false": false, "no": false, "off": false, "0": false, "No": false,
	}, map[string]error{"": errNotBool, "y": errNotBool, "2": errNotBool, "true ": errNotBool})
}

func TestDuration(t *testing.T) {
	checkParser(t, Duration, map[string]time.Duration{
		"0": 0, "0d": 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "1.5h": 90 * time.Minute, "-1ns": -1, "1us": 1000, "1µs": 1000,
		"2d": 48 * time.Hour, "-2d": -48 * time.Hour, "106751d": 106751 * 24 * time.Hour, "-106751d": -106751 * 24 * time.Hour,
	}, map[string]error{
		"": errNotDuration, "5": errNotDuration, "d": errNotDuration, "1.5d": errNotDuration, "1d2h": errNotDuration, "2days": errNotDuration,
		"106752d": errOutOfRange, "-106752d": errOutOfRange, "99999999999999999999d": errOutOfRange, "3000000h": errNotDuration,
	})
}

func TestTextUpTo(t *testing.T) {
	if text, err := TextUpTo("é", 2); text != "é" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := TextUpTo("é", 1); text != "" || err == nil || err.Error() != "is longer than 1 bytes" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestOneOf(t *testing.T) {
	if text, err := OneOf("blue", "red", "blue"); text != "blue" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	for _, wrong := range []string{"", "Red", "redblue", "red, blue"} {
		if text, err := OneOf(wrong, "red", "blue"); text != "" || err == nil || err.Error() != "is not one of red, blue" {
			t.Errorf("%q, %v", text, err)
		}
	}
}

// TestParseErrorsDoNotHoldTheText checks that an error can be logged even if the text is secret.
func TestParseErrorsDoNotHoldTheText(t *testing.T) {
	const secret = "4711-secret"
	for _, err := range []error{
		errorOf(Int(secret)), errorOf(Int64(secret)), errorOf(Float64(secret)), errorOf(Bool(secret)),
		errorOf(Duration(secret)), errorOf(Duration(secret + "d")), errorOf(OneOf(secret, "a")), errorOf(TextUpTo(secret, 3)),
	} {
		if err == nil || strings.Contains(err.Error(), "4711") {
			t.Error(err)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }
