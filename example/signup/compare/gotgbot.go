// Package compare has the dialogue of example/signup as it is written with the conversation handler of gotgbot. The page about
// sessions shows both.
package compare

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/PaulSonOfLars/gotgbot/v2/ext"
	"github.com/PaulSonOfLars/gotgbot/v2/ext/handlers"
	"github.com/PaulSonOfLars/gotgbot/v2/ext/handlers/conversation"
	"github.com/PaulSonOfLars/gotgbot/v2/ext/handlers/filters/callbackquery"
	"github.com/PaulSonOfLars/gotgbot/v2/ext/handlers/filters/message"
)

// The states of the conversation. The compiler does not know which of them follow which.
const (
	askName = "ask_name"
	askAge  = "ask_age"
	confirm = "confirm"
)

// answers are what a user has said so far. gotgbot stores the name of the state, and nothing else.
type answers struct {
	name string
	age  int
}

// signup is the bot's memory. It is lost when the process ends.
type signup struct {
	mu      sync.Mutex
	answers map[int64]answers // by user
	members map[int64]answers
}

// Register adds the dialogue to a dispatcher.
func Register(d *ext.Dispatcher) {
	s := &signup{answers: make(map[int64]answers), members: make(map[int64]answers)}
	text := func(m *gotgbot.Message) bool { return message.Text(m) && !strings.HasPrefix(m.Text, "/") }
	d.AddHandler(handlers.NewConversation(
		[]ext.Handler{handlers.NewCommand("register", s.register)},
		map[string][]ext.Handler{
			askName: {handlers.NewMessage(text, s.gotName)},
			askAge:  {handlers.NewCommand("back", s.backToName), handlers.NewMessage(text, s.gotAge)},
			confirm: {handlers.NewCommand("back", s.backToAge), handlers.NewCallback(callbackquery.Equal("signup"), s.signUp)},
		},
		&handlers.ConversationOpts{
			Exits:        []ext.Handler{handlers.NewCommand("cancel", s.cancel)},
			StateStorage: conversation.NewInMemoryStorage(conversation.KeyStrategySenderAndChat),
		},
	))
}

// say answers, and then returns what changes the state: gotgbot takes the next state from the error.
func say(b *gotgbot.Bot, ctx *ext.Context, text string, next error) error {
	if _, err := ctx.EffectiveMessage.Reply(b, text, nil); err != nil {
		return err
	}
	return next
}

func (s *signup) get(ctx *ext.Context) answers {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers[ctx.EffectiveUser.Id]
}

func (s *signup) set(ctx *ext.Context, a answers) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[ctx.EffectiveUser.Id] = a
}

func (s *signup) register(b *gotgbot.Bot, ctx *ext.Context) error {
	return say(b, ctx, "What is your name?", handlers.NextConversationState(askName))
}

func (s *signup) gotName(b *gotgbot.Bot, ctx *ext.Context) error {
	name := strings.TrimSpace(ctx.EffectiveMessage.Text)
	if n := utf8.RuneCountInString(name); n < 2 || n > 40 {
		return say(b, ctx, "A name has 2 to 40 letters. What is your name?", nil)
	}
	s.set(ctx, answers{name: name})
	return say(b, ctx, fmt.Sprintf("How old are you, %s?", name), handlers.NextConversationState(askAge))
}

func (s *signup) backToName(b *gotgbot.Bot, ctx *ext.Context) error {
	return say(b, ctx, "What is your name?", handlers.NextConversationState(askName))
}

func (s *signup) gotAge(b *gotgbot.Bot, ctx *ext.Context) error {
	a := s.get(ctx)
	age, err := strconv.Atoi(strings.TrimSpace(ctx.EffectiveMessage.Text))
	if err != nil || age < 1 || age > 150 {
		return say(b, ctx, fmt.Sprintf("An age is a number from 1 to 150. How old are you, %s?", a.name), nil)
	}
	a.age = age
	s.set(ctx, a)
	_, err = ctx.EffectiveMessage.Reply(b, fmt.Sprintf("%s, %d years. Is that right?", a.name, a.age), &gotgbot.SendMessageOpts{
		ReplyMarkup: gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{{Text: "Sign me up", CallbackData: "signup"}}}},
	})
	if err != nil {
		return err
	}
	return handlers.NextConversationState(confirm)
}

func (s *signup) backToAge(b *gotgbot.Bot, ctx *ext.Context) error {
	return say(b, ctx, fmt.Sprintf("How old are you, %s?", s.get(ctx).name), handlers.NextConversationState(askAge))
}

func (s *signup) signUp(b *gotgbot.Bot, ctx *ext.Context) error {
	a := s.get(ctx)
	s.mu.Lock()
	s.members[ctx.EffectiveUser.Id] = a
	delete(s.answers, ctx.EffectiveUser.Id)
	s.mu.Unlock()
	if _, err := ctx.CallbackQuery.Answer(b, nil); err != nil {
		return err
	}
	return say(b, ctx, "Welcome, "+a.name+"!", handlers.EndConversation())
}

func (s *signup) cancel(b *gotgbot.Bot, ctx *ext.Context) error {
	s.mu.Lock()
	delete(s.answers, ctx.EffectiveUser.Id)
	s.mu.Unlock()
	return say(b, ctx, "Stopped. Nothing is saved.", handlers.EndConversation())
}
