package tgtest

import (
	"reflect"
	"strings"
	"sync"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// method is a method of the Bot API, as the server implements it.
type method struct {
	name   string
	run    func(*Server, *Call) reply // called with the server's lock held; nil: the answer is always result
	result string                     // JSON
}

// methods returns every method of the Bot API that gotgbot has, by its name in lower case. A method that is not in
// runners and does not send a message does nothing: its answer is a fixed value of its type.
var methods = sync.OnceValue(func() map[string]method {
	all := make(map[string]method)
	bot := reflect.TypeFor[*gotgbot.Bot]()
	for i := range bot.NumMethod() {
		m := bot.Method(i)
		name, ok := strings.CutSuffix(m.Name, "WithContext")
		if !ok || name == "Request" {
			continue
		}
		name = strings.ToLower(name[:1]) + name[1:]
		known := method{name: name, result: plainResult(m.Type.Out(0))}
		if strings.HasPrefix(name, "send") && m.Type.Out(0) == reflect.TypeFor[*gotgbot.Message]() {
			known.run = (*Server).sendContent
		}
		all[strings.ToLower(name)] = known
	}
	for name, run := range runners() {
		m := all[strings.ToLower(name)]
		m.name, m.run = name, run
		all[strings.ToLower(name)] = m
	}
	return all
})

// plainResult returns the simplest JSON value that gotgbot accepts as a result of the type.
func plainResult(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true"
	case reflect.String:
		return `""`
	case reflect.Int64:
		return "0"
	case reflect.Slice:
		return "[]"
	}
	if t == reflect.TypeFor[gotgbot.MenuButton]() {
		return `{"type":"commands"}`
	}
	return "{}"
}

// runners returns the methods that do something.
func runners() map[string]func(*Server, *Call) reply {
	return map[string]func(*Server, *Call) reply{
		"sendMediaGroup":         (*Server).sendMediaGroup,
		"copyMessage":            (*Server).copyMessage,
		"forwardMessage":         (*Server).forwardMessage,
		"editMessageCaption":     (*Server).editMessageCaption,
		"editMessageMedia":       (*Server).editMessageMedia,
		"getFile":                (*Server).getFile,
		"getChat":                (*Server).getChat,
		"getChatMember":          (*Server).getChatMember,
		"getChatAdministrators":  (*Server).getChatAdministrators,
		"getMe":                  (*Server).getMe,
		"getUpdates":             nil, // Bot.getUpdates runs it, without the lock
		"sendMessage":            (*Server).sendMessage,
		"editMessageText":        (*Server).editMessageText,
		"editMessageReplyMarkup": (*Server).editMessageReplyMarkup,
		"deleteMessage":          (*Server).deleteMessage,
		"answerCallbackQuery":    (*Server).answerCallbackQuery,
		"answerInlineQuery":      (*Server).answerInlineQuery,
		"answerPreCheckoutQuery": (*Server).answerPreCheckoutQuery,
		"setWebhook":             (*Server).setWebhook,
		"deleteWebhook":          (*Server).setWebhook,
		"getWebhookInfo":         (*Server).getWebhookInfo,
		"setMyCommands":          (*Server).setMyCommands,
		"getMyCommands":          (*Server).getMyCommands,
		"deleteMyCommands":       (*Server).deleteMyCommands,
	}
}

func (s *Server) getMe(call *Call) reply {
	o := object(append([]byte(nil), call.bot.encoded[:len(call.bot.encoded)-1]...)) // reopen the object
	for _, name := range [...]string{"can_join_groups", "can_read_all_group_messages", "supports_inline_queries"} {
		o.bool(name, true)
	}
	o.bool("can_connect_to_business", false)
	o.bool("has_main_web_app", false)
	o.close()
	return success(o, "")
}

func (s *Server) answerCallbackQuery(call *Call) reply {
	chat, answer := s.answerQuery(call, "callback_query_id")
	if text := call.Params["text"]; text != "" && chat != nil && answer.description == "" {
		s.note(entry{chat: chat, bot: call.bot, verb: verbAnswers, text: text})
	}
	return answer
}

func (s *Server) answerInlineQuery(call *Call) reply {
	_, answer := s.answerQuery(call, "inline_query_id")
	return answer
}

// answerQuery checks that a call answers a query of its bot, and returns the query's chat. param is the name of the
// parameter with the query's id.
func (s *Server) answerQuery(call *Call, param string) (*Chat, reply) {
	query, known := s.world.queries[call.Params[param]]
	if !known || query.bot != call.bot {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	return query.chat, succeed("true")
}
