package tgtest

import (
	"slices"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A Message is one version of a message in a chat. It never changes: an edit makes another one. The messages of a
// server may be shared freely, but not written to.
type Message struct {
	ID   int64
	Chat *Chat
	// From is the user who sent it; nil if the bot did, or nobody (a channel's post).
	From    *User
	FromBot bool
	Date    time.Time
	// Edited is when this version was made by an edit; zero for the first version.
	Edited   time.Time
	ThreadID int64 // forum topic, 0 = none
	ReplyTo  *Message

	// Text is the text or, with media, the caption.
	Text     string
	Entities []gotgbot.MessageEntity
	// Media names the content besides the text as its field in the Bot API, such as photo; empty for plain text.
	Media string
	// Buttons is the inline keyboard.
	Buttons [][]gotgbot.InlineKeyboardButton
	// ReplyMarkup is the parameter reply_markup of the call that sent it, as JSON.
	ReplyMarkup string

	markup  []byte // inline keyboard in the server's form
	content []byte // the fields of the media in the server's form, with commas between them
}

// Button finds a button by its text, or else by its callback data.
func (m *Message) Button(label string) (gotgbot.InlineKeyboardButton, bool) {
	all := slices.Concat(m.Buttons...)
	for _, b := range all {
		if b.Text == label {
			return b, true
		}
	}
	for _, b := range all {
		if b.CallbackData != "" && b.CallbackData == label {
			return b, true
		}
	}
	return gotgbot.InlineKeyboardButton{}, false
}

// labelOf is the text of the button with the callback data, or the data itself if there is no such button.
func (m *Message) labelOf(data string) string {
	for _, b := range slices.Concat(m.Buttons...) {
		if b.CallbackData == data {
			return b.Text
		}
	}
	return data
}

// encode appends the message in the server's form and field order. reply tells if the message it replies to is part
// of it: that of a reply is not.
func (m *Message) encode(o *object, reply bool) {
	o.open()
	o.int("message_id", m.ID)
	switch {
	case m.Chat.Type == "channel":
		o.raw("sender_chat", m.Chat.encoded)
	case m.FromBot:
		o.raw("from", m.Chat.server.world.bot)
	case m.From != nil:
		o.raw("from", m.From.encoded)
	}
	o.raw("chat", m.Chat.encoded)
	o.int("date", m.Date.Unix())
	if !m.Edited.IsZero() {
		o.int("edit_date", m.Edited.Unix())
	}
	o.number("message_thread_id", m.ThreadID)
	if reply && m.ReplyTo != nil {
		o.field("reply_to_message")
		m.ReplyTo.encode(o, false)
	}
	text, entities := "text", "entities"
	if len(m.content) > 0 {
		text, entities = "caption", "caption_entities"
		*o = append(*o, ',')
		*o = append(*o, m.content...)
	}
	o.text(text, m.Text)
	if len(m.Entities) > 0 {
		o.field(entities)
		encodeEntities(o, m.Entities)
	}
	if m.ThreadID != 0 {
		o.bool("is_topic_message", true)
	}
	o.raw("reply_markup", m.markup)
	o.close()
}

func encodeEntities(o *object, entities []gotgbot.MessageEntity) {
	*o = append(*o, '[')
	for i, e := range entities {
		if i > 0 {
			*o = append(*o, ',')
		}
		o.open()
		o.int("offset", e.Offset)
		o.int("length", e.Length)
		o.str("type", e.Type)
		o.text("language", e.Language)
		o.text("url", e.Url)
		if e.User != nil {
			o.field("user")
			encodeUser(o, *e.User)
		}
		o.text("custom_emoji_id", e.CustomEmojiId)
		o.close()
	}
	*o = append(*o, ']')
}

func encodeUser(o *object, u gotgbot.User) {
	o.open()
	o.int("id", u.Id)
	o.bool("is_bot", u.IsBot)
	o.str("first_name", u.FirstName)
	o.text("last_name", u.LastName)
	o.text("username", u.Username)
	o.text("language_code", u.LanguageCode)
	if u.IsPremium {
		o.bool("is_premium", true)
	}
	o.close()
}
