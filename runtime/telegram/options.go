package telegram

import (
	"log/slog"
	"net/http"
	"os"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// The environment variables that [New] reads. Nothing else in this package reads the environment, except that the default
// HTTP clients take their proxy from it, as [http.ProxyFromEnvironment] says.
const (
	tokenVariable  = "BOT_TOKEN"
	apiURLVariable = "BOT_API_URL"
)

// An Option tells [New] what does not belong in a spec.
type Option func(*options)

type options struct {
	token    string
	apiURL   string
	client   gotgbot.BotClient
	http     *http.Client
	logger   *slog.Logger
	observer Observer
	change   []func(*Config)
}

// newOptions applies opts to the defaults. It is the only place that reads BOT_TOKEN and BOT_API_URL.
func newOptions(opts []Option) options {
	o := options{token: os.Getenv(tokenVariable), apiURL: os.Getenv(apiURLVariable), logger: slog.Default()}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// WithToken sets the bot's token. Default: the environment variable BOT_TOKEN.
func WithToken(token string) Option { return func(o *options) { o.token = token } }

// WithAPIURL sets the Bot API server. Default: the environment variable BOT_API_URL, or https://api.telegram.org if that
// is not set.
func WithAPIURL(url string) Option { return func(o *options) { o.apiURL = url } }

// WithBotClient sets the client that makes the handlers' calls. Polling does not use it. Default: a [Client].
func WithBotClient(client gotgbot.BotClient) Option { return func(o *options) { o.client = client } }

// WithHTTPClient sets the HTTP client for polling and, unless WithBotClient is given, for the handlers' calls. Its
// Timeout does not apply to polling. Default: one HTTP client for each of the two.
func WithHTTPClient(client *http.Client) Option { return func(o *options) { o.http = client } }

// WithLogger sets the logger for failures. Default: [slog.Default].
func WithLogger(logger *slog.Logger) Option { return func(o *options) { o.logger = logger } }

// WithObserver sets an observer that is told what the bot does. Default: none, which costs nothing.
func WithObserver(observer Observer) Option { return func(o *options) { o.observer = observer } }

// WithConfig changes the settings of the spec. Use it for a setting that is known only when the bot starts, such as the
// concurrency. Several changes are made in the order of the options.
func WithConfig(change func(*Config)) Option {
	return func(o *options) { o.change = append(o.change, change) }
}
