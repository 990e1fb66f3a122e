// Package diag says what is wrong in a file, and where: positions, diagnostics, and the three ways to print them.
//
// It knows nothing of specs or bots. Nothing here is safe for use by several goroutines at once, and nothing keeps
// state: every function is a pure function of its arguments.
package diag

import (
	"cmp"
	"slices"
	"strconv"
)

// A Pos is a place in a file. The zero Pos is no place at all.
type Pos struct {
	// File is the file as the user named it; it is printed as it is.
	File string
	// Line counts from 1. 0 means the file as a whole.
	Line int
	// Column counts from 1, in code points, as editors do: a tab and an é are one column each.
	Column int
}

// IsValid reports whether the position names a line.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String is file:line:column, less what is not known.
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
	// Code is the stable, kebab-case name of this kind of mistake: what a tool would match on.
	Code string
	// Message is one sentence, in lower case and without a full stop.
	Message string
	// Hint says how to mend it, or is empty.
	Hint string
	// Related points at the other places that the mistake is about, such as the first of two equal names.
	Related []Related
}

// Related is a second place that a diagnostic is about.
type Related struct {
	Pos     Pos
	Message string
}

// A List is every mistake found, in any order until it is sorted.
type List []Diagnostic

// Sort orders the list by file, line and column; mistakes at one place keep the order in which they were found.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int { return a.Pos.Compare(b.Pos) })
}
