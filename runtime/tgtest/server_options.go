package tgtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"regexp"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/tgtest/internal/memory"
)

// DefaultToken is the bot's token unless [WithToken] sets another one. Telegram does not know it.
const DefaultToken = "7000000001:AAtgtest-only-0123456789abcdefghijk"

// Defaults of the options.
const (
	DefaultHistory     = 100_000
	DefaultPatience    = 10 * time.Second
	DefaultAnswerDelay = time.Millisecond
)

type config struct {
	token       string
	address     string
	listener    net.Listener
	bot         gotgbot.User
	firstID     int64
	answerDelay time.Duration
	history     int
	patience    time.Duration
	control     bool
	random      func(n int64) int64 // for the first ids of updates
	limits      *Limits             // nil: none

	webhookDial    func(ctx context.Context, network, address string) (net.Conn, error) // nil: only this machine
	publicWebhooks bool
}

// An Option changes what [NewServer] and [Start] build.
type Option func(*config)

// WithToken sets the bot's token. The number before the colon is the bot's id. The default is [DefaultToken].
func WithToken(token string) Option { return func(c *config) { c.token = token } }

// WithAddress sets the TCP address to listen on. The default is 127.0.0.1:0, a free port.
func WithAddress(address string) Option { return func(c *config) { c.address = address } }

// WithListener makes the server accept connections from l instead of a TCP address. Close closes l.
func WithListener(l net.Listener) Option { return func(c *config) { c.listener = l } }

// InMemory makes the server listen in memory instead of on a port. Only [Server.Client] can connect to it. A test in a
// testing/synctest bubble needs it, because a goroutine that waits for the network does not count as blocked there.
func InMemory() Option {
	return func(c *config) { c.listener = memory.NewListener() }
}

// WithBot sets the bot's first name and user name. The defaults are "Test Bot" and "test_bot".
func WithBot(firstName, username string) Option {
	return func(c *config) { c.bot.FirstName, c.bot.Username = firstName, username }
}

// WithFirstUpdateID sets the id of the first update. By default it is a random number between 2,000,001 and
// 1,000,000,000, as on the official server.
func WithFirstUpdateID(id int64) Option { return func(c *config) { c.firstID = id } }

// WithAnswerDelay sets how long a waiting getUpdates waits for more updates after one has arrived. Each further
// update starts the delay again, up to twice the delay in total. The default is one millisecond, as on the official
// server. With 0, getUpdates answers at once.
func WithAnswerDelay(d time.Duration) Option { return func(c *config) { c.answerDelay = d } }

// WithHistory sets how many calls, polls and messages of a chat the server remembers. It keeps at least the n newest
// and at most twice as many. The default is 100,000. 0 means no limit.
func WithHistory(n int) Option { return func(c *config) { c.history = n } }

// WithPatience sets how long every method that waits, such as [Chat.Expect], [Chat.Wait] and [Bot.WaitSent], waits for
// the bot, also if its context has no end or a later one. Then it fails the test or returns an error that says what the bot
// did instead; errors.Is finds context.DeadlineExceeded in it. The default is 10 seconds. Only [Server.Follow] waits longer.
func WithPatience(d time.Duration) Option { return func(c *config) { c.patience = d } }

var wellFormedToken = regexp.MustCompile(`^[1-9][0-9]{0,15}:[A-Za-z0-9_-]{1,64}$`)

var errMalformedToken = errors.New("the token is not of the form 123456:letters-and-digits")

func newConfig(opts []Option) (config, error) {
	c := config{
		token:       DefaultToken,
		address:     "127.0.0.1:0",
		answerDelay: DefaultAnswerDelay,
		random:      rand.Int64N,
		history:     DefaultHistory,
		patience:    DefaultPatience,
		bot:         gotgbot.User{FirstName: "Test Bot", Username: "test_bot"},
	}
	for _, opt := range opts {
		opt(&c)
	}
	if !wellFormedToken.MatchString(c.token) {
		return c, errMalformedToken
	}
	if c.firstID < 0 || c.firstID >= maxUpdateID {
		return c, fmt.Errorf("the first update id %d is not between 1 and %d", c.firstID, maxUpdateID-1)
	}
	return c, nil
}
