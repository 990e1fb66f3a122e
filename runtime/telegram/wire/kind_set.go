package wire

// A KindSet is a set of update kinds. The zero KindSet is empty.
type KindSet uint64

// Kinds returns the set of the given kinds.
func Kinds(kinds ...Kind) KindSet {
	var s KindSet
	for _, k := range kinds {
		s |= 1 << k
	}
	return s
}

// Has reports whether the kind is in the set.
func (s KindSet) Has(kind Kind) bool { return s&(1<<kind) != 0 }

// A KindSet needs a bit for every kind. If there are more than 64, this does not compile.
const _ = uint(64 - KindCount)
