// Package botapi knows where a Bot API server is and how its answers are read: its URL, the token in it, and the HTTP client
// that makes the requests.
package botapi

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// MaxAnswer bounds an answer of the server, in bytes. The largest is that of a getUpdates: the server stops near 4 MiB,
// and exceeds that by one update of at most 512 KiB.
const MaxAnswer = 16 << 20

// ErrAnswerTooLarge and ErrAnswerEmpty report an answer that no Bot API server sends.
var (
	ErrAnswerTooLarge = fmt.Errorf("the answer is larger than %d MiB", MaxAnswer>>20)
	ErrAnswerEmpty    = errors.New("the answer is empty")
)

// HTTPClient returns the HTTP client that makes the requests: a copy of the author's or, if that is nil, one with a
// transport that the caller has to close.
//
// The client follows no redirects. The Bot API has none, and the Referer header of the next request would show the token
// to another server.
func HTTPClient(authors *http.Client, connections int) (client *http.Client, own *http.Transport) {
	client = new(http.Client)
	if authors != nil {
		*client = *authors
	} else {
		own = newTransport(connections)
		client.Transport = own
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client, own
}

// newTransport makes a transport that keeps the given number of connections alive. It uses HTTP/1.1, as the server does.
// With HTTP/2, all requests would share one connection, and all would be lost if that goes half open.
func newTransport(connections int) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		MaxIdleConns:          connections,
		MaxIdleConnsPerHost:   connections,
		IdleConnTimeout:       90 * time.Second,
		DisableCompression:    true, // the server does not compress, and a Content-Length sizes the buffer
	}
}

// CheckURL is ParseURL with an error that says what it is about.
func CheckURL(text string) (string, error) {
	apiURL, err := ParseURL(text)
	if err != nil {
		return "", fmt.Errorf("API URL: %w", err)
	}
	return apiURL, nil
}

// ParseURL returns the URL of a Bot API server without a slash at its end. An empty text stands for the default. Its error
// shows no password and no token.
func ParseURL(text string) (string, error) {
	if text == "" {
		return gotgbot.DefaultAPIURL, nil
	}
	u, err := url.Parse(text)
	switch {
	case tokenInURL.MatchString(text):
		return "", errors.New("holds a token: leave it out, and write what stands before /bot, such as " + gotgbot.DefaultAPIURL)
	case !strings.Contains(text, "://"):
		return "", fmt.Errorf("does not start with http:// or https://%s", suggestURL(text))
	case err != nil:
		return "", errors.Unwrap(err) // without the URL, which may contain a password
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("does not start with http:// or https://")
	case u.Host == "":
		return "", errors.New("has no host")
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("has a query or a fragment")
	case strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), "/bot"):
		return "", errors.New("ends with /bot: leave that out, because it is added before the token")
	}
	return strings.TrimSuffix(text, "/"), nil
}

var tokenInURL = regexp.MustCompile(`[0-9]{4,}(:|%3[Aa])[A-Za-z0-9_-]{20,}`)

// suggestURL suggests a URL for a text without a scheme: http for an address of a local server, https for any other.
func suggestURL(text string) string {
	host, _, _ := strings.Cut(strings.TrimLeft(text, "/"), "/")
	if host == "" || strings.ContainsAny(host, "@ \t\r\n") {
		return ""
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	scheme := "https"
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil || !strings.Contains(name, ".") {
		scheme = "http"
	}
	return fmt.Sprintf(": did you mean %s://%s?", scheme, host)
}

// testSuffix follows the token of a bot in Telegram's test environment:
// https://core.telegram.org/bots/features#testing-your-bot
const testSuffix = "/test"

// A TokenError reports a token that cannot be one, so that no retry helps.
type TokenError string

// Error says what is wrong with the token. It does not show the token.
func (e TokenError) Error() string { return string(e) }

// CheckToken refuses a token that cannot be part of a URL's path. Its error does not show the token.
func CheckToken(token string) error {
	token = strings.TrimSuffix(token, testSuffix)
	if token == "" {
		return TokenError("the bot's token is empty")
	}
	for _, r := range token {
		if r <= ' ' || r > '~' || r == '/' || r == '?' || r == '#' || r == '%' || r == '\\' {
			return TokenError("the bot's token has a character that no token has (a space, a line end, a slash?)")
		}
	}
	return nil
}

// MethodURL returns the URL at which a method is called. It contains the token.
func MethodURL(apiURL, token, method string) string {
	return apiURL + "/bot" + token + "/" + method
}

// ReadAnswer reads a whole body, up to [MaxAnswer]. It uses the memory of buf and grows it if needed. length is the
// Content-Length, or -1 if that is unknown.
func ReadAnswer(body io.Reader, length int64, buf []byte) ([]byte, error) {
	if length > MaxAnswer {
		return buf[:0], ErrAnswerTooLarge
	}
	buf = buf[:0]
	const step = 4 << 10
	switch {
	case length >= int64(cap(buf)):
		buf = make([]byte, 0, length+1) // one byte more, so that the end is seen without growing
	case cap(buf) == 0:
		buf = make([]byte, 0, step)
	}
	for {
		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case len(buf) > MaxAnswer:
			return buf, ErrAnswerTooLarge
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return buf, err
		case len(buf) == cap(buf):
			grown := make([]byte, len(buf), min(max(2*len(buf), step), MaxAnswer+1))
			copy(grown, buf)
			buf = grown
		}
	}
}
