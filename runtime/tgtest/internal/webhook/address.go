package webhook

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// ParseURL parses the URL of a webhook. Without a scheme it means https, as on the official server.
func ParseURL(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("the URL does not parse")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	port, wrong := 0, u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Hostname() == "."
	if u.Port() != "" {
		if _, err := fmt.Sscan(u.Port(), &port); err != nil || port < 1 || port > 65535 {
			wrong = true
		}
	}
	if wrong {
		return nil, errors.New("the URL has no host, or another scheme than http and https, or a wrong port")
	}
	u.Fragment = ""
	return u, nil
}

// CheckPublic returns why the official server at api.telegram.org refuses a webhook, or nil. address is the parameter
// ip_address, or empty. A server of one's own that runs with --local accepts every URL.
func CheckPublic(u *url.URL, address string) error {
	if u.Scheme != "https" {
		return errors.New("An HTTPS URL must be provided for webhook")
	}
	switch u.Port() {
	case "", "443", "80", "88", "8443":
	default:
		return errors.New("Webhook can be set up only on ports 80, 88, 443 or 8443")
	}
	if address == "" {
		address = u.Hostname()
		if strings.EqualFold(address, "localhost") {
			address = "127.0.0.1"
		}
		if net.ParseIP(address) == nil {
			return nil
		}
	}
	ip, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		return errors.New("Invalid IP address specified")
	case !ip.Is4():
		return errors.New("IPv6-only addresses are not allowed")
	case ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified():
		return fmt.Errorf("IP address %v is reserved", ip)
	}
	return nil
}

// Loopback returns the IP address of a host if it is this machine, and "" if it is another one.
func Loopback(host string) string {
	if strings.EqualFold(host, "localhost") {
		return "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() {
		return ip.String()
	}
	return ""
}
