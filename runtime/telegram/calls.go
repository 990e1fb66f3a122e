package telegram

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tggen/tggen/runtime/telegram/internal/direct"
	"github.com/tggen/tggen/runtime/telegram/wire"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/calls"
)

// CallsConfig says what happens to a call that fails, or that the server asks to wait with. [calls.Retry] describes it. The
// zero CallsConfig is valid.
type CallsConfig struct {
	// Attempts is how often a call is made at most. Default 3. With 1, a call is made once and never waits.
	Attempts int

	// MaxWait is the longest wait that the server may ask for. A call that would wait longer ends with a [*FloodError] at
	// once. Default 20 s; negative: no call waits.
	MaxWait time.Duration

	// Journal keeps the result of each call that may not be made twice, such as that of sendMessage, in the store of
	// [WithStore]. It needs [AtLeastOnce]. When the update is handled again, after kill -9 or because of [Retry], a call of the
	// same handler with the same method and parameters is not made: it returns the result that it had. So after kill -9, at
	// most one call of each handler that ran is made twice: the one that was under way, or whose result was not stored yet.
	// [calls.Journal] describes it.
	//
	// Only the calls count that are made with the context of the handler, or one derived from it: those of Event, and
	// ev.Bot.SendMessageWithContext(ctx, ...), but not ev.Bot.SendMessage(...). Calls of functions that [Event.Go] started
	// are not kept, nor are those of other bots.
	//
	// While the store is down, such a call is not made, and fails with a [*JournalError]. Set Retry, so that the update is
	// handled again.
	//
	// An update whose handler makes no such call costs nothing. Otherwise it is a load before the first such call, and a
	// commit for each. The records of confirmed updates are deleted, many at once. What a process leaves that is killed
	// expires after 25 hours. Without WithStore the journal ends with the process, so it only serves Retry; New then logs a
	// warning.
	Journal bool
}

// A JournalError reports a call that was not made, because the journal could not be read: see [CallsConfig].
type JournalError = calls.JournalError

// A FloodError reports a call that was not made, because the server asked to wait for too long.
type FloodError = calls.FloodError

// A MigratedError reports a call to a group that has become a supergroup with another id.
type MigratedError = calls.MigratedError

// Bulk marks the calls of a broadcast: at most three calls with such a context are in flight at once, and at a gate they
// wait behind all others.
//
//	ctx = telegram.Bulk(ctx)
//	for _, chat := range chats {
//		_, err := bot.API().SendMessageWithContext(ctx, chat, "News!", nil)
//		...
//	}
func Bulk(ctx context.Context) context.Context { return calls.Bulk(ctx) }

// chains puts the links around the client that makes a bot's calls. once is the chain without the retries, for calls that
// have a retry loop of their own.
func (b *Bot) chains(o options) (retried, once gotgbot.BotClient) {
	client, config := b.client, b.config.Calls
	var inner gotgbot.BotClient = directClient{client}
	if len(o.calls) > 0 {
		inner = calls.APIURL(client.GetAPIURL(nil))(calls.Chain(client, o.calls...))
	}
	retry := calls.RetryConfig{Attempts: config.Attempts, MaxWait: config.MaxWait, Life: b.lifetime}
	once = inner
	var observe, trace, journal func(gotgbot.BotClient) gotgbot.BotClient
	if o.observer != nil {
		retry.Report = func(_ context.Context, method string, err error, wait time.Duration) {
			o.observer.CallRetried(method, err, wait)
		}
		observe = calls.Observe(o.observer.Called)
		once = observe(inner)
	}
	if b.tracer != nil {
		trace = calls.Trace(b.tracer.TraceCall)
		retry.Report = func(ctx context.Context, method string, err error, wait time.Duration) {
			b.tracer.CallRetried(method, err, wait)
			b.tracer.TraceRetry(ctx, method, err, wait)
		}
	}
	if config.Journal {
		journal = calls.Journal(calls.JournalConfig{Store: b.journalStore, Origin: b.origin, Logger: b.logger})
	}
	return newChain(calls.Chain(inner, observe, trace, journal, calls.Retry(retry))), once
}

// Status returns the code and the wait of the answer. [calls.Retry] asks for them.
func (e *APIError) Status() (code int, retryAfter time.Duration) { return e.Code, e.RetryAfter }

// A chain is the client of a bot: what stands behind bot.API(). The methods of Event recognize it by its type. A client that
// an author puts around it, or in its place, has another type, so its calls go as gotgbot makes them.
type chain struct {
	gotgbot.BotClient               // makes the calls of gotgbot
	direct            direct.Client // makes calls whose parameters are encoded; nil if a link of the author's needs a map
}

func newChain(client gotgbot.BotClient) *chain {
	c := &chain{BotClient: client}
	if wire.CanEncode() {
		c.direct, _ = client.(direct.Client)
	}
	return c
}

// A directClient is a Client as the innermost link of a chain.
type directClient struct{ *Client }

// RequestDirect makes a call whose parameters are encoded.
func (c directClient) RequestDirect(ctx context.Context, token string, call *direct.Call) (json.RawMessage, error) {
	return c.call(ctx, &outgoing{token: token, method: call.Method, opts: call.Opts, direct: call})
}
