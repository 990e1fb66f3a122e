package tgtest

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

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
		"sendChatAction":         (*Server).sendChatAction,
		"setMessageReaction":     (*Server).setMessageReaction,
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
	query.answer = call
	return query.chat, succeed("true")
}

// actionTime is how long clients show that the bot is typing.
const actionTime = 5 * time.Second

// chatActions are the values of sendChatAction's parameter action.
var chatActions = [...]string{
	"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document", "choose_sticker",
	"find_location", "record_video_note", "upload_video_note",
}

func (s *Server) sendChatAction(call *Call) reply {
	chat, refused := s.chatOf(call)
	if refused != nil {
		return *refused
	}
	action := strings.ToLower(call.Params["action"])
	if !slices.Contains(chatActions[:], action) {
		return badRequest("wrong parameter action in request")
	}
	chat.action, chat.actionEnds = action, time.Now().Add(actionTime)
	return succeed("true")
}

func (s *Server) setMessageReaction(call *Call) reply {
	chat, refused := s.chatOf(call)
	if refused != nil {
		return *refused
	}
	id := call.Params.Int("message_id")
	if chat.current[id] == nil && !chat.adopted {
		return badRequest("message to react not found")
	}
	var reactions []struct {
		Type  string `json:"type"`
		Emoji string `json:"emoji"`
	}
	if call.Params.Decode("reaction", &reactions) != nil {
		return badRequest("can't parse reaction types JSON object")
	}
	var emoji []string
	for _, r := range reactions {
		emoji = append(emoji, orElse(r.Emoji, r.Type))
	}
	chat.react(reactionKey{id, call.bot.Profile.Id}, emoji)
	s.note(entry{chat: chat, bot: call.bot, verb: verbReacts, text: joined(emoji)})
	return succeed("true")
}
