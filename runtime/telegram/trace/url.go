package trace

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// A URLError reports a URL to which a bot must not post its records. It does not show the path, which may be a secret.
type URLError struct {
	Host   string // empty if the URL has none
	Reason string
}

func (e *URLError) Error() string {
	if e.Host == "" {
		return "the URL of the trace " + e.Reason
	}
	return fmt.Sprintf("the URL of the trace, at %s, %s", e.Host, e.Reason)
}

// CheckURL checks a URL to which a bot is to post its records, since they hold what people write: it must begin with http:// or
// https://, and its host must be localhost or a loopback address, such as 127.0.0.1 or [::1]. The error is a [*URLError].
func CheckURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return &URLError{Reason: "is malformed"}
	case u.Scheme != "http" && u.Scheme != "https":
		return &URLError{Host: u.Host, Reason: "must begin with http:// or https://"}
	case u.Hostname() == "":
		return &URLError{Reason: "has no host"}
	case !isLoopback(u.Hostname()):
		return &URLError{Host: u.Host, Reason: "must be on this machine: localhost, 127.0.0.1 or [::1]"}
	}
	return nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
