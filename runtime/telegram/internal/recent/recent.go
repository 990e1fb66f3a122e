// Package recent recognizes updates that come again. Two updates are the same if both their ids and their bytes are equal.
// Equal ids do not suffice, because a server may restart its ids at a lower number.
package recent

import "hash/maphash"

// A Hash distinguishes the bytes of updates. Its zero value is not usable: see [NewHash].
type Hash struct{ seed maphash.Seed }

// NewHash returns a hash with a random seed.
func NewHash() Hash { return Hash{maphash.MakeSeed()} }

// Sum returns a number that distinguishes a redelivery from another update with the same id. For a long update it hashes
// only the two ends. They hold the id of the message or query, and the end of its text or its buttons.
func (h Hash) Sum(raw []byte) uint64 {
	const end = 128
	if len(raw) <= 2*end {
		return maphash.Bytes(h.seed, raw)
	}
	const factor = 0x9e3779b97f4a7c15 // odd, so that no bit is lost; without it, swapped ends would have the same sum
	return maphash.Bytes(h.seed, raw[:end])*factor + maphash.Bytes(h.seed, raw[len(raw)-end:]) + uint64(len(raw))
}

// An Update is the id of an update and the [Hash.Sum] of its bytes.
type Update struct {
	ID  int64
	Sum uint64
}

const (
	buckets = 1024
	depth   = 8

	// Size is how many updates a [Set] remembers.
	Size = buckets * depth
)

// A Set remembers the last updates that were added. Ids that follow one another lie in different buckets, so it holds the
// last [Size] of them. It takes 136 kB, whatever is added. The zero Set is empty. It is not safe for concurrent use.
type Set struct {
	updates [buckets][depth]Update
	next    [buckets]uint8 // where in the bucket the next update goes
}

// Has reports whether the set remembers the update.
func (s *Set) Has(u Update) bool {
	bucket := &s.updates[uint64(u.ID)%buckets]
	for i := range bucket {
		if bucket[i] == u {
			return true
		}
	}
	return false
}

// Add makes the set remember the update.
func (s *Set) Add(u Update) {
	b := uint64(u.ID) % buckets
	s.updates[b][s.next[b]] = u
	s.next[b] = (s.next[b] + 1) % depth
}
