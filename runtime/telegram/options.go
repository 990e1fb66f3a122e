package telegram

import (
	"log/slog"
	"net/http"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// An Option tells [New] what a spec should not hold.
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

// WithToken sets the bot's token. Default: the environment variable BOT_TOKEN.
func WithToken(token string) Option { return func(o *options) { o.token = token } }

// WithAPIURL sets the Bot API server. Default: the environment variable BOT_API_URL, or else
// https://api.telegram.org.
func WithAPIURL(url string) Option { return func(o *options) { o.apiURL = url } }

// WithBotClient sets what makes the handlers' calls. Default: a [Client]. Polling does not go through it.
func WithBotClient(client gotgbot.BotClient) Option { return func(o *options) { o.client = client } }

// WithHTTPClient sets the client for polling and, unless WithBotClient is given too, for calls. Its time-out does not
// apply to polling. Default: one of its own for each.
func WithHTTPClient(client *http.Client) Option { return func(o *options) { o.http = client } }

// WithLogger sets where failures are logged. Default: [slog.Default].
func WithLogger(logger *slog.Logger) Option { return func(o *options) { o.logger = logger } }

// WithObserver sets who is told what the bot does. Default: nobody, at no cost.
func WithObserver(observer Observer) Option { return func(o *options) { o.observer = observer } }

// WithConfig changes what the spec says, for a setting that is only known when the bot starts, such as the time-out
// or the concurrency.
func WithConfig(change func(*Config)) Option {
	return func(o *options) { o.change = append(o.change, change) }
}
