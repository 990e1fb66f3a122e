package telegram

import "strconv"

// scanInt reads the number that starts at i. It is an int64 if ok; otherwise it is a number that encoding/json
// would not put into an int64, such as 1.0 or 1e3, or not a number at all, and then next is negative.
func scanInt(s string, i int) (n int64, next int, ok bool) {
	start := i
	negative := i < len(s) && s[i] == '-'
	if negative {
		i++
	}
	first := i
	var u uint64
	for i < len(s) {
		digit := uint64(s[i]) - '0'
		if digit > 9 {
			break
		}
		u = u*10 + digit
		i++
	}
	if i == first {
		return 0, ^i, false
	}
	if s[first] == '0' && i > first+1 {
		return 0, ^(first + 1), false
	}
	if i < len(s) && (s[i] == '.' || s[i]|0x20 == 'e') {
		return 0, skipNumber(s, start), false
	}
	if i-first > 18 {
		n, err := strconv.ParseInt(s[start:i], 10, 64)
		if err != nil {
			return 0, i, false
		}
		return n, i, true
	}
	if negative {
		return -int64(u), i, true
	}
	return int64(u), i, true
}
