package exchange

import (
	"context"
	"io"
	"net/http"
	"time"
)

// fallBack lets the Fallback make a request, with a deadline if there is one.
func (t *Transport) fallBack(r *http.Request, deadline time.Time) (*http.Response, error) {
	if deadline.IsZero() {
		return t.fallback.RoundTrip(r)
	}
	ctx, cancel := context.WithDeadline(r.Context(), deadline)
	response, err := t.fallback.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	response.Body = &boundBody{response.Body, cancel}
	return response, nil
}

// A boundBody is the body of an answer whose request has a context of its own, which ends with the body.
type boundBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close closes the body and ends its context.
func (b *boundBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
