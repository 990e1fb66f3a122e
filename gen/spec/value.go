package spec

import "github.com/tggen/tggen/gen/diag"

// A Value is a scalar of the spec, with its place. The zero Value means that the key is absent.
type Value[T any] struct {
	// Value is the meaning of the scalar, or the zero value if the key is absent.
	Value T
	// Pos is the first column of the scalar, or the zero Pos if the key is absent.
	Pos diag.Pos
	// End is the last column of the scalar, so that carets can underline it. 0 if the scalar ends on another line.
	End int
}

// String is a text with its place.
type String = Value[string]

// IsSet reports whether the spec has the key.
func (v Value[T]) IsSet() bool { return v.Pos.IsValid() }

// Or returns the value, or fallback if the key is absent.
func (v Value[T]) Or(fallback T) T {
	if v.IsSet() {
		return v.Value
	}
	return fallback
}
