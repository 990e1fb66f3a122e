package wire

import (
	"testing"
)

func TestKindSet(t *testing.T) {
	s := Kinds(KindMessage, KindCount-1)
	for k := range Kind(KindCount) {
		if s.Has(k) != (k == KindMessage || k == KindCount-1) {
			t.Errorf("kind %v", k)
		}
	}
}
