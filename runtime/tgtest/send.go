package tgtest

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest/internal/markup"
)

// Limits of a message.
const (
	maxText         = 4096 // UTF-16 units
	maxCaption      = 1024 // UTF-16 units
	maxCallbackData = 64   // bytes
)

// chatOf returns the chat of a call, or the error to answer with.
func (s *Server) chatOf(call *Call) (*Chat, *reply) {
	id := call.Params["chat_id"]
	if id == "" {
		return nil, wrong("chat_id is empty")
	}
	chat := s.world.find(call.bot, id)
	if chat == nil {
		return nil, wrong("chat not found")
	}
	if refused := chat.absent(call.bot); refused != nil {
		return nil, refused
	}
	return chat, nil
}

func (s *Server) sendMessage(call *Call) reply {
	chat, wrong := s.chatOf(call)
	if wrong != nil {
		return *wrong
	}
	m := &Message{Chat: chat, ThreadID: call.Params.Int("message_thread_id")}
	if wrong := firstWrong(setText(m, call.Params), setMarkup(m, call.Params), setReply(m, call.Params)); wrong != nil {
		return *wrong
	}
	return s.sent(call, m)
}

// sent adds a message of the bot to its chat and returns it as the answer.
func (s *Server) sent(call *Call, m *Message) reply {
	m.Bot, m.FromBot, m.ID, m.Date = call.bot, true, s.world.messageID(m.Chat), now()
	m.Chat.action = ""
	call.bot.countSent(m.Chat)
	s.world.post(m)
	s.noteMessage(m, "")
	return messageReply(m)
}

func messageReply(m *Message) reply {
	o := object(append(make([]byte, 0, 512), `{"ok":true,"result":`...))
	m.encode(&o, true)
	o.close()
	return reply{status: 200, body: o, made: m}
}

// firstWrong returns the first error, or nil.
func firstWrong(checks ...*reply) *reply {
	for _, wrong := range checks {
		if wrong != nil {
			return wrong
		}
	}
	return nil
}

// wrong returns a 400.
func wrong(description string) *reply {
	r := badRequest(description)
	return &r
}

// setText sets a message's text from the parameters of a call.
func setText(m *Message, params Params) *reply {
	if refused := setFormatted(m, params["text"], params, "entities"); refused != nil {
		return refused
	}
	if m.Text == "" {
		return wrong("message text is empty")
	}
	if markup.Units(m.Text) > maxText {
		return wrong("message is too long")
	}
	return nil
}

// setCaption sets a message's caption from the parameters of a call.
func setCaption(m *Message, params Params) *reply {
	m.caption = true
	if refused := setFormatted(m, params["caption"], params, "caption_entities"); refused != nil {
		return refused
	}
	if markup.Units(m.Text) > maxCaption {
		return wrong("message caption is too long")
	}
	return nil
}

// setFormatted sets a message's text and entities. entities is the name of the parameter with the entities.
func setFormatted(m *Message, text string, params Params, entities string) *reply {
	var given []gotgbot.MessageEntity
	if params["parse_mode"] == "" {
		if err := params.Decode(entities, &given); err != nil {
			return wrong("can't parse entities: " + err.Error())
		}
	}
	var err error
	if m.Text, m.Entities, err = markup.Format(text, params["parse_mode"], given); err != nil {
		return wrong("can't parse entities: " + err.Error())
	}
	m.Chat.server.world.introduce(m.Entities)
	return nil
}

// setMarkup sets a message's reply markup from the parameters of a call, or removes it if the call has no markup.
func setMarkup(m *Message, params Params) *reply {
	m.ReplyMarkup, m.Buttons, m.markup = params["reply_markup"], nil, nil
	if m.ReplyMarkup == "" {
		return nil
	}
	var markup struct {
		InlineKeyboard [][]gotgbot.InlineKeyboardButton `json:"inline_keyboard"`
	}
	if json.Unmarshal([]byte(m.ReplyMarkup), &markup) != nil {
		return wrong("can't parse reply keyboard markup JSON object")
	}
	for _, b := range slices.Concat(markup.InlineKeyboard...) {
		if b.Text == "" {
			return wrong("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
		}
		if len(b.CallbackData) > maxCallbackData {
			return wrong("BUTTON_DATA_INVALID")
		}
	}
	m.Buttons = slices.DeleteFunc(markup.InlineKeyboard, func(row []gotgbot.InlineKeyboardButton) bool { return len(row) == 0 })
	if len(m.Buttons) > 0 {
		m.markup = appendJSON(nil, []byte(m.ReplyMarkup))
	}
	return nil
}

// setReply sets the message that a message replies to, if the parameters of a call name one.
func setReply(m *Message, params Params) *reply {
	to, lenient := params.Int("reply_to_message_id"), params.Bool("allow_sending_without_reply")
	if params["reply_parameters"] != "" {
		var reply gotgbot.ReplyParameters
		if err := params.Decode("reply_parameters", &reply); err != nil {
			return wrong("can't parse reply parameters: " + err.Error())
		}
		to, lenient = reply.MessageId, reply.AllowSendingWithoutReply
	}
	if to == 0 {
		return nil
	}
	m.ReplyTo = m.Chat.current[to]
	if m.ReplyTo == nil && !lenient && !m.Chat.adopted {
		return wrong("message to be replied not found")
	}
	return nil
}

// edit returns a copy of the bot's message that a call edits, for the next version. For an error or an inline message
// it returns nil and the answer.
func (s *Server) edit(call *Call) (next *Message, answer *reply) {
	if id := call.Params["inline_message_id"]; id != "" {
		m := s.world.inline[id]
		if m == nil || m.Bot != call.bot { // of a pushed update
			plain := succeed("true")
			return nil, &plain
		}
		if latest := m.Chat.current[m.ID]; latest != nil {
			m = latest
		}
		edited := *m
		edited.Edited = now()
		return &edited, nil
	}
	chat, refused := s.chatOf(call)
	if refused != nil {
		return nil, refused
	}
	id := call.Params.Int("message_id")
	m := chat.current[id]
	switch {
	case id <= 0:
		return nil, wrong("message identifier is not specified")
	case m == nil && chat.adopted: // it may be older than what the server knows
		m = &Message{ID: id, Chat: chat, Bot: call.bot, FromBot: true, Date: now()}
	case m == nil:
		return nil, wrong("message to edit not found")
	case !m.FromBot || m.Bot != call.bot:
		return nil, wrong("message can't be edited")
	}
	edited := *m
	edited.Edited = now()
	return &edited, nil
}

// edited makes m the latest version of its message and returns it as the answer.
func (s *Server) edited(m *Message) reply {
	old := m.Chat.current[m.ID]
	if old != nil && old.Text == m.Text && slices.Equal(old.Entities, m.Entities) && bytes.Equal(old.markup, m.markup) {
		return badRequest("message is not modified: specified new message content and reply markup are exactly the same " +
			"as a current content and reply markup of the message")
	}
	s.world.post(m)
	s.noteMessage(m, verbEdits)
	if m.InlineMessageID != "" {
		answer := succeed("true")
		answer.made = m
		return answer
	}
	return messageReply(m)
}

func (s *Server) editMessageText(call *Call) reply {
	m, answer := s.edit(call)
	if answer != nil {
		return *answer
	}
	if m.caption {
		return badRequest("there is no text in the message to edit")
	}
	if wrong := firstWrong(setText(m, call.Params), setMarkup(m, call.Params)); wrong != nil {
		return *wrong
	}
	return s.edited(m)
}

func (s *Server) editMessageReplyMarkup(call *Call) reply {
	m, answer := s.edit(call)
	if answer != nil {
		return *answer
	}
	if wrong := setMarkup(m, call.Params); wrong != nil {
		return *wrong
	}
	return s.edited(m)
}

func (s *Server) deleteMessage(call *Call) reply {
	chat, wrong := s.chatOf(call)
	if wrong != nil {
		return *wrong
	}
	id := call.Params.Int("message_id")
	m := chat.current[id]
	if m == nil && !chat.adopted {
		return badRequest("message to delete not found")
	}
	if m != nil {
		delete(chat.current, id)
		s.note(entry{chat: chat, bot: call.bot, verb: verbDeletes, text: m.Text})
	}
	return succeed("true")
}
