package tgtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A Message is one version of a message in a chat. It never changes: an edit makes a new Message. A test must not
// change it, and goroutines may share it.
type Message struct {
	ID   int64
	Chat *Chat
	// From is the user who sent it. It is nil for a message of the bot and for a channel's post.
	From    *User
	FromBot bool
	// Bot is the bot that sent it, or via which the user sent it. It is nil for all others.
	Bot  *Bot
	Date time.Time
	// Edited is the time of the edit that made this version. It is zero for the first version.
	Edited   time.Time
	ThreadID int64 // forum topic, 0 = none
	ReplyTo  *Message

	// Text is the text, or the caption if there is media.
	Text     string
	Entities []gotgbot.MessageEntity
	// Media is the name of the field in the Bot API for content besides the text, such as photo. It is empty for a
	// plain text.
	Media string
	// Buttons is the inline keyboard.
	Buttons [][]gotgbot.InlineKeyboardButton
	// ViaBot says that a user sent it with an inline result of the bot.
	ViaBot bool
	// InlineMessageID is the inline_message_id of a message with buttons that was sent via the bot. It is empty for all
	// others.
	InlineMessageID string
	// ReplyMarkup is the parameter reply_markup of the call that sent or edited it, as JSON.
	ReplyMarkup string

	markup  []byte // inline keyboard in the server's form
	content []byte // the fields of the media in the server's form, with commas between them
	origin  []byte // the fields about the origin of a forwarded message, in the same form
	caption bool   // Text is the caption of the content
	album   string // media_group_id
	invoice *invoice
}

// byBot reports whether the bot made this version of the message.
func (m *Message) byBot() bool { return m.FromBot || m.InlineMessageID != "" && !m.Edited.IsZero() }

// Button finds a button by its text, or else by its callback data. ok is false if the message has no such button.
func (m *Message) Button(label string) (button gotgbot.InlineKeyboardButton, ok bool) {
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

// labelOf returns the text of the button with the callback data, or the data if there is no such button.
func (m *Message) labelOf(data string) string {
	for _, b := range slices.Concat(m.Buttons...) {
		if b.CallbackData == data {
			return b.Text
		}
	}
	return data
}

// encode appends the message in the server's form and field order. reply says whether it includes the message that it
// replies to. As on the official server, that message is encoded without the one that it replies to itself.
func (m *Message) encode(o *object, reply bool) {
	o.open()
	o.int("message_id", m.ID)
	switch {
	case m.Chat.Type == "channel":
		o.raw("sender_chat", m.Chat.encoded)
	case m.FromBot:
		o.raw("from", m.Bot.encoded)
	case m.From != nil:
		o.raw("from", m.From.encoded)
	}
	o.raw("chat", m.Chat.encoded)
	o.int("date", m.Date.Unix())
	if !m.Edited.IsZero() {
		o.int("edit_date", m.Edited.Unix())
	}
	o.number("message_thread_id", m.ThreadID)
	if len(m.origin) > 0 {
		*o = append(*o, ',')
		*o = append(*o, m.origin...)
	}
	if reply && m.ReplyTo != nil {
		o.field("reply_to_message")
		m.ReplyTo.encode(o, false)
	}
	if m.ViaBot {
		o.raw("via_bot", m.Bot.encoded)
	}
	o.text("media_group_id", m.album)
	text, entities := "text", "entities"
	if m.caption {
		text, entities = "caption", "caption_entities"
	}
	if len(m.content) > 0 {
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

// ownFields holds the fields of a message that are not its content.
var ownFields = map[string]bool{
	"message_id": true, "from": true, "sender_chat": true, "chat": true, "date": true, "edit_date": true,
	"message_thread_id": true, "is_topic_message": true, "reply_to_message": true, "text": true, "entities": true,
	"caption": true, "caption_entities": true, "reply_markup": true,
}

// contentFields returns the fields of a message that are its content, in the server's form, and the name of the first.
func contentFields(m gotgbot.Message) (media string, fields []byte, err error) {
	encoded, err := wireJSON(m)
	if err != nil {
		return "", nil, fmt.Errorf("encoding the message: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.Token() // the opening brace; it cannot fail
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return "", nil, fmt.Errorf("encoding the message: %w", err)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return "", nil, fmt.Errorf("encoding the message: %w", err)
		}
		if ownFields[name.(string)] {
			continue
		}
		if media == "" {
			media = name.(string)
		} else {
			fields = append(fields, ',')
		}
		fields = append(fields, `"`+name.(string)+`":`...)
		fields = append(fields, value...)
	}
	return media, fields, nil
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

var fileIDs = regexp.MustCompile(`"file_id":"([^"\\]+)"`)

// FileID returns the file_id of the message's file, for a photo that of the largest size. The bot can pass it to getFile and
// to the methods that send files. It is empty if the message has no file.
func (m *Message) FileID() string {
	all := fileIDs.FindAllSubmatch(m.content, -1)
	if len(all) == 0 {
		return ""
	}
	if m.Media != "photo" { // the first one is the file; a thumbnail may follow
		return string(all[0][1])
	}
	return string(all[len(all)-1][1])
}

// File returns the file with the id: one that a user sent, or one that the bot uploaded. The data is empty for a file that
// the bot named by a URL, because the server downloads nothing.
func (s *Server) File(id string) (f File, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stored, ok := s.world.files[id]
	return stored.File, ok
}

// adoptFiles makes the files in the content of a message known, so that the bot can call getFile for them. They are empty.
func (w *world) adoptFiles(field string, content []byte) {
	for _, found := range fileIDs.FindAllSubmatch(content, -1) {
		id := string(found[1])
		if _, known := w.files[id]; !known {
			w.files[id] = storedFile{File{}, field + "s/" + id}
			w.forgetFiles(id)
		}
	}
}

// fileName returns the name of a file at a URL.
func fileName(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }
