package diag

import "strings"

// longestName is the longest name that is worth a guess. It keeps the cost of a guess small on hostile input.
const longestName = 128

// Nearest is the candidate that name was most likely meant to be. It is not ok when none is close, which is when
// mending the name would take more than one edit for every three of its letters; a name of two letters may have one.
// Case is free, a swap of two neighbours is one edit, and of equally near candidates the first wins.
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

// DidYouMean is the hint that offers the nearest candidate, or "" when none is near.
func DidYouMean(name string, candidates []string) string {
	nearest, ok := Nearest(name, candidates)
	if !ok {
		return ""
	}
	return "did you mean " + nearest + "?"
}

// distance is the optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
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
