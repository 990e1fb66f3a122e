package wire

import "strconv"

// scanInt reads the number that starts at i. It is ok if encoding/json would decode the number into an int64. Otherwise
// the number is of another form, such as 1.0 or 1e3, or too large; or the text is not a number, and next is negative.
func scanInt(s string, i int) (n int64, next int, ok bool) {
	start := i
	negative := i < len(s) && s[i] == '-'
	if negative {
		i++
	}
	first := i
	var u uint64
	if i+8 <= len(s) {
		if w := load(s, i); eightDigits(w) {
			u = parseEight(w)
			i += 8
		}
	}
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

// eightDigits reports whether the eight bytes of w are all digits.
func eightDigits(w uint64) bool {
	return (w&(w+lowBits*6))&(lowBits*0xf0) == lowBits*'0'
}

// parseEight returns the number that the eight digits of w stand for. The first digit is the lowest byte. Neighbours are
// added up in pairs: digits to numbers of two digits, those to numbers of four, and those to the result. See
// "Quickly parsing eight digits" by Daniel Lemire.
func parseEight(w uint64) uint64 {
	w -= lowBits * '0'
	w = w*10 + w>>8
	return (w&0x000000ff000000ff*(100+1000000<<32) + w>>16&0x000000ff000000ff*(1+10000<<32)) >> 32
}
