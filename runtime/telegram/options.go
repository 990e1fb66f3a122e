package telegram

import (
	"cmp"
	"log/slog"
	"net/http"
	"os"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/session"
)

// The environment variables that [New] reads. Nothing else in this package reads the environment, except that the default
// HTTP clients take their proxy from it, as [http.ProxyFromEnvironment] says.
const (
	tokenVariable  = "BOT_TOKEN"
	apiURLVariable = "BOT_API_URL"

	webhookURLVariable    = "BOT_WEBHOOK_URL"
	webhookListenVariable = "BOT_WEBHOOK_LISTEN"
	webhookSecretVariable = "BOT_WEBHOOK_SECRET"

	traceURLVariable = "BOT_TRACE_URL"
)

// An Option tells [New] what does not belong in a spec.
type Option func(*options)

type options struct {
	token    setting
	apiURL   setting
	traceURL string // where the environment wants the bot to be traced
	calls    []func(gotgbot.BotClient) gotgbot.BotClient
	http     *http.Client
	logger   *slog.Logger
	observer Observer
	store    session.Store
	queue    queue.Opener

	reserve int // in bytes

	storeGiven bool            // store is not the default
	webhook    WebhookSettings // what the environment says
	change     []func(*Config)
}

// A setting is a text and where it is from, for errors.
type setting struct{ text, from string }

// newOptions applies opts to the defaults. It is the only place that reads the environment.
func newOptions(opts []Option) options {
	o := options{
		token:   setting{os.Getenv(tokenVariable), tokenVariable},
		apiURL:  setting{os.Getenv(apiURLVariable), apiURLVariable},
		logger:  slog.Default(),
		reserve: DefaultHeapReserve,

		traceURL: os.Getenv(traceURLVariable),
		webhook: WebhookSettings{
			URL:    os.Getenv(webhookURLVariable),
			Listen: os.Getenv(webhookListenVariable),
			Secret: os.Getenv(webhookSecretVariable),
		},
	}
	for _, opt := range opts {
		opt(&o)
	}
	if o.storeGiven = o.store != nil; !o.storeGiven {
		o.store = session.NewMemory(session.MemoryConfig{})
	}
	return o
}

// apply puts what the environment and the options say into the settings of the spec.
func (o *options) apply(config *Config) {
	w := &config.Webhook
	w.URL = cmp.Or(o.webhook.URL, w.URL)
	w.Listen = cmp.Or(o.webhook.Listen, w.Listen)
	w.Secret = cmp.Or(o.webhook.Secret, w.Secret)
	for _, change := range o.change {
		change(config)
	}
	if w.URL == WebhookNone {
		w.URL = ""
		if config.Source == SourceAuto {
			config.Source = SourcePolling
		}
	}
}

// WithToken sets the bot's token. That of a bot in Telegram's test environment ends with "/test". Default: the environment variable BOT_TOKEN.
func WithToken(token string) Option {
	return func(o *options) { o.token = setting{token, "WithToken"} }
}

// WithAPIURL sets the Bot API server. Default: the environment variable BOT_API_URL, or https://api.telegram.org if that
// is not set.
func WithAPIURL(url string) Option {
	return func(o *options) { o.apiURL = setting{url, "WithAPIURL"} }
}

// WithCalls puts links around the client that makes the bot's calls. The first link is the outermost. Polling does not use
// them.
//
// New calls each link once, with the client or with the next link. The link returns a client that does something more. It
// sees each attempt of a call, because the retries and the waits of [CallsConfig] are outside of it. [calls.Wrap] makes a
// link of one function. A bot's calls go to its server with its token, also through a link that makes a client of its own
// and ignores the one that it was given:
//
//	telegram.WithCalls(func(gotgbot.BotClient) gotgbot.BotClient { return &gotgbot.BaseBotClient{} })
//
// The links of several WithCalls are put around each other in the order of the options.
func WithCalls(middleware ...func(gotgbot.BotClient) gotgbot.BotClient) Option {
	return func(o *options) { o.calls = append(o.calls, middleware...) }
}

// WithHTTPClient sets the HTTP client for polling and for the bot's calls. Its Timeout does not apply to polling. Default: one
// HTTP client for each of the two.
func WithHTTPClient(client *http.Client) Option { return func(o *options) { o.http = client } }

// WithLogger sets the logger for what the bot does at its start and end, and for failures. The bot logs nothing that shows
// its token. Default: [slog.Default].
func WithLogger(logger *slog.Logger) Option { return func(o *options) { o.logger = logger } }

// WithObserver sets an observer that is told what the bot does. If it is a [Tracer], it is also told when the work begins. If it has a
// method Attached(bot *Bot), New calls that with the bot, so that it can ask for [Bot.Stats]. Default: none, which costs nothing.
func WithObserver(observer Observer) Option { return func(o *options) { o.observer = observer } }

// WithStore sets where sessions and the journal are kept. Several bots may share a store, because the keys of a bot begin with
// its id. The bot does not close the store. Default: a [session.Memory], which ends with the process.
func WithStore(store session.Store) Option { return func(o *options) { o.store = store } }

// WithQueue sets what opens the durable queue of the bot, see [QueueConfig]. The bot opens the queue when it starts, and closes it when
// it stops. Its name is "bot" and the id of the bot, so that several bots may share an opener. All processes that open the same queue
// share the work: one of them polls, or each takes webhooks, and each handles the updates of some of the partitions.
//
// An update is confirmed to Telegram when it is stored in the queue. It is handled at least once. Updates with the same constraint are
// handled in order, also when another process takes over. Sessions need a store that all processes share: see [WithStore].
func WithQueue(opener queue.Opener) Option { return func(o *options) { o.queue = opener } }

// DefaultHeapReserve is the default of [WithHeapReserve], in bytes.
const DefaultHeapReserve = 8 << 20

// WithHeapReserve sets by how much more the garbage collector takes the heap of the process for while the bot runs, in bytes. The
// heap of a busy bot is a few MiB. Go's collector runs when the heap has doubled, which would be a hundred times a second, and would
// take a fifth of the bot's processor time. With the reserve it runs as often as if the heap were larger by that.
//
// The reserve is memory that the bot allocates and never touches. If the Go runtime takes it fresh from the operating system, as it
// does at the start of a process, it takes addresses and no memory of the machine. If the process has freed as much before, such as
// the reserve of a bot that was stopped, it takes memory. Up to as many bytes of garbage as the reserve is large wait for the
// collector (with GOGC=200 twice as many, and so on). The reserve counts for GOMEMLIMIT.
//
// Default [DefaultHeapReserve]; 0: none. If many bots run in one process, one reserve is enough for all of them.
func WithHeapReserve(bytes int) Option { return func(o *options) { o.reserve = max(bytes, 0) } }

// WithConfig changes the settings of the spec. Use it for a setting that is known only when the bot starts, such as the
// concurrency. Several changes are made in the order of the options.
func WithConfig(change func(*Config)) Option {
	return func(o *options) { o.change = append(o.change, change) }
}
