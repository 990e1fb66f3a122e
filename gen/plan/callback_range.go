package plan

import (
	"math"
	"strconv"
	"strings"
)

// numbersBetween accepts the whole numbers from low to high in decimal, as [strconv.FormatInt] writes them.
func numbersBetween(low, high int64) fragment {
	var all []fragment
	if low < 0 {
		// The magnitudes are unsigned, since that of the smallest number does not fit an int64.
		smallest, largest := uint64(1), -uint64(low)
		if high < 0 {
			smallest = -uint64(high)
		}
		all = append(all, concat(literal("-"), magnitudesBetween(smallest, largest)))
	}
	if high >= 0 {
		all = append(all, magnitudesBetween(uint64(max(low, 0)), uint64(high)))
	}
	return union(all...)
}

// magnitudesBetween accepts the numbers from low to high without leading zeros. It splits them by their number of digits.
func magnitudesBetween(low, high uint64) fragment {
	var all []fragment
	for {
		first, last := strconv.FormatUint(low, 10), strconv.FormatUint(high, 10)
		if len(first) == len(last) {
			return union(append(all, sameLength(first, last))...)
		}
		all = append(all, sameLength(first, strings.Repeat("9", len(first))))
		low = uint64(math.Pow10(len(first)))
	}
}

// sameLength accepts the texts of digits from low to high, which have the same length as both.
func sameLength(low, high string) fragment {
	switch {
	case low == high:
		return literal(low)
	case strings.Trim(low, "0") == "" && strings.Trim(high, "9") == "": // without this case the size would be exponential
		return digits(len(low), len(low))
	case low[0] == high[0]:
		return concat(literal(low[:1]), sameLength(low[1:], high[1:]))
	}
	// The first digit is that of low, that of high, or one between them.
	rest := len(low) - 1
	nines, zeros := strings.Repeat("9", rest), strings.Repeat("0", rest)
	all := []fragment{
		concat(literal(low[:1]), sameLength(low[1:], nines)),
		concat(literal(high[:1]), sameLength(zeros, high[1:])),
	}
	if between := digitsBetween(low[0]+1, high[0]-1); between != "" {
		all = append(all, concat(byteIn(bytesOf(between)), digits(rest, rest)))
	}
	return union(all...)
}

func digitsBetween(low, high byte) string {
	text := ""
	for c := low; c <= high; c++ {
		text += string(c)
	}
	return text
}
