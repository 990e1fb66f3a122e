package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// bot implements the interface Handlers in bot.gen.go. It has no fields: what a dialogue must remember is in its session.
type bot struct{}

// say sends a text to the chat that an update came from.
func say(ctx context.Context, ev *telegram.Event, text string) error {
	_, err := ev.Reply(ctx, text, nil)
	return err
}

const (
	askName = "What is your name?"
	askAge  = "How old are you, %s?"
)

func (bot) Start(ctx context.Context, in *StartInput) error {
	return say(ctx, in.Event, "Hello! /register signs you up.")
}

// Register begins the dialogue. If the question cannot be sent, the handler fails, and the session stays as it is.
func (bot) Register(ctx context.Context, in *RegisterInput) (RegisterTo, error) {
	return SignupAskName{}, say(ctx, in.Event, askName)
}

func (bot) Busy(ctx context.Context, in *BusyInput) error {
	return say(ctx, in.Event, "You are signing up already. /back goes one step back, /cancel stops.")
}

func (bot) Cancel(ctx context.Context, in *CancelInput) (CancelTo, error) {
	return SignupIdle{}, say(ctx, in.Event, "Stopped. Nothing is saved.")
}

// GotName gets every text while the bot waits for a name. A nil state stays where it is.
func (bot) GotName(ctx context.Context, in *GotNameInput) (GotNameTo, error) {
	name := strings.TrimSpace(in.Text)
	if n := utf8.RuneCountInString(name); n < 2 || n > 40 || strings.HasPrefix(name, "/") {
		return nil, say(ctx, in.Event, "A name has 2 to 40 letters. "+askName)
	}
	return SignupAskAge{Name: name}, say(ctx, in.Event, fmt.Sprintf(askAge, name))
}

func (bot) BackToName(ctx context.Context, in *BackToNameInput) (BackToNameTo, error) {
	return SignupAskName{}, say(ctx, in.Event, askName)
}

// GotAge gets every text while the bot waits for an age. in.Signup has what the state remembers.
func (bot) GotAge(ctx context.Context, in *GotAgeInput) (GotAgeTo, error) {
	age, err := strconv.Atoi(strings.TrimSpace(in.Text))
	if err != nil || age < 1 || age > 150 {
		return nil, say(ctx, in.Event, "An age is a number from 1 to 150. "+fmt.Sprintf(askAge, in.Signup.Name))
	}
	text := fmt.Sprintf("%s, %d years. Is that right? /back goes one step back.", in.Signup.Name, age)
	question, err := in.Reply(ctx, text, &gotgbot.SendMessageOpts{
		ReplyMarkup: gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{SignUpButton("Sign me up")}}},
	})
	if err != nil {
		return nil, err
	}
	return SignupConfirm{Name: in.Signup.Name, Age: age, Question: question.MessageId}, nil
}

func (bot) BackToAge(ctx context.Context, in *BackToAgeInput) (BackToAgeTo, error) {
	return SignupAskAge{Name: in.Signup.Name}, say(ctx, in.Event, fmt.Sprintf(askAge, in.Signup.Name))
}

func (bot) PressTheButton(ctx context.Context, in *PressTheButtonInput) error {
	return say(ctx, in.Event, "Press the button, please. /back goes one step back, /cancel stops.")
}

// SignUp ends the dialogue and saves the member. Both sessions are stored together: after a crash, either the dialogue is over and
// the member is saved, or neither is.
func (bot) SignUp(ctx context.Context, in *SignUpInput) (SignUpTo, error) {
	if question := in.Message(); question == nil || question.MessageId != in.Signup.Question { // from before a /back
		return nil, in.Answer(ctx, "Press the button of the last question, please.", nil)
	}
	in.Member.Name, in.Member.Age = in.Signup.Name, in.Signup.Age
	if err := in.Answer(ctx, "", nil); err != nil {
		return nil, err
	}
	return SignupIdle{}, in.Edit(ctx, "Welcome, "+in.Signup.Name+"!", nil)
}

func (bot) OldButton(ctx context.Context, in *OldButtonInput) error {
	return in.Answer(ctx, "That was long ago. /register begins again.", nil)
}

// TooSlow runs when a user has not confirmed in ten minutes. Then the session goes to Idle.
func (bot) TooSlow(ctx context.Context, in *TooSlowInput) error {
	return say(ctx, in.Event, "Are you still there, "+in.Signup.Name+"? Nothing is saved. /register begins again.")
}

func (bot) Me(ctx context.Context, in *MeInput) error {
	if in.Member.Name == "" {
		return say(ctx, in.Event, "You have not signed up. /register does that.")
	}
	return say(ctx, in.Event, fmt.Sprintf("%s, %d years.", in.Member.Name, in.Member.Age))
}

func (bot) Other(ctx context.Context, in *OtherInput) error {
	return say(ctx, in.Event, "I know /register and /me.")
}

func (bot) OnError(ctx context.Context, ev *telegram.Event, err error) {
	slog.ErrorContext(ctx, "handler failed", "handler", ev.Handler, "update", ev.Header.ID, "error", err)
}
