package diag

import "strings"

// Or joins names for a sentence about any one of them: "photo, live_photo or video".
func Or(names []string) string { return join(names, " or ") }

// And joins names for a sentence about all of them: "photo, live_photo and video".
func And(names []string) string { return join(names, " and ") }

func join(names []string, last string) string {
	n := len(names) - 1
	if n < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:n], ", ") + last + names[n]
}
