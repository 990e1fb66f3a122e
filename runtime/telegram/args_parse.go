package telegram

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// The functions of this file read the text of one argument, field or group.

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
		return 0, numberFault(err)
	}
	return n, nil
}

// Int64 is a whole number in decimal.
func Int64(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, numberFault(err)
	}
	return n, nil
}

func numberFault(err error) error {
	if errors.Is(err, strconv.ErrRange) {
		return errors.New("is out of range")
	}
	return errNotNumber
}

// Float64 is a number in decimal. Infinities and what is no number are refused.
func Float64(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) || strings.ContainsAny(text, "xX_") {
		return 0, errors.New("is no number")
	}
	return n, nil
}

// Bool is true, yes, on or 1, or false, no, off or 0, in any case.
func Bool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, errors.New("is neither yes nor no")
}

// Duration is a duration as Go writes it, "1h30m", or whole days: "2d".
func Duration(text string) (time.Duration, error) {
	const day = 24 * time.Hour
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 64)
		if err != nil || n > int64(math.MaxInt64/day) || n < -int64(math.MaxInt64/day) {
			return 0, errors.New("is no duration such as 90s, 1h30m or 2d")
		}
		return time.Duration(n) * day, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, errors.New("is no duration such as 90s, 1h30m or 2d")
	}
	return d, nil
}

// OneOf is one of the values.
func OneOf(text string, values ...string) (string, error) {
	for _, v := range values {
		if v == text {
			return v, nil
		}
	}
	return "", fmt.Errorf("is none of %s", strings.Join(values, ", "))
}
