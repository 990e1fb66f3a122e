package telegram

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A Menu is a list of commands that Telegram shows to some users. Telegram joins no menus: a user sees the first that exists
// of the menu of the chat's scope in the user's language, the menu of that scope without a language, and the same two of
// the default scope.
type Menu struct {
	// Scope says in which chats the menu is shown. Default nil: in the chats that have no menu of a narrower scope.
	Scope gotgbot.BotCommandScope

	// Language is the language of the users who see the menu, a two-letter code of ISO 639-1. Default: all users
	// whose language has no menu of its own.
	Language string

	// Commands are the commands, at most 100. Without commands, the menu is removed.
	Commands []gotgbot.BotCommand
}

// scope names the menu's scope as Telegram does.
func (m *Menu) scope() string {
	if m.Scope == nil {
		return gotgbot.BotCommandScopeTypeDefault
	}
	return m.Scope.GetType()
}

// setMenus sets the menus that differ from what the server has, and touches no other one: the server does not say who has
// set a menu. A failure that may pass is retried; a menu that the server refuses is logged. The waits between tries end with
// waits, and the calls with calls.
func (b *Bot) setMenus(waits, calls context.Context) {
	for i := range b.config.Menus {
		menu := &b.config.Menus[i]
		err := b.setMenu(waits, calls, menu)
		if err == nil || waits.Err() != nil && errors.Is(err, waits.Err()) {
			continue
		}
		b.logger.ErrorContext(calls, "the menu of commands is not set, and the bot goes on without it",
			"scope", menu.scope(), "language", menu.Language, "commands", len(menu.Commands), "error", err, "advice", menuAdvice(err))
	}
}

func menuAdvice(err error) string {
	if answer, ok := errors.AsType[*APIError](err); ok && answer.Code == http.StatusBadRequest {
		return "Telegram takes commands of 1 to 32 characters of a-z, 0-9 and _, with a description of 1 to 256 characters, " +
			"and at most 100 of them: correct the spec, and start the bot again"
	}
	return "the bot tries again when it is started again"
}

// setMenu sets a menu if it differs. Before, it asks, because the server's limits on setMyCommands are strict.
func (b *Bot) setMenu(waits, calls context.Context, menu *Menu) error {
	var set []gotgbot.BotCommand
	err := b.insistUnlessRefused(waits, "getMyCommands", func() (err error) {
		set, err = b.starter.GetMyCommandsWithContext(calls, &gotgbot.GetMyCommandsOpts{Scope: menu.Scope, LanguageCode: menu.Language})
		return err
	})
	if err != nil || slices.Equal(set, menu.Commands) {
		return err
	}
	if len(menu.Commands) == 0 {
		return b.insistUnlessRefused(waits, "deleteMyCommands", func() error {
			_, err := b.starter.DeleteMyCommandsWithContext(calls, &gotgbot.DeleteMyCommandsOpts{Scope: menu.Scope, LanguageCode: menu.Language})
			return err
		})
	}
	return b.insistUnlessRefused(waits, "setMyCommands", func() error {
		_, err := b.starter.SetMyCommandsWithContext(calls, menu.Commands, &gotgbot.SetMyCommandsOpts{Scope: menu.Scope, LanguageCode: menu.Language})
		return err
	})
}

// insistUnlessRefused is insist, but an answer with 400 or 403, which no retry can mend, is final.
func (b *Bot) insistUnlessRefused(waits context.Context, method string, call func() error) error {
	var refused error
	err := b.insist(waits, method, func() error {
		err := asAPIError(method, call())
		if answer, ok := errors.AsType[*APIError](err); ok && (answer.Code == http.StatusBadRequest || answer.Code == http.StatusForbidden) {
			refused = err
			return nil
		}
		return err
	})
	return errors.Join(refused, err)
}
