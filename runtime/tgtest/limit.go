package tgtest

import (
	"strings"
	"time"
)

// Limits are how many messages a bot may send. A bot that sends more gets a 429, with the parameter retry_after and the
// header Retry-After: the time until the next message is allowed, in whole seconds. A message of an album counts as one.
//
// Telegram publishes the defaults, and says that it allows short bursts and more for some bots:
// https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
type Limits struct {
	Chat  int // in a second in one chat; default 1; negative: no limit
	Group int // in a minute in one group or supergroup; default 20; negative: no limit
	All   int // in a second in all chats; default 30; negative: no limit
}

// WithLimits makes the server enforce limits. By default it has none.
func WithLimits(l Limits) Option {
	for limit, usual := range map[*int]int{&l.Chat: 1, &l.Group: 20, &l.All: 30} {
		if *limit == 0 {
			*limit = usual
		}
	}
	return func(c *config) { c.limits = &l }
}

// recent holds when the messages of the last minute were sent, oldest first.
type recent []time.Time

// with adds a message, and forgets those that are older than the longest window of a limit.
func (r recent) with(now time.Time) recent {
	for len(r) > 0 && now.Sub(r[0]) >= time.Minute {
		r = r[1:]
	}
	return append(r, now)
}

// wait returns the time until one more message keeps the limit.
func (r recent) wait(limit int, window time.Duration, now time.Time) time.Duration {
	if limit < 0 || len(r) < limit {
		return 0
	}
	return r[len(r)-limit].Add(window).Sub(now)
}

// sends reports whether a method sends a message.
func sends(method string) bool {
	switch {
	case method == "sendChatAction", strings.HasSuffix(method, "Draft"):
		return false
	}
	return strings.HasPrefix(method, "send") || strings.HasPrefix(method, "copy") || strings.HasPrefix(method, "forward")
}

// limited returns the 429 for a call that exceeds a limit, or nil. The server's lock is held.
func (b *Bot) limited(call *Call) *reply {
	limits := b.server.cfg.limits
	if limits == nil || !sends(call.Method) {
		return nil
	}
	now := time.Now()
	wait := b.lately[nil].wait(limits.All, time.Second, now)
	if chat := b.server.world.find(b, call.Params["chat_id"]); chat != nil {
		wait = max(wait, b.lately[chat].wait(limits.Chat, time.Second, now))
		if chat.Type == "group" || chat.Type == "supergroup" {
			wait = max(wait, b.lately[chat].wait(limits.Group, time.Minute, now))
		}
	}
	if wait <= 0 {
		return nil
	}
	refused := tooManyRequests(int64((wait + time.Second - 1) / time.Second))
	return &refused
}

// countSent counts a message for the limits. The server's lock is held.
func (b *Bot) countSent(chat *Chat) {
	if b.server.cfg.limits == nil {
		return
	}
	now := time.Now()
	for _, of := range []*Chat{nil, chat} {
		b.lately[of] = b.lately[of].with(now)
	}
}
