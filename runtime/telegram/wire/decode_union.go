package wire

import (
	"strconv"
	"strings"
)

// One member of a union, such as MessageOrigin, says which variant it is. That member is the union's key. gotgbot keeps
// the text of a field that holds a union, finds the key in the text, and then decodes the text as that variant. So if a
// key or a field comes twice, only the last one counts, and the others may be wrong in any way.
//
// The fast decoder does not read a union twice. It takes the first key to be the only one, and decodes each field where it
// stands. If nothing is wrong, the result is the same as gotgbot's. If anything is wrong, the update is decoded again from
// its beginning by a careful decoder, which does what gotgbot does.

// union reads the key of the union at i. It returns i again, or a mistake. If there is no key, variant is "".
func (d *decoder) union(i int, key string) (variant string, at int) {
	if d.careful {
		at = d.lastKey(i, key, &variant, nil)
		return variant, at
	}
	name, next, more := d.first(i)
	for ; more; name, next, more = d.next(next) {
		if name == key {
			next = d.text(next, &variant)
			break
		}
		next = d.skip(next)
	}
	if d.tooMuchReread(i, next) {
		return "", d.fail(i, "a union with its key in front")
	}
	return variant, startOr(i, next)
}

// tooMuchReread counts the bytes between two positions, which were read and must be read again. It reports whether there
// are too many, as with deeply nested unions whose key does not come first. Then a careful decoder is better, because its
// time is linear in the length of the text.
func (d *decoder) tooMuchReread(from, to int) bool {
	d.reread += to - from
	return d.reread > 4*len(d.s) && !d.careful
}

// lastKey is union for a careful decoder. The last key counts, and the case of its name does not. A key that is a number
// is decoded into number, and text is nil.
func (d *decoder) lastKey(i int, key string, text *string, number *int64) (at int) {
	name, next, more := d.first(i)
	for ; more; name, next, more = d.next(next) {
		switch {
		case name != key && matchFold(name, key) == "":
			next = d.skip(next)
		case text != nil:
			next = d.text(next, text)
		default:
			next = d.int64(next, number)
		}
	}
	return startOr(i, next)
}

// startOr returns i, or next if that is a mistake.
func startOr(i, next int) int {
	if next < 0 {
		return next
	}
	return i
}

// key reads the key of a union while its variant is decoded. If the key says another variant, it is the second key.
func (d *decoder) key(i int, variant string) int {
	if d.careful {
		return d.skip(i)
	}
	start := i
	var again string
	if i = d.text(i, &again); i >= 0 && again != variant {
		return d.fail(start, strconv.Quote(variant))
	}
	return i
}

// unknown skips a union whose variant the decoder does not know, and remembers the variant. A union without a key is a
// mistake.
func (d *decoder) unknown(i int, union, variant string) int {
	if i < 0 {
		return i
	}
	if variant == "" {
		return d.fail(i, "a union with a key")
	}
	d.unknownVariants = append(d.unknownVariants, UnknownVariant{Union: union, Value: strings.Clone(variant)})
	return d.skip(i)
}

// numbersFit checks the numbers of RichText, the union that may also be a string or an array. To find out which it is,
// gotgbot decodes it into an empty interface. That fails if any number inside is too large for a float64, even in a field
// that gotgbot does not know. The value must have been decoded already; end is the result of that.
func (d *decoder) numbersFit(start, end int) int {
	if end < 0 {
		return end
	}
	var number float64
	for i := start; i < end; {
		switch c := d.s[i]; {
		case c == '"':
			i = skipString(d.s, i+1)
		case c == '-' || c-'0' <= 9:
			if i = d.float64(i, &number); i < 0 {
				return i
			}
		default:
			i++
		}
	}
	return end
}
