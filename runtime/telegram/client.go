package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/exchange"
	"github.com/tggen/tggen/runtime/telegram/internal/botapi"
	"github.com/tggen/tggen/runtime/telegram/internal/direct"
	"github.com/tggen/tggen/runtime/telegram/internal/redact"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

const defaultClientTimeout = 30 * time.Second

// DefaultConnections is the default of [ClientConfig].Connections.
const DefaultConnections = exchange.DefaultMaxIdle

// ClientConfig configures a [Client]. The zero ClientConfig is valid.
type ClientConfig struct {
	// APIURL is the Bot API server. Default [gotgbot.DefaultAPIURL].
	APIURL string

	// HTTPClient makes the requests. The client uses a copy that follows no redirects. Default: a transport of package
	// exchange, which takes half of the processor time, and leaves to net/http what it does not do itself: uploads, and
	// proxies, which it takes from the environment.
	HTTPClient *http.Client

	// Connections is how many connections are kept while they are not in use. A bot that has more calls in flight dials
	// all the time. It has no effect on an HTTPClient. Default [DefaultConnections].
	Connections int

	// Timeout bounds each request, in addition to the request's context. A request may take a 64th of it longer. [gotgbot.RequestOpts]
	// can set another time-out for one request. Default 30 s; negative: no bound.
	Timeout time.Duration
}

// A Client makes a bot's calls. It is a [gotgbot.BotClient], so any [gotgbot.Bot] can use it.
//
// It sends the parameters as one piece of JSON, or as multipart if a file is attached. The server reads the same
// parameters as from gotgbot's own client. No error shows the token. A Client is safe for concurrent use.
type Client struct {
	apiURL   string
	timeout  time.Duration
	made     time.Time
	own      *exchange.Transport
	endpoint *exchange.Endpoint // of own, for apiURL
	authors  *http.Client       // nil if the client uses own
	traced   bool               // the heads of requests say which update a call belongs to
}

var _ gotgbot.BotClient = (*Client)(nil)

// NewClient makes a client. It returns an error if the API URL is invalid.
func NewClient(config ClientConfig) (*Client, error) {
	apiURL, err := botapi.CheckURL(config.APIURL)
	if err != nil {
		return nil, fmt.Errorf("making the client: %w", err)
	}
	c := &Client{apiURL: apiURL, timeout: config.Timeout, made: time.Now()}
	if c.timeout == 0 {
		c.timeout = defaultClientTimeout
	}
	if config.HTTPClient != nil {
		c.authors, _ = botapi.HTTPClient(config.HTTPClient, 0)
	} else {
		c.own = exchange.New(exchange.Config{MaxIdle: max(config.Connections, 0)})
		c.endpoint = c.newEndpoint(apiURL)
	}
	return c, nil
}

// RequestWithContext calls a method of the Bot API and returns its result.
//
// An answer with ok=false is returned as a [*gotgbot.TelegramError]. An answer that is not from a Bot API server is
// returned as an [*APIError] if its HTTP status is not 200. opts may set the time-out (negative: none), the server, and
// parameters that override those in params; params is not changed.
//
// A parameter that is a file is read while it is sent, until the file or ctx ends. If a Read of the file blocks, so does
// the call. A request of less than 1 MiB is put together in memory and sent with its length. A larger one is sent in
// chunks.
func (c *Client) RequestWithContext(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
	if opts != nil && len(opts.OverrideParams) > 0 {
		merged := make(map[string]any, len(params)+len(opts.OverrideParams))
		maps.Copy(merged, params)
		maps.Copy(merged, opts.OverrideParams)
		params = merged
	}
	return c.call(ctx, &outgoing{token: token, method: method, opts: opts, params: params, upload: hasFile(params)})
}

// An outgoing is a call on its way to the server.
type outgoing struct {
	token, method string
	opts          *gotgbot.RequestOpts
	params        map[string]any // nil if direct is not
	upload        bool           // a parameter attaches a file
	direct        *direct.Call   // the call, if its parameters are encoded
}

// parameters returns the parameters of the call, for an error.
func (o *outgoing) parameters() map[string]any {
	if o.direct != nil {
		return o.direct.Params()
	}
	return o.params
}

// call makes a call and returns its result.
func (c *Client) call(ctx context.Context, o *outgoing) (json.RawMessage, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	if err := botapi.CheckToken(o.token); err != nil {
		return nil, fmt.Errorf("%s: %w", o.method, err)
	}
	timeout := c.timeout
	if o.opts != nil && o.opts.Timeout != 0 {
		timeout = o.opts.Timeout
	}
	var answer exchange.Answer
	var err error
	if c.own == nil || o.upload || c.traced {
		answer, err = c.postWithNetHTTP(ctx, timeout, o)
	} else {
		answer, err = c.post(ctx, timeout, o)
	}
	switch {
	case err != nil && answer.StatusCode != 0:
		return nil, fmt.Errorf("%s: reading the answer (HTTP %d): %w", o.method, answer.StatusCode, redact.Error(err, o.token))
	case err != nil:
		return nil, fmt.Errorf("%s: %w", o.method, redact.Error(err, o.token))
	}
	return readResult(&answer, o)
}

// readResult returns the result in an answer, which shares memory with it.
func readResult(answer *exchange.Answer, o *outgoing) (json.RawMessage, error) {
	a, err := wire.ScanAnswer(answer.Body)
	if err != nil {
		return nil, notAnAnswer(answer, o.token, o.method)
	}
	if !a.OK {
		if a.Code == 0 {
			a.Code = answer.StatusCode
		}
		return nil, &gotgbot.TelegramError{
			Method:         o.method,
			Params:         o.parameters(),
			Code:           a.Code,
			Description:    redact.Text(a.Description, o.token),
			ResponseParams: a.Parameters,
		}
	}
	if a.Result == nil {
		return nil, fmt.Errorf("%s: the answer has no result", o.method)
	}
	return a.Result, nil
}

// notAnAnswer makes the error for an answer that is not from a Bot API server. The cause is that of encoding/json, whose
// type tells an answer that was cut off.
func notAnAnswer(answer *exchange.Answer, token, method string) error {
	if answer.StatusCode != http.StatusOK {
		return &APIError{Method: method, Code: answer.StatusCode, RetryAfter: retryAfter(answer.Header)}
	}
	err := botapi.ErrAnswerEmpty
	if len(answer.Body) > 0 {
		err = json.Unmarshal(answer.Body, new(gotgbot.Response))
	}
	return fmt.Errorf("%s: the answer is not from a Bot API server: %w", method, redact.Error(err, token))
}

// GetAPIURL returns the server that a request with these opts goes to, without a slash at its end.
func (c *Client) GetAPIURL(opts *gotgbot.RequestOpts) string {
	if opts != nil && opts.APIURL != "" {
		return strings.TrimSuffix(opts.APIURL, "/")
	}
	return c.apiURL
}

// FileURL returns the URL of a file on the server. The URL contains the bot's token, as Telegram requires: whoever knows
// the URL controls the bot. Do not log it, and do not show it to a user.
func (c *Client) FileURL(token, filePath string, opts *gotgbot.RequestOpts) string {
	return c.GetAPIURL(opts) + "/file/bot" + token + "/" + filePath
}

// CloseIdleConnections closes the client's connections that are not in use. It does not close those of an HTTPClient
// that the author brought.
func (c *Client) CloseIdleConnections() {
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
}
