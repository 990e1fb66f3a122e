package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

const (
	defaultClientTimeout     = 30 * time.Second
	defaultClientConnections = 100
)

// ClientConfig configures a [Client]. Its zero value is ready to use.
type ClientConfig struct {
	// APIURL is the Bot API server. Default [gotgbot.DefaultAPIURL].
	APIURL string

	// HTTPClient makes the requests. It is copied, and the copy follows no redirects. Default: one that keeps up to
	// 100 connections alive and takes its proxy from the environment.
	HTTPClient *http.Client

	// Timeout bounds each request whose [gotgbot.RequestOpts] do not name another, in addition to its context.
	// Default 30 s; negative means no bound.
	Timeout time.Duration
}

// A Client makes a bot's calls: it is the [gotgbot.BotClient] that a [gotgbot.Bot] of this package has.
//
// It sends the parameters as JSON, in one piece with its length, and only as multipart when a file is attached; what
// the server reads is the same as with gotgbot's own client. Its errors never hold the token. It is safe for
// concurrent use.
type Client struct {
	apiURL  string
	timeout time.Duration
	http    *http.Client
	own     *http.Transport
}

var _ gotgbot.BotClient = (*Client)(nil)

// NewClient makes a client.
func NewClient(config ClientConfig) *Client {
	c := &Client{apiURL: strings.TrimSuffix(config.APIURL, "/"), timeout: config.Timeout}
	if c.apiURL == "" {
		c.apiURL = gotgbot.DefaultAPIURL
	}
	if c.timeout == 0 {
		c.timeout = defaultClientTimeout
	}
	c.http, c.own = httpClient(config.HTTPClient, defaultClientConnections)
	return c
}

// RequestWithContext calls a method of the Bot API and returns its result.
//
// An answer with ok=false is a [*gotgbot.TelegramError]; any other answer that is no result is a [*APIError] if its
// HTTP status says more than 200 does. opts may set the time-out (negative: none), the server, and parameters that
// override those in params, which stays as it is.
//
// A parameter that is a file is read while it is sent, until it is at its end or ctx is; a Read of it that blocks
// holds the call. Up to 1 MiB a file is held in memory and sent with its length; more is sent in chunks.
func (c *Client) RequestWithContext(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	timeout := c.timeout
	if opts != nil {
		if opts.Timeout != 0 {
			timeout = opts.Timeout
		}
		if len(opts.OverrideParams) > 0 {
			merged := make(map[string]any, len(params)+len(opts.OverrideParams))
			maps.Copy(merged, params)
			maps.Copy(merged, opts.OverrideParams)
			params = merged
		}
	}
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	result, err := c.call(ctx, token, method, params, opts)
	if err != nil {
		return nil, err
	}
	return result, nil
}

func (c *Client) call(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
	if err := checkToken(token); err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	body, err := newBody(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, redact(err, token))
	}
	defer body.close()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, methodURL(c.GetAPIURL(opts), token, method), body.reader)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, redact(err, token))
	}
	request.Header.Set("Content-Type", body.contentType)

	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, redact(err, token))
	}
	defer response.Body.Close()
	answer, err := readAnswer(response.Body, response.ContentLength, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: reading the answer (HTTP %d): %w", method, response.StatusCode, redact(err, token))
	}
	return readResult(answer, response, token, method, params)
}

func readResult(answer []byte, response *http.Response, token, method string, params map[string]any) (json.RawMessage, error) {
	var r gotgbot.Response
	if err := json.Unmarshal(answer, &r); err != nil {
		if response.StatusCode != http.StatusOK {
			return nil, &APIError{Method: method, Code: response.StatusCode, RetryAfter: retryAfter(response.Header)}
		}
		if len(answer) == 0 {
			err = errAnswerEmpty
		}
		return nil, fmt.Errorf("%s: not an answer of a Bot API server: %w", method, redact(err, token))
	}
	if !r.Ok {
		if r.ErrorCode == 0 {
			r.ErrorCode = response.StatusCode
		}
		return nil, &gotgbot.TelegramError{
			Method:         method,
			Params:         params,
			Code:           r.ErrorCode,
			Description:    redactText(r.Description, token),
			ResponseParams: r.Parameters,
		}
	}
	if r.Result == nil {
		return nil, fmt.Errorf("%s: %w", method, errors.New("the answer has no result"))
	}
	return r.Result, nil
}

// GetAPIURL is the server that a request with these opts goes to, without a slash at its end.
func (c *Client) GetAPIURL(opts *gotgbot.RequestOpts) string {
	if opts != nil && opts.APIURL != "" {
		return strings.TrimSuffix(opts.APIURL, "/")
	}
	return c.apiURL
}

// FileURL is where a file of the server can be downloaded. It holds the bot's token, as Telegram wants it: whoever
// has the URL has the bot. Do not log it, and do not hand it to a user.
func (c *Client) FileURL(token, filePath string, opts *gotgbot.RequestOpts) string {
	return c.GetAPIURL(opts) + "/file/bot" + token + "/" + filePath
}

// CloseIdleConnections closes the connections that are kept alive and not in use. It does nothing to those of an
// HTTPClient that the author brought, which are the author's to close.
func (c *Client) CloseIdleConnections() {
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
}
