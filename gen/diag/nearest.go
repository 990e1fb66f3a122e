package diag

import (
	"slices"
	"strings"
)

// longestName is the length in bytes up to which names are compared. The limit keeps the cost small for hostile input.
const longestName = 128

// Nearest returns the candidate that name was most likely meant to be. ok is false if no candidate is near. A candidate is
// near if it differs from name by at most one edit for every three letters of name, or by one edit if name has two
// letters. Letter case does not count, and a swap of two neighbours is one edit. Of equally near candidates Nearest
// returns the first.
func Nearest(name string, candidates []string) (nearest string, ok bool) {
	if name == "" || len(name) > longestName {
		return "", false
	}
	wanted := []rune(strings.ToLower(name))
	allowed := len(wanted) / 3
	if len(wanted) == 2 {
		allowed = 1
	}
	for _, candidate := range candidates {
		if candidate == "" || len(candidate) > longestName {
			continue
		}
		other := []rune(strings.ToLower(candidate))
		if len(other) > len(wanted)+allowed || len(wanted) > len(other)+allowed {
			continue
		}
		if edits := distance(wanted, other); edits <= allowed {
			if edits == 0 {
				return candidate, true
			}
			nearest, allowed, ok = candidate, edits-1, true
		}
	}
	return nearest, ok
}

// DidYouMean returns the hint "did you mean X?" for the nearest candidate X, or "" if no candidate is near.
func DidYouMean(name string, candidates []string) string {
	nearest, ok := Nearest(name, candidates)
	if !ok {
		return ""
	}
	return "did you mean " + nearest + "?"
}

// distance returns the optimal string alignment distance: the number of insertions, deletions, substitutions and swaps of
// neighbours that turn a into b.
func distance(a, b []rune) int {
	before := make([]int, len(b)+1)
	last := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// Near returns up to three candidates that resemble the name: those that share a word with it, and those whose half is
// the same. The most similar comes first. Words are separated by _ or -, and have at least three letters.
func Near(name string, candidates []string) []string {
	if name == "" || len(name) > longestName {
		return nil
	}
	type found struct {
		name  string
		edits int
	}
	var near []found
	wanted := strings.ToLower(name)
	for _, candidate := range candidates {
		if candidate == "" || len(candidate) > longestName {
			continue
		}
		other := strings.ToLower(candidate)
		edits := distance([]rune(wanted), []rune(other))
		if edits <= len([]rune(wanted))/2 || shareWord(wanted, other) {
			near = append(near, found{candidate, edits})
		}
	}
	slices.SortStableFunc(near, func(a, b found) int { return a.edits - b.edits })
	var names []string
	for _, f := range near[:min(len(near), 3)] {
		names = append(names, f.name)
	}
	return names
}

// shareWord reports whether two names have a word in common, or differ in that word by an s at the end.
func shareWord(a, b string) bool {
	words := func(name string) []string {
		return strings.FieldsFunc(name, func(letter rune) bool { return letter == '_' || letter == '-' })
	}
	for _, word := range words(a) {
		for _, other := range words(b) {
			if len(word) >= 3 && strings.TrimSuffix(word, "s") == strings.TrimSuffix(other, "s") {
				return true
			}
		}
	}
	return false
}
