// Package telegram is what a generated bot runs on. It fetches updates from a Bot API server, hands them to the code that
// tggen generated from a spec.yaml, and helps that code to answer.
//
// The author of a bot writes handlers and, in main, calls the generated Run:
//
//	func main() {
//		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//		defer stop()
//		if err := Run(ctx, newBot()); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// The sections below go from what every author meets to what only some need.
//
// # Events
//
// A handler is a method with a context and an input:
//
//	func (b *bot) Greet(ctx context.Context, in *GreetInput) error {
//		_, err := in.Reply(ctx, "Hello!", nil)
//		return err
//	}
//
// The input embeds an [*Event]. An Event has the update as gotgbot decodes it, the ids of its chat, user and topic in a
// [Header], and [Event.User], [Event.Chat] and [Event.Message], which find these parts in an update of any kind.
//
// Its helpers take the address from the update: [Event.Reply], [Event.ReplyPhoto], [Event.ReplyDocument] and [Event.Typing] go
// to the right topic, over the right business connection; [Event.Edit], [Event.EditCaption], [Event.EditMarkup],
// [Event.Answer], [Event.Delete] and [Event.React] change what the update is about. A helper that cannot know the address
// returns an error, such as [ErrNoTopic], and makes no call. Every other call of the Bot API is a method of Event.Bot, and
// [Event.Address] has what it needs. Predicates, middleware and hooks get the Event itself.
//
// The context ends when the handler returns, when its time is up, and when a stop runs out of time. Pass it to every
// call; the methods of gotgbot that take a context end in WithContext. [Event.Go] starts work that goes on after the handler
// has returned, and that a stop waits for.
//
// # Options and environment
//
// The generated New and Run take options for what a spec should not say. The most common settings have a default in the
// environment:
//
//   - BOT_TOKEN, or [WithToken]: the bot's token. It is required. No log line and no error shows it.
//   - BOT_API_URL, or [WithAPIURL]: the Bot API server. The default is https://api.telegram.org.
//   - BOT_WEBHOOK_URL, BOT_WEBHOOK_LISTEN and BOT_WEBHOOK_SECRET: see [WebhookSettings].
//
// [WithLogger] and [WithObserver] say who is told what happens, [WithHTTPClient] and [WithCalls] how requests are made.
// [WithConfig] changes a setting of the spec when the bot starts.
//
// # Errors and hooks
//
// The error that a handler returns goes to the hook that the spec names under on_error, or to the logger. The hook can
// find out what went wrong with errors.As:
//
//   - [*gotgbot.TelegramError]: the server refused a call of the handler;
//   - [*FloodError]: a call was not made, because the server asks to wait for too long;
//   - [*runtime.PanicError]: the handler panicked; the error has the stack;
//   - [*runtime.LateError]: the handler returned an error after its time-out;
//   - [*HandlerError]: one of several handlers of the same update failed;
//   - [*wire.DecodeError]: the update cannot be decoded. The Event then has only its id;
//   - [*wire.SplitError]: the body of a webhook's request is not an update. The Event then has nothing.
//
// Arguments of a command that cannot be parsed never reach a handler. The user is told, or the hook on_usage gets a
// [*UsageError]. Buttons report callback data that Telegram would refuse: [*CallbackTooLongError] and [ErrCallbackEmpty].
//
// An error of the server ends the bot only if no retry can mend it. [Bot.Run] then returns an [*APIError] that says what
// to do: 401 and 404 for a wrong token or server, 409 if a webhook is set and the spec does not say source: polling, and
// 409 for another poller if the spec says on_conflict: fail.
//
// # Calls
//
// A call that fails is made again if that cannot do its work twice: after a failed dial always; after a lost answer or a
// 5xx only for methods such as edits, and never for a message, which might arrive twice. [CallsConfig] says how often.
//
// When the server refuses a call with 429 (too many requests), the calls of that chat wait as long as the server asks, in
// their order, and other chats do not. If the wait is longer than MaxWait (20 s by default), or than the handler has time,
// the call ends at once with a [*FloodError]. A call to a group that has become a supergroup ends with a [*MigratedError].
//
// With [CallsConfig].Journal, a message that was sent for an update is not sent again when the update is handled again. The
// journal is kept in the store of [WithStore].
//
// [Bulk] marks the calls of a broadcast, which wait behind all others. [WithCalls] adds links of the author's to the chain
// that a call goes through. Package calls has the links.
//
// # Order and time-outs
//
// Updates that share a constraint are handled one after another, in the order in which they arrived. All others are
// handled concurrently, at most Concurrency at once. Constraints are texts that the spec names: the chat, the user, the
// topic, or what a function of the author's returns. [Keys] says how they are compared. [SinkMode] has simpler orders.
//
// A handler that exceeds the time-out of the spec has its context cancelled, the hook on_timeout is called, and another
// handler may start in its place. With [Hold], updates with the same constraint still wait until the handler returns, but
// no longer than Config.Hold. With [Release], they do not wait. So a handler that goes on after its context has ended may
// run beside the next one, and must not change what that one sees.
//
// With Config.Retry, an update whose handler returns an error is handled again, unless the error is [Permanent].
//
// # Delivery
//
// Telegram repeats an update until it is confirmed. [AtMostOnce] confirms an update when it was fetched: none is handled
// twice, and those in hand are lost if the process is killed. [AtLeastOnce] confirms it when it and all before it were
// handled: none is lost, and some may be handled twice. [Delivery] has the details and the limits, and the journal of calls
// keeps those from sending twice.
//
// # Polling
//
// The bot fetches updates with getUpdates (long polling). It asks only for as many as it has room for. [PollingConfig]
// holds the settings. Failures that may pass are retried as the [RetryPolicy] says, and a 429 waits as long as the server
// asks. If another process polls with the same token, [Conflict] says whether to wait or to end.
//
// # Webhooks
//
// If BOT_WEBHOOK_URL is set, or the spec says source: webhook, the server delivers the updates. [WebhookSettings] says where the
// bot listens, and [Bot.Webhook] is a handler for the author's own server. The bot sets the webhook with setWebhook if another one
// is set, while it takes updates already, and never deletes it. [Webhook] says how each request is answered. Replicas behind a load
// balancer share the webhook; constraints hold in each process. The server delivers the messages of a chat one after another, so
// these are in order over all replicas, too, but a press of a button is delivered beside them.
//
// # Stopping
//
// When the context of Run ends, the bot stops polling, or refuses new deliveries, at once, lets the handlers finish for up to StopTimeout (20 s by
// default), and then cancels their contexts. Finally it confirms to Telegram the updates that were handled and no others;
// with AtMostOnce, a poll may have confirmed unfinished ones before. If some are unfinished at the end, Run returns a
// [*runtime.UnfinishedError].
//
// For more control, call [Bot.Start], [Bot.Wait] and [Bot.Stop]. A bot can be started again after a Stop.
//
// # Observing
//
// [Bot.Health] answers the probes of an orchestrator, and has a page that shows what the bot does. [Bot.Stats], [Bot.Len],
// [Bot.Pending] and [Bot.Activities] are snapshots for a page or a log line. [Logger] is a logger that names the update. An [Observer] is told each step: polls,
// dropped updates, the start and the end of handlers. Embed [NopObserver] to implement only some of its methods.
//
// # Building a bot by hand
//
// Generated code calls [New] with a [Config]. A program without generated code can do the same: Dispatch finds and runs
// the handlers, Constraints adds the keys. The parts can be used alone, too:
//
//   - a [Poller] and a [Webhook] are a [runtime.Source] of [Envelope] values, for a sink of another kind;
//   - [NewEnvelope] makes an Envelope from bytes that came from elsewhere, such as a queue;
//   - a [Client] makes the calls of any gotgbot.Bot, keeps connections alive, and hides the token in errors.
//
// # Related packages
//
// Package runtime has what is not specific to Telegram: sinks, the runner, and keys. Package wire turns bytes into headers
// and updates. Package dispatch has the helpers that generated code calls: arguments, callback data, commands and filters.
// Package calls has the links between a bot and its client. Package tgtest is a Bot API server for tests.
package telegram
