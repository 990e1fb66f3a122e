package telegram

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
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
		request.Header = request.Header.Clone() // the author's transport may be one that changes it
		return c.authors.Do(request)
	}
	// What http.Client does beyond this: it sends a password in the URL, it knows an answer without TLS, and it follows
	// redirects and keeps cookies, which the Bot API has not.
	if user := target.User; user != nil {
		request.Header = request.Header.Clone()
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	response, err := c.own.RoundTripBefore(request, deadline)
	if e, ok := errors.AsType[tls.RecordHeaderError](err); ok && string(e.RecordHeader[:]) == "HTTP/" {
		return nil, http.ErrSchemeMismatch
	}
	return response, err
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

// template is what the requests of all calls have in common. It is on the heap, so that the stack of a handler need not grow
// for a request.
var template = &http.Request{Method: http.MethodPost, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}

// newRequest makes the request that http.NewRequestWithContext would make. It takes a URL that is parsed already.
func newRequest(ctx context.Context, target *url.URL, body *requestBody) *http.Request {
	request := template.WithContext(ctx)
	request.URL, request.Host = target, target.Host
	request.Header = body.header
	if body.data == nil {
		request.Body = io.NopCloser(body.reader)
		return request
	}
	request.ContentLength = int64(len(body.data))
	request.GetBody = body.again
	request.Body = newDataReader(body.data)
	return request
}

// A dataReader reads a body that is in memory.
type dataReader struct{ bytes.Reader }

func newDataReader(data []byte) *dataReader {
	r := new(dataReader)
	r.Reset(data)
	return r
}

// Close does nothing.
func (*dataReader) Close() error { return nil }

// again returns a new reader of a body that is in memory.
func (b *requestBody) again() (io.ReadCloser, error) { return newDataReader(b.data), nil }
