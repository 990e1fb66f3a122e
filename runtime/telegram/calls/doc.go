// Package calls has the links that stand between a bot and the client that makes its calls: a retry that cannot send
// twice, gates that keep the pace that the server asks for, a journal of what was sent, and an observer.
//
// A link is a func(gotgbot.BotClient) gotgbot.BotClient. It needs no other part of a bot of this module, so
// it works for any [gotgbot.Bot]:
//
//	bot.BotClient = calls.Chain(&gotgbot.BaseBotClient{},
//		calls.Observe(report),
//		calls.Retry(calls.RetryConfig{}),
//	)
//
// A bot of package telegram has these links already, in this order from the outside to the inside:
//
//	Observe → Journal, if the spec says so → Retry → the author's links (telegram.WithCalls) → APIURL → the client
//
// The author's links are inside Retry. So they see each attempt, and what they return is retried if it is one of the
// failures that [Retry] names. [Wrap] makes a link of one function.
//
// # Limits of the Bot API
//
// Telegram does not say what its limits are, and they change. So nothing here counts calls. When the server refuses a call
// with 429, it says how long to wait. [Retry] then holds back the calls that this concerns, and no others, and ends a call
// with a [*FloodError] when the wait is too long for it. [Bulk] marks calls that can wait.
package calls

//go:generate go run ../../../gen/callgen/cmd .
