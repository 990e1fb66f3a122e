package telegram

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// maxAnswer bounds an answer of the server, in bytes. A getUpdates stops near 4 MiB and overshoots by one update of
// at most 512 KiB, and no other answer is as large.
const maxAnswer = 16 << 20

var (
	errAnswerTooLarge = fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)
	errAnswerEmpty    = errors.New("the answer is empty")
)

// httpClient is the client that requests go through: a copy of the author's, or one with a transport of its own,
// which its owner closes.
//
// It follows no redirect: the Bot API has none, and the Referer of the next request would tell the token to whoever
// the answer names.
func httpClient(authors *http.Client, connections int) (client *http.Client, own *http.Transport) {
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

// newTransport is a transport that keeps as many connections alive as can be in use. It speaks HTTP/1.1, as the
// server does: one connection for all requests would be lost for all when it goes half open.
func newTransport(connections int) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		MaxIdleConns:          connections,
		MaxIdleConnsPerHost:   connections,
		IdleConnTimeout:       90 * time.Second,
		DisableCompression:    true, // the server does not compress, and a length that is known sizes the buffer
	}
}

// checkAPIURL returns the URL of a Bot API server without the slash at its end; the default when it is empty.
func checkAPIURL(text string) (string, error) {
	if text == "" {
		return gotgbot.DefaultAPIURL, nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", fmt.Errorf("API URL: %w", errors.Unwrap(err)) // without the URL: it may hold a password
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("API URL: it does not start with http:// or https://")
	case u.Host == "":
		return "", errors.New("API URL: it names no host")
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("API URL: it has a query or a fragment")
	}
	return strings.TrimSuffix(text, "/"), nil
}

// checkToken refuses what cannot stand in a URL's path, without repeating it.
func checkToken(token string) error {
	if token == "" {
		return errors.New("the bot's token is empty")
	}
	for _, r := range token {
		if r <= ' ' || r > '~' || strings.ContainsRune(`/?#%\`, r) {
			return errors.New("the bot's token holds a character that no token has (a space, a line end, a slash?)")
		}
	}
	return nil
}

// methodURL is where a method is called.
func methodURL(apiURL, token, method string) string {
	return apiURL + "/bot" + token + "/" + method
}

// readAnswer reads a whole body into buf, which it grows, up to [maxAnswer]. length is the Content-Length, or -1.
func readAnswer(body io.Reader, length int64, buf []byte) ([]byte, error) {
	if length > maxAnswer {
		return buf[:0], errAnswerTooLarge
	}
	buf = buf[:0]
	if need := int(max(length, 0)) + 1; cap(buf) < need { // one more, to see the end without growing
		buf = make([]byte, 0, max(need, 4<<10))
	}
	for {
		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case len(buf) > maxAnswer:
			return buf, errAnswerTooLarge
		case err == io.EOF: //nolint:errorlint // a reader returns io.EOF itself
			return buf, nil
		case err != nil:
			return buf, err
		case len(buf) == cap(buf):
			grown := make([]byte, len(buf), min(2*len(buf), maxAnswer+1))
			copy(grown, buf)
			buf = grown
		}
	}
}
