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

	"github.com/tggen/tggen/runtime/telegram/exchange"
	"github.com/tggen/tggen/runtime/telegram/internal/botapi"
)

// newEndpoint makes what posts calls to a server. What [http.Client] does beyond this: it knows an answer without TLS, and it
// follows redirects and keeps cookies, which the Bot API has not.
func (c *Client) newEndpoint(apiURL string) *exchange.Endpoint {
	header := jsonHeader
	if u, err := url.Parse(apiURL); err == nil && u.User != nil {
		r := http.Request{Header: header.Clone()}
		password, _ := u.User.Password()
		r.SetBasicAuth(u.User.Username(), password)
		header = r.Header
	}
	return c.own.Endpoint(apiURL, header)
}

// post posts a call that attaches no file. The error may show the token. If the answer could not be read, it has its status.
func (c *Client) post(ctx context.Context, timeout time.Duration, o *outgoing) (answer exchange.Answer, err error) {
	body, err := o.json()
	if err != nil {
		return answer, err
	}
	var deadline time.Time
	if timeout > 0 {
		deadline = c.deadline(timeout) // costs less than a context
	}
	endpoint := c.endpoint
	if apiURL := c.GetAPIURL(o.opts); apiURL != c.apiURL {
		endpoint = c.newEndpoint(apiURL)
	}
	answer, err = endpoint.Post(ctx, deadline, body, readWholeAnswer, "/bot", o.token, "/", o.method)
	return answer, withoutTLS(err)
}

// deadline returns the time after timeout, or up to a 64th of timeout later: the calls of some hundred milliseconds have the same
// deadline, so that a connection that serves several of them need not set its timer for each.
func (c *Client) deadline(timeout time.Duration) time.Time {
	step := max(timeout/64, 1)
	passed := time.Since(c.made)
	return c.made.Add((passed + step - 1) / step * step).Add(timeout) // not the sum of both, which may be too large
}

// withoutTLS tells the error of an answer without TLS as http.Client tells it.
func withoutTLS(err error) error {
	if err != nil {
		if e, ok := errors.AsType[tls.RecordHeaderError](err); ok && string(e.RecordHeader[:]) == "HTTP/" {
			return http.ErrSchemeMismatch
		}
	}
	return err
}

// json returns the parameters as the body of a request.
func (o *outgoing) json() ([]byte, error) {
	if o.direct != nil {
		return o.direct.Body, nil
	}
	return jsonBody(o.params)
}

func readWholeAnswer(body io.Reader, length int64) ([]byte, error) {
	return botapi.ReadAnswer(body, length, nil)
}

// postWithNetHTTP posts a call that attaches a file, that is traced, or whose client is the author's. It is like post otherwise.
func (c *Client) postWithNetHTTP(ctx context.Context, timeout time.Duration, o *outgoing) (answer exchange.Answer, err error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	body, err := o.body(ctx)
	if err != nil {
		return answer, err
	}
	defer body.close()
	request, err := newRequest(ctx, botapi.MethodURL(c.GetAPIURL(o.opts), o.token, o.method), body)
	if err != nil {
		return answer, err
	}
	if c.traced {
		setHeader(ctx, request.Header)
	}
	response, err := c.do(request)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	answer.StatusCode, answer.Header = response.StatusCode, response.Header
	answer.Body, err = readWholeAnswer(response.Body, response.ContentLength)
	return answer, err
}

func (c *Client) do(request *http.Request) (*http.Response, error) {
	if c.own == nil {
		return c.authors.Do(request)
	}
	if user := request.URL.User; user != nil {
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	response, err := c.own.RoundTrip(request)
	return response, withoutTLS(err)
}

// body returns the body of a request of net/http.
func (o *outgoing) body(ctx context.Context) (*requestBody, error) {
	if o.upload {
		return multipartBody(ctx, o.params)
	}
	data, err := o.json()
	if err != nil {
		return nil, err
	}
	return &requestBody{data: data, header: jsonHeader, close: func() {}}, nil
}

func newRequest(ctx context.Context, target string, body *requestBody) (*http.Request, error) {
	reader := body.reader
	if body.data != nil {
		reader = bytes.NewReader(body.data) // net/http knows its length, and can read it again
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, reader)
	if err != nil {
		return nil, err
	}
	request.Header = body.header.Clone() // the author's transport may be one that changes it
	return request, nil
}
