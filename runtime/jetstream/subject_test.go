package jetstream

import (
	"strings"
	"testing"
)

// FuzzSubject checks that every key has a subject of its own that the server takes, and that the filter of each prefix of the key
// matches it.
func FuzzSubject(f *testing.F) {
	for _, key := range []string{"a", "12/session/Signup/-100:42", "/", "//", "a/", "/a", "a.b", "a b", "*", ">", "=", "\x00\xff", "a/=/b", "ü"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if key == "" {
			return // the store refuses it
		}
		subject := subjectOf("root", key)
		if got, ok := keyOf("root", subject); !ok || got != key {
			t.Fatalf("the subject %q of %q is that of %q, %v", subject, key, got, ok)
		}
		if strings.ContainsAny(subject, " *>\t\r\n\x00") || strings.Contains(subject, "..") || strings.HasSuffix(subject, ".") {
			t.Fatalf("%q is not a subject", subject)
		}
		for i := range len(key) + 1 {
			filter := strings.TrimSuffix(filterOf("root", key[:i]), ">")
			if !strings.HasPrefix(subject, filter) {
				t.Fatalf("the filter %q of the prefix %q of %q does not match %q", filter, key[:i], key, subject)
			}
		}
	})
}
