package telegram

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"time"
)

// send posts a body to the URL of a method. A deadline that is not zero bounds the exchange and the answer. The caller closes
// the body of the answer. The error may show the token.
func (c *Client) send(ctx context.Context, deadline time.Time, token, method, apiURL string, body *requestBody) (*http.Response, error) {
	target, err := c.target(apiURL, token, method)
	if err != nil {
		return nil, err
	}
	request := newRequest(ctx, target, body)
	if c.own == nil {
		return c.authors.Do(request)
	}
	// What http.Client does beyond this is: to follow redirects, to keep cookies, and to send a password in the URL.
	if user := target.User; user != nil {
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	return c.own.RoundTripBefore(request, deadline)
}

// target returns the URL of a method. For the client's own server, it is put together without parsing.
func (c *Client) target(apiURL, token, method string) (*url.URL, error) {
	if c.base == nil || apiURL != c.apiURL || c.base.RawPath != "" || !isMethodName(method) {
		return url.Parse(methodURL(apiURL, token, method))
	}
	target := *c.base
	target.Path += "/bot" + token + "/" + method
	return &target, nil
}

// isMethodName reports whether a method consists of letters, as all methods of the Bot API do.
func isMethodName(method string) bool {
	for i := range len(method) {
		if c := method[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return method != ""
}

// newRequest makes the request that http.NewRequestWithContext would make. It takes a URL that is parsed already.
func newRequest(ctx context.Context, target *url.URL, body *requestBody) *http.Request {
	request := (&http.Request{
		Method: http.MethodPost,
		URL:    target,
		Host:   target.Host,
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {body.contentType}},
	}).WithContext(ctx)
	if body.data == nil {
		request.Body = io.NopCloser(body.reader)
		return request
	}
	request.ContentLength = int64(len(body.data))
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body.data)), nil }
	request.Body, _ = request.GetBody()
	return request
}
