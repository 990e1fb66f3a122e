package wire

import "strconv"

// A union, such as MessageOrigin, says in one of its members (its key) which of its variants it is. gotgbot keeps
// the text of a field that holds a union, finds the key in it, and then decodes the text as the variant. So what
// it ends with depends on the last of several keys, and on the last of several fields of the same name; earlier ones
// may be wrong in any way.
//
// The decoder does not read a union twice. It takes the first key for the only one and decodes each field as it comes.
// If all of that goes well, the result is the same. If anything is wrong, it starts again from the update's
// beginning and is careful, which is gotgbot's way.

// union returns the value of the key of the union at i, and i again, or where the mistake is. Of a union without a
// key the value is "".
func (d *decoder) union(i int, key string) (variant string, at int) {
	if d.careful {
		return d.lastKey(i, key)
	}
	name, next, more := d.first(i)
	for ; more; name, next, more = d.next(next) {
		if name == key {
			next = d.text(next, &variant)
			break
		}
		next = d.skip(next)
	}
	if d.detour(i, next) {
		return "", d.fail(i, "a union with its key in front")
	}
	return variant, d.atOr(i, next)
}

// detour counts bytes that were read and must be read again. If there are many, for unions in unions that do not
// start with their key, it is better to start again and be careful, which takes time in proportion to the text.
func (d *decoder) detour(from, to int) bool {
	d.detours += to - from
	return d.detours > 4*len(d.s) && !d.careful
}

// lastKey is union with care: the last key wins, in whatever case its name is.
func (d *decoder) lastKey(i int, key string) (variant string, at int) {
	name, next, more := d.first(i)
	for ; more; name, next, more = d.next(next) {
		if name == key || like(name, key) != "" {
			next = d.text(next, &variant)
		} else {
			next = d.skip(next)
		}
	}
	return variant, d.atOr(i, next)
}

// atOr is the position i, or the mistake that was found on the way to next.
func (*decoder) atOr(i, next int) int {
	if next < 0 {
		return next
	}
	return i
}

// lastNumber is lastKey for a union whose key is a number.
func (d *decoder) lastNumber(i int, key string) (n int64, at int) {
	name, next, more := d.first(i)
	for ; more; name, next, more = d.next(next) {
		if name == key || like(name, key) != "" {
			next = d.int64(next, &n)
		} else {
			next = d.skip(next)
		}
	}
	return n, d.atOr(i, next)
}

// key reads the key of a union inside the variant that it was found to be. A second key that says otherwise is a
// reason to be careful.
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

// unknown is the result for a union of no known variant.
func (d *decoder) unknown(i int) int {
	if i < 0 {
		return i
	}
	d.foreign = d.problem == ""
	return d.fail(i, "a union of a known variant")
}

// numbersFit is for the union that may be a string or an array as well. To see which it is, gotgbot decodes it into
// an empty interface, which fails if any number inside, even in a field that it does not know, is too large for a float64.
// The value has passed the scan.
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
