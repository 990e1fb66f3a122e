package telegram

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/inbox"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// Defaults of [WebhookSettings].
const (
	DefaultListen             = ":8080"
	DefaultWebhookPath        = "/telegram"
	DefaultWebhookConnections = 40
)

const (
	maxConnections      = 100
	defaultAnswerWithin = 45 * time.Second
	defaultMaxBody      = 1 << 20

	// requestsPerConnection is how many deliveries may be in progress for each connection of the server. A proxy may keep
	// a delivery that the server has given up.
	requestsPerConnection = 4

	// bodiesAtOnce bounds the bodies that are being read or wait for Fetch, in bytes.
	bodiesAtOnce = 32 << 20

	bodyTime = 10 * time.Second
)

const (
	// WebhookNone is the value of [WebhookSettings].URL with which a bot with SourceAuto does what one with SourcePolling
	// does. So the environment alone can lead a bot from polling to a webhook and back.
	WebhookNone = "none"

	// ListenNone is the value of [WebhookSettings].Listen with which a bot does not listen itself.
	ListenNone = "none"
)

// WebhookConfig configures a [Webhook]. Only Secret is required.
//
// The memory that a webhook takes is bounded: by four requests in progress and four waiting updates for each of
// Connections, and by 32 MiB for their bodies together. What is beyond is answered with 503 before its body is read.
type WebhookConfig struct {
	// Secret is the secret_token that was given to setWebhook: 1 to 256 of the characters A-Z, a-z, 0-9, _ and -.
	Secret string `json:"-"`

	// Kinds is the set of kinds to hand out, as in [PollerConfig]. Default, the empty set: all kinds.
	Kinds wire.KindSet

	// Delivery says when a delivery is answered. Default AtMostOnce.
	Delivery Delivery

	// Connections is the max_connections that was given to setWebhook, 1 to 100. Default 40.
	Connections int

	// AnswerWithin is how long a delivery waits until its update is done. Then the server is told to come again, and the
	// next delivery waits. Choose it shorter than the time-out of every proxy in front. Default 45 s.
	AnswerWithin time.Duration

	// MaxBody is the size of the largest body, in bytes. Default 1 MiB. The server's updates have at most 512 KiB.
	MaxBody int64

	// Observer is told about updates: the webhook calls Dropped for an update of a kind that is not wanted, and Fetched
	// for the updates that Fetch returns, with the time for which the first of them has waited. Default nil: nobody is
	// told.
	Observer Observer
}

// String shows nothing of the secret.
func (c WebhookConfig) String() string {
	return fmt.Sprintf("telegram.WebhookConfig(%v, %d connections)", c.Delivery, c.Connections)
}

// GoString is String, so that no verb of fmt shows the secret.
func (c WebhookConfig) GoString() string { return c.String() }

func (c WebhookConfig) withDefaults() (WebhookConfig, error) {
	if err := inbox.CheckSecret(c.Secret); err != nil {
		return c, err
	}
	if c.Kinds == 0 {
		c.Kinds = ^c.Kinds
	}
	if c.Connections == 0 {
		c.Connections = DefaultWebhookConnections
	}
	if c.AnswerWithin == 0 {
		c.AnswerWithin = defaultAnswerWithin
	}
	if c.MaxBody == 0 {
		c.MaxBody = defaultMaxBody
	}
	if c.Observer == nil {
		c.Observer = NopObserver{}
	}
	switch {
	case c.Delivery > AtLeastOnce:
		return c, fmt.Errorf("delivery %d does not exist", c.Delivery)
	case c.Connections < 1 || c.Connections > maxConnections:
		return c, fmt.Errorf("%d connections are not between 1 and %d", c.Connections, maxConnections)
	case c.AnswerWithin < 0:
		return c, fmt.Errorf("the time to answer within, %v, is negative", c.AnswerWithin)
	case c.MaxBody < 0:
		return c, fmt.Errorf("the size of the largest body, %d bytes, is negative", c.MaxBody)
	}
	return c, nil
}

// A WebhookRegistration says when a bot calls setWebhook.
type WebhookRegistration uint8

const (
	// RegisterChanged asks the server which webhook is set, and sets the bot's if the two differ: in the URL, the secret,
	// the allowed updates, or the connections.
	RegisterChanged WebhookRegistration = iota
	// RegisterNever sets nothing. Somebody else calls setWebhook, with the same secret.
	RegisterNever
)

// WebhookSettings holds the settings of a bot that gets its updates by a webhook. Those that spec.yaml has stand under
// "webhook" there. [New] first puts in what the environment says, and then makes the changes of [WithConfig].
type WebhookSettings struct {
	// URL is the public address, such as https://bot.example.com, or [WebhookNone]. If it has no path, Path is added;
	// otherwise a proxy must lead the address to Path. api.telegram.org takes only https, on the ports 443, 80, 88 and
	// 8443. Default: the environment variable BOT_WEBHOOK_URL.
	URL string

	// Secret is what proves that a request is from the server: 1 to 256 of the characters A-Z, a-z, 0-9, _ and -. Default:
	// the environment variable BOT_WEBHOOK_SECRET, or else a text that is derived from the token, the same in all replicas.
	Secret string `json:"-"`

	// Listen is the address that Start listens on: a host, which may be empty, and a port. GET /livez and GET /readyz are
	// answered there, too, as [Bot.Health] says, and every other path with 404. The environment variable
	// BOT_WEBHOOK_LISTEN overrides that of spec.yaml. With [ListenNone] the bot does not listen, and the author's server
	// passes the requests to [Bot.Webhook]. Default ":8080".
	Listen string

	// Path is the path of the requests. It has no meaning with ListenNone, except that URL may need it. Default
	// "/telegram".
	Path string

	// Connections is how many deliveries the server makes at once, 1 to 100. Default 40.
	Connections int

	// AnswerWithin is how long a delivery waits until its update is done: see [WebhookConfig]. Default 45 s.
	AnswerWithin time.Duration

	// Register says when the bot calls setWebhook. Default RegisterChanged.
	Register WebhookRegistration

	// CertFile and KeyFile are PEM files for TLS. They are read by Start. The certificate must be one that Telegram
	// trusts. Default: no TLS, because a proxy in front has it.
	CertFile, KeyFile string
}

// String names the address. It shows nothing of the secret.
func (s WebhookSettings) String() string {
	return fmt.Sprintf("telegram.WebhookSettings(%s, %s)", s.Listen, s.Path)
}

// GoString is String, so that no verb of fmt shows the secret.
func (s WebhookSettings) GoString() string { return s.String() }

// isWebhook reports whether a bot gets its updates by a webhook.
func (c *Config) isWebhook() bool {
	return c.Source == SourceWebhook || c.Source == SourceAuto && c.Webhook.URL != ""
}

func (s WebhookSettings) withDefaults(token, apiURL string) (WebhookSettings, error) {
	if s.Secret == "" {
		s.Secret = inbox.DeriveSecret(token)
	}
	if s.Listen == "" {
		s.Listen = DefaultListen
	}
	if s.Path == "" {
		s.Path = DefaultWebhookPath
	}
	if s.Connections == 0 {
		s.Connections = DefaultWebhookConnections
	}
	if err := inbox.CheckSecret(s.Secret); err != nil {
		return s, fmt.Errorf("%s: %w", webhookSecretVariable, err)
	}
	switch {
	case !canListen(s.Listen):
		return s, fmt.Errorf("the address %q (%s) is not a host, which may be left out, a colon and a port", s.Listen, webhookListenVariable)
	case s.Register > RegisterNever:
		return s, fmt.Errorf("registration %d does not exist", s.Register)
	case !strings.HasPrefix(s.Path, "/") || strings.ContainsAny(s.Path, "?# "):
		return s, fmt.Errorf("the path %q is not one that starts with / and has no query", s.Path)
	case (s.CertFile == "") != (s.KeyFile == ""):
		return s, errors.New("a certificate needs CertFile and KeyFile")
	case s.URL == "" && s.Register == RegisterNever:
		return s, nil
	case s.URL == "":
		return s, fmt.Errorf("there is no public address: set %s, such as https://bot.example.com, or write register: never "+
			"in the spec if somebody else calls setWebhook", webhookURLVariable)
	}
	full, err := webhookURL(s.URL, s.Path, apiURL)
	if err != nil {
		return s, fmt.Errorf("the public address (%s): %w", webhookURLVariable, err)
	}
	s.URL = full
	return s, nil
}

// canListen reports whether an address has the form that Listen needs. Package net takes one without a port, too, and listens on any
// that is free: that is what ":$PORT" means in an environment without PORT.
func canListen(address string) bool {
	_, port, err := net.SplitHostPort(address)
	return address == ListenNone || err == nil && port != ""
}

// webhookURL returns the URL that the server is told, without the fingerprint.
func webhookURL(text, path, apiURL string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case !strings.Contains(text, "://"):
		return "", errors.New("does not start with https://")
	case err != nil:
		return "", errors.Unwrap(err)
	case u.Scheme != "https" && u.Scheme != "http":
		return "", errors.New("does not start with https://")
	case u.Hostname() == "":
		return "", errors.New("has no host")
	case u.User != nil:
		return "", errors.New("has a user or a password")
	case u.Fragment != "":
		return "", errors.New("has a fragment")
	}
	if apiURL == gotgbot.DefaultAPIURL {
		switch port := u.Port(); {
		case u.Scheme != "https":
			return "", errors.New("starts with http://, and Telegram takes only https://")
		case port != "" && port != "443" && port != "80" && port != "88" && port != "8443":
			return "", fmt.Errorf("has the port %s, and Telegram takes only 443, 80, 88 and 8443", port)
		}
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = path
	}
	return u.String(), nil
}
