package inbox

import (
	"strings"
	"testing"
)

func TestSecrets(t *testing.T) {
	secret := DeriveSecret("123:token")
	if err := CheckSecret(secret); err != nil || len(secret) < 40 || secret != DeriveSecret("123:token") || secret == DeriveSecret("123:Token") {
		t.Errorf("%q: %v", secret, err)
	}
	for secret, valid := range map[string]bool{
		"": false, "a": true, "aZ09_-": true, "a b": false, "é": false, "a.b": false, "a\n": false,
		strings.Repeat("x", 256): true, strings.Repeat("x", 257): false,
	} {
		err := CheckSecret(secret)
		if (err == nil) != valid {
			t.Errorf("%q: %v", secret, err)
		}
		if err != nil && secret != "" && len(secret) > 1 && strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows the secret: %v", err)
		}
	}
}

// A fingerprint changes with the secret and with the list, and not with the order of the list.
func TestFingerprint(t *testing.T) {
	want := Fingerprint("s", []string{"a", "b"})
	if got := Fingerprint("s", []string{"b", "a"}); got != want {
		t.Error("the order of the list matters")
	}
	seen := map[string]bool{want: true}
	for _, other := range []string{Fingerprint("t", []string{"a", "b"}), Fingerprint("s", []string{"a"}), Fingerprint("s", nil), Fingerprint("s", []string{})} {
		if seen[other] {
			t.Error("two registrations have the same fingerprint")
		}
		seen[other] = true
	}
}
