package inbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxSecret is the length of the longest secret that the server takes: https://core.telegram.org/bots/api#setwebhook
const maxSecret = 256

// DeriveSecret returns a secret that only those who know the token can compute. All replicas of a bot derive the same one.
func DeriveSecret(token string) string {
	return base64.RawURLEncoding.EncodeToString(digest(token, "webhook secret"))
}

// CheckSecret returns an error if the server would refuse the secret. The error does not show it.
func CheckSecret(secret string) error {
	if secret == "" {
		return errors.New("the secret is empty")
	}
	if len(secret) > maxSecret {
		return fmt.Errorf("the secret has %d characters, and the server takes %d", len(secret), maxSecret)
	}
	other := strings.IndexFunc(secret, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
	if other >= 0 {
		return fmt.Errorf("character %d of the secret is not a letter of a-z and A-Z, a digit, _ or -", other+1)
	}
	return nil
}

// Fingerprint returns a text that changes when the secret or the allowed updates do, and that tells nobody what they are.
// The server shows neither the secret nor, always, the list; so the fingerprint goes into the URL of the webhook.
func Fingerprint(secret string, allowed []string) string {
	list := "as before"
	if allowed != nil {
		list = strings.Join(slices.Sorted(slices.Values(allowed)), ",")
	}
	return hex.EncodeToString(digest(secret, "webhook fingerprint "+list)[:8])
}

func digest(key, text string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
