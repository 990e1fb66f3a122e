package tgtest

import (
	"encoding/json"
	"regexp"
	"strconv"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

const maxCommands = 100

var commandName = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// commandsKey returns the key of Bot.commands for a call: its scope and language.
func commandsKey(params Params) (key string, refused *reply) {
	var scope struct {
		Type   string          `json:"type"`
		ChatID json.RawMessage `json:"chat_id"`
		UserID int64           `json:"user_id"`
	}
	if params.Decode("scope", &scope) != nil {
		return "", wrong("can't parse BotCommandScope: expected an Object")
	}
	key = orElse(scope.Type, "default")
	if len(scope.ChatID) > 0 {
		key += " chat " + string(scope.ChatID)
	}
	if scope.UserID != 0 {
		key += " user " + strconv.FormatInt(scope.UserID, 10)
	}
	return key + " " + params["language_code"], nil
}

func (s *Server) setMyCommands(call *Call) reply {
	key, refused := commandsKey(call.Params)
	if refused != nil {
		return *refused
	}
	var commands []gotgbot.BotCommand
	if call.Params.Decode("commands", &commands) != nil {
		return badRequest("can't parse commands JSON object")
	}
	if len(commands) > maxCommands {
		return badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	list := []byte{'['}
	for i, c := range commands {
		if !commandName.MatchString(c.Command) {
			return badRequest("BOT_COMMAND_INVALID")
		}
		if c.Description == "" || len([]rune(c.Description)) > 256 {
			return badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
		if i > 0 {
			list = append(list, ',')
		}
		var o object
		o.open()
		o.str("command", c.Command)
		o.str("description", c.Description)
		o.close()
		list = append(list, o...)
	}
	call.bot.commands[key] = append(list, ']')
	return succeed("true")
}

func (s *Server) getMyCommands(call *Call) reply {
	key, refused := commandsKey(call.Params)
	if refused != nil {
		return *refused
	}
	if list, ok := call.bot.commands[key]; ok {
		return success(list, "")
	}
	return succeed("[]")
}

func (s *Server) deleteMyCommands(call *Call) reply {
	key, refused := commandsKey(call.Params)
	if refused != nil {
		return *refused
	}
	delete(call.bot.commands, key)
	return succeed("true")
}

// Commands returns the menu of commands that the bot set with setMyCommands for the default scope and all languages.
func (b *Bot) Commands() []gotgbot.BotCommand {
	b.server.mu.Lock()
	list := b.commands["default "]
	b.server.mu.Unlock()
	var commands []gotgbot.BotCommand
	if len(list) > 0 && json.Unmarshal(list, &commands) != nil {
		panic("tgtest: the server's own JSON does not parse")
	}
	return commands
}
