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

// The functions of this file read the text of one argument, field or group. Their errors go on from its name: "is not a
// number".

var (
	errNotWhole    = errors.New("is not a whole number")
	errNotNumber   = errors.New("is not a number")
	errOutOfRange  = errors.New("is out of range")
	errNotBool     = errors.New("is neither yes nor no")
	errNotDuration = errors.New("is not a duration such as 90s, 1h30m or 2d")
)

// Text is the text itself.
func Text(text string) (string, error) { return text, nil }

// TextUpTo is a text of at most so many bytes.
func TextUpTo(text string, bytes int) (string, error) {
	if len(text) > bytes {
		return "", fmt.Errorf("is longer than %d bytes", bytes)
	}
	return text, nil
}

// Int is a whole number in decimal.
func Int(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, numberFault(err, errNotWhole)
	}
	return n, nil
}

// Int64 is a whole number in decimal.
func Int64(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, numberFault(err, errNotWhole)
	}
	return n, nil
}

// Float64 is a number in decimal. Infinities are none, and what is not a number is not: a comparison with such a value
// says no both ways, and so lets it pass many a check.
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

func numberFault(err, otherwise error) error {
	if errors.Is(err, strconv.ErrRange) {
		return errOutOfRange
	}
	return otherwise
}

// Bool is true, yes, on or 1, or false, no, off or 0, in any case.
func Bool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, errNotBool
}

// Duration is a duration as [time.ParseDuration] reads it, such as 1h30m, or days of 24 hours: 2d.
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

// OneOf is one of the values, letter for letter.
func OneOf[T ~string](text string, values ...T) (T, error) {
	if i := slices.Index(values, T(text)); i >= 0 {
		return values[i], nil
	}
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = string(value)
	}
	return "", fmt.Errorf("is none of %s", strings.Join(names, ", "))
}
