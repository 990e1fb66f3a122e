// Package diag reports what is wrong in a file, and where: positions, diagnostics, and the three forms in which they are
// printed.
//
// It knows nothing of specs or bots, and keeps no state. Its values are not safe for concurrent use.
package diag

import (
	"cmp"
	"slices"
	"strconv"
)

// A Pos is a place in a file. The zero Pos means that no place is known.
type Pos struct {
	// File is the file, by the name that the user gave it.
	File string
	// Line counts from 1. 0 means the file as a whole.
	Line int
	// Column counts from 1, in code points, as editors do: a tab and an é are one column each.
	Column int
}

// IsValid reports whether the position names a line.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String returns file:line:column. It leaves out the parts that are not known.
func (p Pos) String() string {
	if !p.IsValid() {
		return p.File
	}
	place := strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
	if p.File == "" {
		return place
	}
	return p.File + ":" + place
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(other Pos) int {
	return cmp.Or(
		cmp.Compare(p.File, other.File),
		cmp.Compare(p.Line, other.Line),
		cmp.Compare(p.Column, other.Column),
	)
}

// A Diagnostic is one mistake.
type Diagnostic struct {
	Pos Pos
	// End is the last column that the mistake covers, on the line of Pos. 0 means the column of Pos alone.
	End int
	// Code is the name of this kind of mistake, in kebab-case. It does not change, so that tools can match on it.
	Code string
	// Message is one sentence, in lower case and without a full stop.
	Message string
	// Hint says how to correct the mistake, or is empty.
	Hint string
	// Related are the other places that the mistake is about, such as the first of two equal names.
	Related []Related
}

// Related is a second place that a diagnostic is about.
type Related struct {
	Pos     Pos
	Message string
}

// A List holds all mistakes that were found. Sort puts them in order.
type List []Diagnostic

// Sort orders the list by file, line and column. Mistakes at the same place keep their order.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int { return a.Pos.Compare(b.Pos) })
}
