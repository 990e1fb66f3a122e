package runtime

// A Key stands for one constraint: items that share a key are handled one after another, in arrival order.
//
// A Key is a 64-bit hash. If the hashes of two constraints collide, the two are kept in order as if they were one
// constraint. That may cost a little concurrency, but never breaks an order.
type Key uint64

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// KeyOf returns the key of the constraint with the given text. It is the 64-bit FNV-1a hash of the text's bytes, passed
// through the 64-bit mixer of MurmurHash3 so that short, similar texts spread evenly over the shards. It is frozen: it is
// the same in every process and every release.
func KeyOf(constraint string) Key { return keyOf(constraint) }

// KeyOfBytes is [KeyOf] for a text in a byte slice.
func KeyOfBytes(constraint []byte) Key { return keyOf(constraint) }

func keyOf[S string | []byte](constraint S) Key {
	h := uint64(fnvOffset)
	for i := range len(constraint) {
		h = (h ^ uint64(constraint[i])) * fnvPrime
	}
	return mix(h)
}

// KeyOfInt returns the same key as KeyOf(strconv.FormatInt(id, 10)), without building the text.
func KeyOfInt(id int64) Key {
	var digits [20]byte
	i := len(digits)
	n := uint64(id)
	if id < 0 {
		n = -n
	}
	for {
		i--
		digits[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			break
		}
	}
	h := uint64(fnvOffset)
	if id < 0 {
		h = (h ^ '-') * fnvPrime
	}
	for ; i < len(digits); i++ {
		h = (h ^ uint64(digits[i])) * fnvPrime
	}
	return mix(h)
}

// mix is MurmurHash3's fmix64: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
func mix(h uint64) Key {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	return Key(h)
}

// Shard returns the shard of the key among workers shards: the key modulo workers. It is frozen, as [KeyOf] is, so that
// several machines can agree on which of them owns a key.
func (k Key) Shard(workers int) int { return int(uint64(k) % uint64(workers)) }
