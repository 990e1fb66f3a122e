package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/tggen/tggen/runtime/telegram/internal/botapi"
	"github.com/tggen/tggen/runtime/telegram/internal/redact"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A Delivery says when an update is confirmed to Telegram. Telegram forgets an update that is confirmed.
type Delivery uint8

const (
	// AtMostOnce confirms an update when it was fetched: the next poll confirms it, and that poll starts while the update
	// is handled. No update is handled twice. The updates that are queued or handled when the process is killed are lost.
	AtMostOnce Delivery = iota

	// AtLeastOnce confirms an update when it and all updates before it are finished. A process that is killed loses no
	// update. The next process handles again what was unfinished, and what was finished behind an unfinished update.
	//
	// The server hands out at most 100 updates from the first unconfirmed one on. So a concurrency above 100 is of no
	// use, and an update that takes long stops the fetching once there are 99 others behind it. While an update is
	// unfinished, the server answers every poll at once, mostly with known updates. The poller then asks again when the
	// oldest update is finished, and otherwise after 25 ms, a wait that doubles up to 200 ms.
	AtLeastOnce
)

// String returns the name in spec.yaml, such as "at_least_once".
func (d Delivery) String() string {
	switch d {
	case AtMostOnce:
		return "at_most_once"
	case AtLeastOnce:
		return "at_least_once"
	}
	return fmt.Sprintf("Delivery(%d)", uint8(d))
}

// A Conflict says what to do when another process polls with the same token.
type Conflict uint8

const (
	// ConflictWait tries again until the other process is gone, with the waits of the retry policy but without its limit.
	ConflictWait Conflict = iota
	// ConflictFail ends with an [*APIError].
	ConflictFail
)

// An UpdateSource says how a bot gets its updates, and what becomes of a webhook that is set while it polls.
type UpdateSource uint8

const (
	// SourceAuto takes webhooks if [WebhookSettings].URL is set, and otherwise polls. If a webhook is set while it polls,
	// the bot ends with an [*APIError] that says so: the webhook may belong to another process that handles the updates.
	SourceAuto UpdateSource = iota
	// SourcePolling polls. If a webhook is set, the bot deletes it, and keeps the pending updates.
	SourcePolling
	// SourceWebhook takes webhooks. It is not for a [Poller].
	SourceWebhook
)

const (
	defaultPollTimeout = 30 * time.Second
	maxPollTimeout     = 50 * time.Second
	defaultMaxDelay    = 500 * time.Millisecond

	// pollGrace is how much longer than its own time-out a poll may take before its connection is taken for dead.
	pollGrace = 10 * time.Second
)

// PollingConfig holds the settings of polling that stand under "polling" in spec.yaml. [Config] has one, and
// [PollerConfig] embeds one.
type PollingConfig struct {
	// Timeout is how long the server holds a poll while it has no update: whole seconds, at most 50 s. Default 30 s. If
	// it is negative, the server does not hold polls.
	Timeout time.Duration

	// SpeedTrafficBalance trades speed (0) for less traffic (1). After a batch of fewer than 100 updates the poller
	// waits, so that the next batch is fuller. The wait is
	//
	//	m * tanh(100 b / max(1, m) * t / max(1, n))
	//
	// with b for this balance, m for MaxDelay, and t and n for the time and the number of updates of the last 16
	// batches; times are in milliseconds. The formula is that of grammY runner. Default 0: no wait.
	SpeedTrafficBalance float64

	// MaxDelay bounds that wait. Default 500 ms.
	MaxDelay time.Duration

	// Retry says how failures that may pass are retried. Default: exponential, for 15 hours.
	Retry RetryPolicy

	// OnConflict says what to do when another process polls with the same token. Default ConflictWait.
	OnConflict Conflict

	// DropPending drops the updates that arrived while the bot was not polling: the first poll after a start confirms
	// them unseen. With at-least-once delivery those that a stop left unfinished are dropped, too. Default false.
	DropPending bool
}

// PollerConfig configures a [Poller]. Only Token is required.
type PollerConfig struct {
	// Token is the bot's token. No log line and no error shows it.
	Token string `json:"-"`

	// APIURL is the Bot API server. Default [gotgbot.DefaultAPIURL].
	APIURL string

	// HTTPClient makes the requests. The poller uses a copy that follows no redirects and has no Timeout, because every
	// poll has a deadline: its Timeout and 10 s. Default: a client with a connection of its own, which Close closes.
	HTTPClient *http.Client

	// AllowedUpdates lists the kinds of update to ask the server for. Every poll sends the list, and the server applies
	// it to the updates that arrive from then on. Default nil: no list is sent, and the server uses the last one it was
	// sent. An empty list asks for all kinds but chat_member, message_reaction and message_reaction_count.
	AllowedUpdates []string

	// Kinds is the set of kinds to hand out. Updates of other kinds are dropped before they are decoded, and count as
	// handled. Default, the empty set: all kinds. A set without [wire.KindUnknown] drops kinds that this package does
	// not know.
	Kinds wire.KindSet

	// Delivery says when updates are confirmed. Default AtMostOnce.
	Delivery Delivery

	// Source says what becomes of a webhook that is set. Default SourceAuto.
	Source UpdateSource

	PollingConfig

	// Observer is told about polls: the poller calls Fetched, Dropped and FetchFailed, on the goroutine that runs Fetch.
	// Default nil: nobody is told.
	Observer Observer

	// Logger logs the failures that are retried. Default [slog.Default].
	Logger *slog.Logger
}

// String names the server. It does not show the token.
func (c PollerConfig) String() string { return fmt.Sprintf("telegram.PollerConfig(%s)", c.APIURL) }

// GoString is String, so that no verb of fmt shows the token.
func (c PollerConfig) GoString() string { return c.String() }

func (c PollerConfig) withDefaults() (PollerConfig, error) {
	err := botapi.CheckToken(c.Token)
	if err != nil {
		return c, err
	}
	if c.APIURL, err = botapi.CheckURL(c.APIURL); err != nil {
		return c, err
	}
	if c.PollingConfig, err = c.PollingConfig.withDefaults(); err != nil {
		return c, err
	}
	if c.Delivery > AtLeastOnce {
		return c, fmt.Errorf("delivery %d does not exist", c.Delivery)
	}
	if c.Source > SourcePolling {
		return c, fmt.Errorf("source %d is not one of a poller", c.Source)
	}
	if c.Kinds == 0 {
		c.Kinds = ^c.Kinds
	}
	if c.Observer == nil {
		c.Observer = NopObserver{}
	}
	c.Logger = redact.Logger(c.Logger, c.Token)
	return c, nil
}

func (c PollingConfig) withDefaults() (PollingConfig, error) {
	var err error
	if c.Retry, err = c.Retry.withDefaults(); err != nil {
		return c, err
	}
	switch {
	case c.Timeout == 0:
		c.Timeout = defaultPollTimeout
	case c.Timeout < 0:
		c.Timeout = 0
	}
	if c.MaxDelay == 0 {
		c.MaxDelay = defaultMaxDelay
	}
	switch {
	case c.Timeout > maxPollTimeout || c.Timeout%time.Second != 0:
		return c, fmt.Errorf("polling timeout is %v, and must be whole seconds up to %v", c.Timeout, maxPollTimeout)
	case c.OnConflict > ConflictFail:
		return c, fmt.Errorf("conflict policy %d does not exist", c.OnConflict)
	case !(c.SpeedTrafficBalance >= 0 && c.SpeedTrafficBalance <= 1): // also if it is NaN
		return c, fmt.Errorf("speed traffic balance is %v, and must be between 0 and 1", c.SpeedTrafficBalance)
	case c.MaxDelay < 0:
		return c, errors.New("polling delay is negative")
	}
	return c, nil
}

// allowedJSON returns the list of kinds as the server takes it, or nil if it is not to be sent.
func (c PollerConfig) allowedJSON() (json.RawMessage, error) {
	if c.AllowedUpdates == nil {
		return nil, nil
	}
	return json.Marshal(c.AllowedUpdates)
}
