package dispatch

import (
	"strings"
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// ParseCommand returns the bot command at the beginning of a text: its name, without the slash and the name of the bot, and
// the text after it, without white space around it. The command is the one that the server marked with a bot_command
// entity at offset 0. It is not ok if there is no such command, or if the command is addressed to another bot than
// username. Case does not count: the name is returned in lower case, as commands are written in a spec, because phones begin
// a message with a capital letter. ParseCommand allocates only if the name has a capital letter.
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

// ParsePrefixed is [ParseCommand] for commands that begin with any of the letters in prefixes instead of a slash. The server
// does not mark such commands, so the name ends at the first white space.
func ParsePrefixed(text, prefixes, username string) (name, args string, ok bool) {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 || !strings.ContainsRune(prefixes, first) {
		return "", "", false
	}
	text = text[size:]
	return cutCommand(text, wordEnd(text), username)
}

// cutCommand splits the text after the prefix. Up to end it is the name of the command, maybe with @ and the name of a bot.
func cutCommand(text string, end int, username string) (name, args string, ok bool) {
	name, bot, addressed := strings.Cut(text[:end], "@")
	if name == "" || addressed && !strings.EqualFold(bot, username) {
		return "", "", false
	}
	return lower(name), strings.TrimSpace(text[end:]), true
}

// lower returns a name with small letters in place of the capital letters A to Z. Names of commands have no other letters.
func lower(name string) string {
	for i := range len(name) {
		if c := name[i]; 'A' <= c && c <= 'Z' {
			b := []byte(name)
			for ; i < len(b); i++ {
				if c := b[i]; 'A' <= c && c <= 'Z' {
					b[i] = c + 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return name
}
