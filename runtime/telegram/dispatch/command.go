package dispatch

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// ParseCommand reads the bot command that a text begins with, as the server marked it with an entity: its name, without
// the slash and the bot's name, and the text after it, without white space around. Names are told apart by case, as in
// grammY; the bot's own name is not. It is not ok if there is no such command, or if it is addressed to another bot. It
// allocates nothing.
func ParseCommand(text string, entities []gotgbot.MessageEntity, username string) (name, args string, ok bool) {
	if !strings.HasPrefix(text, "/") {
		return "", "", false
	}
	for i := range entities {
		e := &entities[i]
		if e.Type == "bot_command" && e.Offset == 0 && e.Length > 0 {
			return cutCommand(text[1:], utf16Index(text, e.Length)-1, username)
		}
	}
	return "", "", false
}

// ParsePrefixed is [ParseCommand] for other signs than the slash: any one letter of prefixes. The server marks no such
// commands, so the name ends at the first white space.
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
	return cutCommand(text, end, username)
}

// cutCommand takes apart the text after the prefix: up to end it is a name, and perhaps the name of a bot.
func cutCommand(text string, end int, username string) (name, args string, ok bool) {
	name, bot, addressed := strings.Cut(text[:end], "@")
	if name == "" || addressed && !strings.EqualFold(bot, username) {
		return "", "", false
	}
	return name, strings.TrimSpace(text[end:]), true
}
