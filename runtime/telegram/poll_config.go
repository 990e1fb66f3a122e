package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A Delivery says when an update is confirmed to Telegram, which then forgets it.
type Delivery uint8

const (
	// AtMostOnce confirms an update once it was fetched: by the next poll, which goes out while it is being
	// handled. An update is not handled twice, and is lost when the process is killed while handling it.
	AtMostOnce Delivery = iota

	// AtLeastOnce confirms an update only after it and all before it are finished. A process that is killed loses
	// nothing, and handles what it was at, and what it finished behind that, again.
	//
	// The server hands out at most 100 updates from the first unconfirmed one on, so at most 100 updates are in
	// hand: a higher concurrency brings nothing, and an update that takes long holds up the fetching once there are
	// 99 behind it. While anything is unfinished the server answers every poll at once, mostly with what is known
	// already. The poller then looks for new updates when the oldest one is finished, and else after 25 ms,
	// doubling to 200 ms.
	AtLeastOnce
)

// A Conflict says what to do when another process polls with the same token.
type Conflict uint8

const (
	// ConflictWait tries again, by the retry policy but without its limit, until the other is gone.
	ConflictWait Conflict = iota
	// ConflictFail ends with an [*APIError].
	ConflictFail
)

const (
	defaultPollTimeout = 30 * time.Second
	maxPollTimeout     = 50 * time.Second
	defaultMaxDelay    = 500 * time.Millisecond

	// pollGrace is what a poll may take over its own time-out before its connection counts as dead.
	pollGrace = 10 * time.Second
)

// PollerConfig configures a [Poller]. Only Token is required.
type PollerConfig struct {
	// Token is the bot's token. No log line and no error holds it.
	Token string `json:"-"`

	// APIURL is the Bot API server. Default [gotgbot.DefaultAPIURL].
	APIURL string

	// HTTPClient makes the requests. It is copied; the copy follows no redirects and has no Timeout of its own, as
	// every poll has a deadline: Timeout and 10 s. Default: a client with a connection of its own, which Close
	// closes.
	HTTPClient *http.Client

	// AllowedUpdates is the kinds of update to ask the server for. It is sent with every poll, and the server
	// applies it to what arrives from then on. Default nil: it is not sent, and the server uses the list it was
	// last told. An empty list asks for all but chat_member, message_reaction and message_reaction_count.
	AllowedUpdates []string

	// Wanted is the kinds of update to hand out. The others are dropped before they are decoded, and count as
	// handled. Default, the empty set: all kinds. A set without [wire.KindUnknown] drops kinds this package does not
	// know.
	Wanted wire.KindSet

	// Timeout is how long the server holds a poll for which it has no update: whole seconds up to 50 s. Default
	// 30 s; negative means that it does not.
	Timeout time.Duration

	// Delivery is when updates are confirmed. Default AtMostOnce.
	Delivery Delivery

	// Retry is how failures that may pass are retried. Default: exponential, for 15 hours.
	Retry RetryPolicy

	// OnConflict is what to do when another process polls with the same token. Default ConflictWait.
	OnConflict Conflict

	// SpeedTrafficBalance trades speed (0) for traffic (1): after a batch of fewer than 100 updates the poller
	// waits, up to MaxDelay, so that the next one is fuller. With b for it, m for MaxDelay and times in
	// milliseconds, it waits m * tanh(100 b / max(1, m) * t / max(1, n)), where the last 16 batches took t and held
	// n updates. Default 0: it never waits.
	SpeedTrafficBalance float64

	// MaxDelay bounds that wait. Default 500 ms.
	MaxDelay time.Duration

	// Hooks are told what happens.
	Hooks PollerHooks

	// Logger is told of failures. Default [slog.Default].
	Logger *slog.Logger
}

// PollerHooks are functions that a [Poller] calls from the goroutine that runs Fetch, which waits for them. Each may be
// nil.
type PollerHooks struct {
	// Fetched is called after each answered poll, with the number of updates that are new, the unwanted ones
	// included, and the time from the request to the end of the answer.
	Fetched func(updates int, took time.Duration)

	// Dropped is called for each update of a kind that is not wanted.
	Dropped func(wire.Header)

	// Failed is called before each retry, with the failure and the time that passes until then.
	Failed func(err error, wait time.Duration)
}

// String is the configuration without the token.
func (c PollerConfig) String() string { return fmt.Sprintf("telegram.PollerConfig(%s)", c.APIURL) }

// GoString is String, so that no verb of fmt shows the token.
func (c PollerConfig) GoString() string { return c.String() }

func (c PollerConfig) withDefaults() (PollerConfig, error) {
	err := checkToken(c.Token)
	if err != nil {
		return c, err
	}
	if c.APIURL, err = checkAPIURL(c.APIURL); err != nil {
		return c, err
	}
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
	if c.Wanted == 0 {
		c.Wanted = ^c.Wanted
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	switch {
	case c.Timeout > maxPollTimeout || c.Timeout%time.Second != 0:
		return c, fmt.Errorf("polling timeout is %v, and must be whole seconds up to %v", c.Timeout, maxPollTimeout)
	case c.Delivery > AtLeastOnce:
		return c, fmt.Errorf("delivery %d does not exist", c.Delivery)
	case c.OnConflict > ConflictFail:
		return c, fmt.Errorf("conflict policy %d does not exist", c.OnConflict)
	case !(c.SpeedTrafficBalance >= 0 && c.SpeedTrafficBalance <= 1):
		return c, fmt.Errorf("speed traffic balance is %v, and must be between 0 and 1", c.SpeedTrafficBalance)
	case c.MaxDelay < 0:
		return c, errors.New("polling delay is negative")
	}
	return c, nil
}

// allowedJSON is the list of kinds as the server takes it, or nothing when it is not to be sent.
func (c PollerConfig) allowedJSON() (json.RawMessage, error) {
	if c.AllowedUpdates == nil {
		return nil, nil
	}
	return json.Marshal(c.AllowedUpdates)
}
