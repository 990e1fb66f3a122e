package telegram

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// ParseCommand reads the bot command that a text begins with, as the server marked it with an entity: its name without the
// slash and the bot's name, and the text after it without white space around. Names are told apart by case, as in
// grammY; the bot's own name is not. A command that is addressed to another bot is none.
func ParseCommand(text string, entities []gotgbot.MessageEntity, username string) (name, args string, ok bool) {
	if !strings.HasPrefix(text, "/") {
		return "", "", false
	}
	for i := range entities {
		e := &entities[i]
		if e.Type != "bot_command" || e.Offset != 0 {
			continue
		}
		end := utf16Index(text, e.Length)
		if end < 1 {
			continue
		}
		if name, ok = addressed(text[1:end], username); !ok {
			return "", "", false
		}
		return name, strings.TrimSpace(text[end:]), true
	}
	return "", "", false
}

// ParsePrefixed is ParseCommand for prefixes of the author's, each of which is one letter of prefixes. The server marks
// no such commands, so the name is what stands before the first white space.
func ParsePrefixed(text, prefixes, username string) (name, args string, ok bool) {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 || !strings.ContainsRune(prefixes, first) {
		return "", "", false
	}
	text = text[size:]
	end := strings.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		end = len(text)
	}
	if name, ok = addressed(text[:end], username); !ok {
		return "", "", false
	}
	return name, strings.TrimSpace(text[end:]), true
}

// addressed takes the bot's name off a command. It is not ok if the command is for another bot, or has no name.
func addressed(command, username string) (name string, ok bool) {
	name, bot, named := strings.Cut(command, "@")
	return name, name != "" && (!named || strings.EqualFold(bot, username))
}
