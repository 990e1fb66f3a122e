package calls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/direct"
)

// The defaults of a [RetryConfig].
const (
	DefaultAttempts = 3
	DefaultMaxWait  = 20 * time.Second
)

// The waits between attempts: backoffStep after the first one, twice as long after each further one, and at most
// backoffCap. Each is shortened by a random part, at most half of it.
const (
	backoffStep = 500 * time.Millisecond
	backoffCap  = 10 * time.Second
)

// RetryConfig configures [Retry]. Its zero value is valid.
type RetryConfig struct {
	// Attempts is how often a call is made at most. An attempt that the server refused with 429 does not count. Default
	// 3. With 1, a call is made once, it never waits, and a 429 is a [*FloodError] at once.
	Attempts int

	// MaxWait is the longest wait that the server may ask for. A call that would wait longer ends with a [*FloodError] at
	// once. It bounds each single wait. The deadline of the context bounds their sum. Default 20 s; negative: no call
	// waits.
	MaxWait time.Duration

	// Report is called before a call waits to be made again, with the context of the call, the error of the last attempt and the
	// length of the wait. After a 429, the call may wait longer than that, because calls leave a gate one after another. Report must be
	// safe for concurrent use and must not block. Default nil.
	Report func(ctx context.Context, method string, err error, wait time.Duration)

	// Life returns a context that ends when the bot is told to stop. All waits then end at once with an error that wraps
	// [ErrStopped]. It is called when a call begins to wait, and must be safe for concurrent use. Default nil: a wait ends
	// early only with the context of its call.
	Life func() context.Context
}

// stopping returns a channel that is closed when waits must end.
func (c *RetryConfig) stopping() <-chan struct{} {
	if c.Life == nil {
		return nil
	}
	return c.Life().Done()
}

// Retry returns a link that makes a call again if that cannot do its work twice, and that keeps the pace that the server
// asks for.
//
// A 429 closes a gate. The gate is that of the call's chat, the parameter chat_id. It is that of the whole bot if three
// chats are refused within a second, or if the call has no chat. (If a call without a chat would have to wait longer than
// MaxWait, only calls of its method are held back: settings such as setMyName have limits of hours.) When the time that
// the server asked for is over, one call goes through the gate as a probe. If the server accepts it, two go, and so on:
// each call that is answered makes room for one more. So a gate never sends more calls than the server can refuse in one
// moment. Calls leave in the order in which they were made, those of [Bulk] last. The gates of other chats stay open. No
// limit is guessed: a call is held back only after the server refused one.
//
// Dial errors and failed TLS handshakes are repeated for every method, since no byte was sent. A lost answer or a 5xx is
// repeated only for a method that is [Repeatable]. If a message was sent and the answer was lost, the caller gets the
// error and the message is not sent again. A repeated edit may be answered with "message is not modified": the first one
// took effect.
//
// A call that uploads from a reader is made again only if the reader is an [io.Seeker]. gotgbot reads such a file from
// its start for each attempt.
//
// A Timeout in [gotgbot.RequestOpts] bounds each attempt, and not the waits.
//
// If a group has become a supergroup, the call ends with a [*MigratedError]. All other errors are returned as they are. All
// waits end when the context of the call ends, and when the bot is told to stop.
func Retry(config RetryConfig) func(gotgbot.BotClient) gotgbot.BotClient {
	if config.Attempts == 0 {
		config.Attempts = DefaultAttempts
	}
	if config.MaxWait == 0 {
		config.MaxWait = DefaultMaxWait
	}
	return func(next gotgbot.BotClient) gotgbot.BotClient {
		r := &retrier{config: config, next: next, gates: newGates(config.MaxWait, config.stopping)}
		client := Wrap(next, r.request)
		if further, ok := next.(direct.Client); ok {
			r.further = further
			return &directClient{client, r.requestDirect}
		}
		return client
	}
}

type retrier struct {
	config  RetryConfig
	next    gotgbot.BotClient
	further direct.Client // next, if it can make calls whose parameters are encoded
	gates   *gates
}

func (r *retrier) request(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
	return r.do(call{ctx: ctx, method: method, params: params, opts: opts}, token)
}

func (r *retrier) requestDirect(ctx context.Context, token string, d *direct.Call) (json.RawMessage, error) {
	return r.do(call{ctx: ctx, method: d.Method, opts: d.Opts, direct: d}, token)
}

// do makes a call, with all its attempts.
func (r *retrier) do(made call, token string) (json.RawMessage, error) {
	t := &ticket{call: made, number: r.gates.numbers.Add(1), bulk: isBulk(made.ctx)}
	c := &t.call
	ctx, method, params := c.ctx, c.method, c.params
	for attempt := 1; ; {
		if err := r.gates.enter(ctx, t); err != nil {
			return nil, err
		}
		result, outcome, err := r.attempt(t, token)
		switch {
		case err == nil:
			return result, nil
		case outcome.flood:
			if r.config.Attempts <= 1 || !replayable(params) {
				return nil, c.floodError(c.place().chat, outcome.answer, outcome.wait)
			}
			r.report(ctx, method, err, outcome.wait)
			continue // to wait at the gate
		case outcome.answered:
			return nil, migrated(c, err)
		case outcome.unsent:
		case outcome.unknown && Repeatable(method):
		default:
			return nil, err
		}
		wait := max(backoff(attempt), outcome.wait)
		if attempt++; attempt > r.config.Attempts || !r.worthwhile(ctx, wait) || !replayable(params) {
			return nil, err
		}
		r.report(ctx, method, err, wait)
		if why := r.sleep(ctx, wait); why != nil {
			return nil, fmt.Errorf("%w; %w", err, why)
		}
	}
}

// attempt makes the call once.
func (r *retrier) attempt(t *ticket, token string) (result json.RawMessage, o outcome, err error) {
	left := false
	defer func() {
		if !left { // a link further in panicked
			r.gates.leave(t, outcome{})
		}
	}()
	c := &t.call
	if c.direct != nil {
		result, err = r.further.RequestDirect(c.ctx, token, c.direct)
	} else {
		result, err = r.next.RequestWithContext(c.ctx, token, c.method, c.params, c.opts)
	}
	o = outcomeOf(c.method, err)
	left = true
	if o.flood && r.config.Attempts <= 1 {
		r.gates.leave(t, outcome{})
	} else {
		r.gates.leave(t, o)
	}
	return result, o, err
}

func (r *retrier) report(ctx context.Context, method string, err error, wait time.Duration) {
	if r.config.Report != nil {
		r.config.Report(ctx, method, err, wait)
	}
}

// worthwhile reports whether a call can be made again after a wait.
func (r *retrier) worthwhile(ctx context.Context, wait time.Duration) bool {
	if ctx.Err() != nil || wait > max(r.config.MaxWait, backoffCap) {
		return false
	}
	deadline, bounded := ctx.Deadline()
	return !bounded || time.Until(deadline) > wait
}

// migrated turns the answer for a group that is a supergroup now into a [*MigratedError].
func migrated(c *call, err error) error {
	answer, ok := errors.AsType[*gotgbot.TelegramError](err)
	if !ok || answer.ResponseParams == nil || answer.ResponseParams.MigrateToChatId == 0 {
		return err
	}
	return &MigratedError{Method: c.method, Chat: c.place().chat, To: answer.ResponseParams.MigrateToChatId, Err: answer}
}

// backoff returns the wait after the given attempt.
func backoff(attempt int) time.Duration {
	d := backoffCap
	if shift := attempt - 1; shift < 16 {
		d = min(backoffCap, backoffStep<<shift)
	}
	return d - rand.N(d/2)
}

// sleep waits for d. If ctx ends before, or the bot is told to stop, it returns why.
func (r *retrier) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-r.config.stopping():
		return ErrStopped
	}
}
