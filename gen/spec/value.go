package spec

import "github.com/tggen/tggen/gen/diag"

// A Value is a scalar of the spec and its place. The zero Value is a key that the spec does not have.
type Value[T any] struct {
	// Value is what the scalar means, or the zero value when the key is absent.
	Value T
	// Pos is the first column of the scalar, or the zero Pos when the key is absent.
	Pos diag.Pos
	// End is the last column of the scalar, for the width of a caret; 0 when it ends on another line.
	End int
}

// String is a text with its place.
type String = Value[string]

// IsSet reports whether the spec has the key.
func (v Value[T]) IsSet() bool { return v.Pos.IsValid() }

// Or is the value, or fallback when the key is absent.
func (v Value[T]) Or(fallback T) T {
	if v.IsSet() {
		return v.Value
	}
	return fallback
}
