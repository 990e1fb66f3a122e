package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/tggen/tggen/runtime/telegram/internal/botapi"
	"github.com/tggen/tggen/runtime/telegram/internal/prompt"
	"github.com/tggen/tggen/runtime/telegram/internal/redact"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

const (
	// keepAnswer and keepUpdates bound the memory that is kept from one poll to the next, in bytes and in updates. The
	// answer of a correct server fits.
	keepAnswer  = 5 << 20
	keepUpdates = 1024
)

// request calls getUpdates once. The updates it returns are valid until the next call. If the server answers with an
// error, request returns an [*APIError]. No error shows the token.
func (p *Poller) request(ctx context.Context, offset int64, limit int, timeout time.Duration) ([]wire.RawUpdate, error) {
	p.sent, p.sentAt = offset, time.Now()
	own, cancel := context.WithTimeout(ctx, timeout+pollGrace)
	defer cancel()
	updates, err := p.exchange(own, p.query(offset, limit, timeout))
	if err == nil {
		return updates, nil
	}
	if own.Err() != nil && ctx.Err() == nil {
		if p.own != nil {
			p.own.CloseIdleConnections() // the next poll must not use the same dead connection
		}
		return nil, fmt.Errorf("getUpdates: no answer within %v, the connection was dropped: %w", timeout+pollGrace, context.DeadlineExceeded)
	}
	var api *APIError
	if errors.As(err, &api) {
		return nil, err
	}
	return nil, fmt.Errorf("getUpdates: %w", redact.Error(err, p.config.Token))
}

// query returns the body of a request. Its memory is not reused, because a transport may still read it after the request
// was interrupted.
func (p *Poller) query(offset int64, limit int, timeout time.Duration) []byte {
	b := make([]byte, 0, 96+len(p.allow))
	b = append(b, `{"limit":`...)
	b = strconv.AppendInt(b, int64(limit), 10)
	b = append(b, `,"timeout":`...)
	b = strconv.AppendInt(b, int64(timeout/time.Second), 10)
	if offset != 0 {
		b = append(b, `,"offset":`...)
		b = strconv.AppendInt(b, offset, 10)
	}
	if p.allow != nil {
		b = append(b, `,"allowed_updates":`...)
		b = append(b, p.allow...)
	}
	return append(b, '}')
}

func (p *Poller) exchange(ctx context.Context, query []byte) ([]wire.RawUpdate, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := p.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if cap(p.answer) > keepAnswer {
		p.answer = nil
	}
	p.answer, err = botapi.ReadAnswer(response.Body, response.ContentLength, p.answer)
	if err != nil {
		return nil, fmt.Errorf("reading the answer (HTTP %d): %w", response.StatusCode, err)
	}
	return p.split(response)
}

func (p *Poller) split(response *http.Response) ([]wire.RawUpdate, error) {
	updates, fail, err := wire.SplitReply(p.answer, p.updates[:0])
	if err == nil && fail == nil && response.StatusCode == http.StatusOK {
		if p.updates = updates; cap(updates) > keepUpdates {
			p.updates = nil
		}
		return updates, nil
	}
	if fail != nil {
		api := &APIError{
			Method:      "getUpdates",
			Code:        fail.Code,
			Description: redact.Text(fail.Description, p.config.Token),
			RetryAfter:  seconds(fail.RetryAfter),
		}
		if api.Code == 0 {
			api.Code = response.StatusCode
		}
		if api.RetryAfter == 0 {
			api.RetryAfter = retryAfter(response.Header)
		}
		return nil, api
	}
	if response.StatusCode != http.StatusOK { // from a proxy in front of the Bot API server
		return nil, &APIError{Method: "getUpdates", Code: response.StatusCode, RetryAfter: retryAfter(response.Header)}
	}
	if len(p.answer) == 0 {
		err = botapi.ErrAnswerEmpty
	}
	return nil, fmt.Errorf("the answer is not from a Bot API server: %w", err)
}

// retryAfter returns the time in the Retry-After header. It is 0 if the header is not a number of seconds.
func retryAfter(header http.Header) time.Duration {
	n, err := strconv.ParseInt(header.Get("Retry-After"), 10, 64)
	if err != nil {
		return 0
	}
	return seconds(n)
}

// seconds returns n seconds as a Duration: 0 if n is negative, and at most a year, so that it does not overflow.
func seconds(n int64) time.Duration {
	const year = 365 * 24 * 60 * 60
	return time.Duration(min(max(n, 0), year)) * time.Second
}

// Prompt makes the poller look at once whether the answer to its poll has arrived. While all processors are busy, Go's
// scheduler may notice an answer late: it looks at the network when a processor has nothing else to run. Prompt does
// nothing if no poll is under way, or if the author brought the HTTP client. It does not block, and may be called
// concurrently. It is meant for [runtime.SinkConfig].OnLow.
func (p *Poller) Prompt() {
	if line := p.line.Load(); line != nil {
		line.Prompt()
	}
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// dial wraps the poller's connections so that Prompt works on them.
func (p *Poller) dial(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		line := &prompt.Conn{Conn: conn}
		p.line.Store(line)
		return line, nil
	}
}
