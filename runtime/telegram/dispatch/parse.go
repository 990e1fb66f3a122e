package dispatch

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The functions of this file parse the text of one argument, callback field or named group. Their errors continue a
// sentence that begins with its name, and do not hold the text: "is not a number".

var (
	errNotWhole    = errors.New("is not a whole number")
	errNotNumber   = errors.New("is not a number")
	errOutOfRange  = errors.New("is out of range")
	errNotBool     = errors.New("is neither yes nor no")
	errNotDuration = errors.New("is not a duration such as 90s, 1h30m or 2d")
)

// Text returns the text itself.
func Text(text string) (string, error) { return text, nil }

// TextUpTo returns the text itself, if it is at most bytes long.
func TextUpTo(text string, bytes int) (string, error) {
	if len(text) > bytes {
		return "", fmt.Errorf("is longer than %d bytes", bytes)
	}
	return text, nil
}

// Int parses a whole number in decimal.
func Int(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, numberFault(err, errNotWhole)
	}
	return n, nil
}

// Int64 parses a whole number in decimal.
func Int64(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, numberFault(err, errNotWhole)
	}
	return n, nil
}

// Float64 parses a number in decimal, with or without an exponent. It refuses infinities and NaN: comparisons with NaN are
// always false, so NaN would pass many a check of a range. Hexadecimal digits and underscores are refused too.
func Float64(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return 0, numberFault(err, errNotNumber)
	case math.IsInf(n, 0) || math.IsNaN(n) || strings.ContainsAny(text, "xX_"):
		return 0, errNotNumber
	}
	return n, nil
}

// numberFault turns an error of strconv into one of this package: errOutOfRange, or otherwise.
func numberFault(err, otherwise error) error {
	if errors.Is(err, strconv.ErrRange) {
		return errOutOfRange
	}
	return otherwise
}

// Bool parses true, yes, on and 1, or false, no, off and 0, in upper or lower case.
func Bool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, errNotBool
}

// Duration parses a duration in the form of [time.ParseDuration], such as 1h30m, or whole days of 24 hours, such as 2d.
func Duration(text string) (time.Duration, error) {
	const day = 24 * time.Hour
	if text, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, numberFault(err, errNotDuration)
		}
		if days > int64(math.MaxInt64/day) || days < int64(math.MinInt64/day) {
			return 0, errOutOfRange
		}
		return time.Duration(days) * day, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, errNotDuration
	}
	return d, nil
}

// OneOf returns the one of the values that equals text. Case counts.
func OneOf[T ~string](text string, values ...T) (T, error) {
	if i := slices.Index(values, T(text)); i >= 0 {
		return values[i], nil
	}
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = string(value)
	}
	return "", fmt.Errorf("is not one of %s", strings.Join(names, ", "))
}
