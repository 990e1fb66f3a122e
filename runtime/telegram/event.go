package telegram

import (
	"context"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// An Event is an update as predicates, middleware, hooks and handlers see it. Generated inputs embed it. It belongs to the
// goroutine of the handler; [Event.Go] may be called by any goroutine.
//
// Its methods that make calls take the address from the update: see [Event.Address]. One that cannot make the right call
// makes none, and returns [ErrNoChat], [ErrNoTopic], [ErrNoMessage], [ErrNoQuery] or [ErrNoCall]. For all other calls,
// use Bot.
type Event struct {
	// Bot makes calls to the Bot API.
	Bot *gotgbot.Bot

	// Update is never nil. If the update could not be decoded, only the error hook sees the event, and Update holds only
	// the id.
	Update *gotgbot.Update

	// Header holds the update's id and kind, and the ids of its chat, user and topic; 0 stands for none.
	Header wire.Header

	// Handler is the name in spec.yaml of the handler that matched. It is empty until one has matched. [Event.Enter] sets
	// it.
	Handler string

	// Attempt counts the attempts to handle the update, from 1. It is greater than 1 only if the spec has "retry".
	Attempt int

	progress *progress // nil if the event is not that of an update in a bot
	owner    *Bot      // waits for what Go starts; nil if the event was made by hand
}

// User returns the user who caused the update. It is nil for updates without a user, such as a channel post or a poll. If the user
// acted on behalf of a chat, there may be no user, or Telegram names one that stands for many, such as GroupAnonymousBot:
// then look at [Event.SenderChat]. The User of the Header is that chat's id.
func (ev *Event) User() *gotgbot.User { return wire.UserOf(ev.Update) }

// SenderChat returns the chat on whose behalf a message, a reaction or a vote was sent, or nil.
func (ev *Event) SenderChat() *gotgbot.Chat { return wire.SenderChatOf(ev.Update) }

// Chat returns the chat where the update happened. It is nil for updates without a chat, such as an inline query. Of the private chat
// of a business connection, only the id and the type are known.
func (ev *Event) Chat() *gotgbot.Chat { return wire.ChatOf(ev.Update) }

// Message returns the message that the update is, such as an edited message or a channel post. For a pressed button it is
// the message with the button. It is nil if the update has no message, and if the message is too old for the bot to read.
func (ev *Event) Message() *gotgbot.Message { return wire.MessageOf(ev.Update) }

// Go runs f on a goroutine of its own and returns at once. f may go on after the handler has returned. Stop waits for it.
//
// The context of f carries the values of the context of Start. It ends when a stop runs out of time, and when the bot has
// stopped. An error of f goes to the error hook, with a copy of the event as it is now; so does a panic, as a
// [*runtime.PanicError].
//
// f holds no slot and no constraint: later updates of the same chat are handled meanwhile. The number of running functions
// has no limit, so a handler should start at most a few. With [AtLeastOnce], the update is confirmed when its handler has
// returned, so what f has not done is lost if the process is killed.
//
// If the event was made by hand, as in a test, Go runs f before it returns, and panics if f fails.
func (ev *Event) Go(f func(ctx context.Context) error) {
	if ev.owner == nil {
		if err := f(context.Background()); err != nil {
			panic(err)
		}
		return
	}
	at, t := ev.copy(), ev.progress.traced()
	ev.owner.work.start(func(ctx context.Context) error { return f(withEvent(t.context(ctx), &at)) },
		func(ctx context.Context, err error) { ev.owner.reportWork(t.context(ctx), &at, err) })
}

// copy copies the event. The handler may enter another handler meanwhile.
func (ev *Event) copy() Event {
	if ev.progress != nil {
		ev.progress.mu.Lock()
		defer ev.progress.mu.Unlock()
	}
	return *ev
}

// An Entity is an entity of a message, such as a link or a mention, with the text that it covers.
type Entity struct {
	gotgbot.MessageEntity
	Text string
}

// A Header holds what the runtime reads of an update before it decodes it: its id, its kind, and the ids of its chat,
// user and thread.
type Header = wire.Header

// A Kind is a kind of update, such as [wire.KindMessage].
type Kind = wire.Kind
