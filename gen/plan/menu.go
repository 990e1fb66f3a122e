package plan

import (
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/spec"
)

// A MenuScope says in which chats a menu of commands is shown.
type MenuScope string

// The scopes that follow from the key in of handlers.
const (
	ScopeDefault MenuScope = ""
	ScopePrivate MenuScope = "AllPrivateChats"
	ScopeGroup   MenuScope = "AllGroupChats"
)

// A Menu is a list of commands as Telegram shows it in a scope, to users of a language or, without one, to all others.
type Menu struct {
	Scope    MenuScope
	Language string
	Commands []MenuCommand
}

// A MenuCommand is a command in a menu.
type MenuCommand struct {
	Handler     *Handler // the first that describes the command
	Description string
}

// Name is the command without the slash.
func (c MenuCommand) Name() string { return c.Handler.Command.Names[0].Value }

// Menus returns the menus of the commands that have a description and that / reaches. The first is the default menu, which
// may be empty if the bot registers its commands.
//
// Telegram shows one menu and joins none, so the menu of a scope repeats the commands that are for all chats. A scope has a
// menu only if a command is for it alone, and a language only if that changes something.
func (p *Plan) Menus() []Menu {
	var described []*Handler
	var languages []string
	for _, h := range p.Handlers {
		if h.Command == nil || !h.Description.IsSet() || !strings.Contains(h.Command.Prefixes.Or(spec.DefaultPrefixes), "/") {
			continue
		}
		described = append(described, h)
		for _, t := range h.Description.Translations {
			if !slices.Contains(languages, t.Language.Value) {
				languages = append(languages, t.Language.Value)
			}
		}
	}
	if len(described) == 0 && !p.Spec.RegisterCommands.Value {
		return nil
	}
	slices.Sort(languages)
	var menus []Menu
	for _, scope := range []MenuScope{ScopeDefault, ScopePrivate, ScopeGroup} {
		if scope != ScopeDefault && !slices.ContainsFunc(described, func(h *Handler) bool { return h.onlyIn(scope) }) {
			continue
		}
		all := menuOf(described, scope, "")
		menus = append(menus, Menu{scope, "", all})
		for _, language := range languages {
			if commands := menuOf(described, scope, language); !slices.Equal(commands, all) {
				menus = append(menus, Menu{scope, language, commands})
			}
		}
	}
	return menus
}

// menuOf returns the commands of a menu. A command that several handlers describe is described by the first.
func menuOf(described []*Handler, scope MenuScope, language string) []MenuCommand {
	var commands []MenuCommand
	for _, h := range described {
		name := h.Command.Names[0].Value
		if len(h.In) > 0 && !h.onlyIn(scope) || slices.ContainsFunc(commands, func(c MenuCommand) bool { return c.Name() == name }) {
			continue
		}
		commands = append(commands, MenuCommand{h, h.Description.In(language)})
	}
	return commands
}

// onlyIn reports whether the handler is for some kinds of chat only, and a chat of the scope is one of them.
func (h *Handler) onlyIn(scope MenuScope) bool {
	for _, kind := range h.In {
		switch kind.Value {
		case spec.ChatPrivate:
			if scope == ScopePrivate {
				return true
			}
		case spec.ChatGroup, spec.ChatSupergroup:
			if scope == ScopeGroup {
				return true
			}
		}
	}
	return false
}
