package wire

import (
	"math/bits"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

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

// CheckKind returns a [*DecodeError] if a decoded update has several kinds. The server sends no such update, and to handle it as
// one of its kinds would lose the others. A field that is not known does not count, because it may belong to a kind that the Bot API
// got later.
func CheckKind(u *gotgbot.Update) error {
	kinds := KindsOf(u)
	if bits.OnesCount64(uint64(kinds)) <= 1 {
		return nil
	}
	var names []string
	for k := KindUnknown + 1; k < KindCount; k++ {
		if kinds.Has(k) {
			names = append(names, k.String())
		}
	}
	return &DecodeError{Want: "of one kind but of several, " + strings.Join(names, " and ")}
}

// A KindSet needs a bit for every kind. If there are more than 64, this does not compile.
const _ = uint(64 - KindCount)
