package tgtest

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest/internal/markup"
)

// A User is a person. Its methods from Member and Chat act in the private chat with the bot. Make it with
// [Server.User].
type User struct {
	*Member
	ID        int64
	FirstName string
	LastName  string
	Username  string // without the @

	profile gotgbot.User
	encoded []byte // profile in the server's form
}

// In returns the user as a member of another chat.
func (u *User) In(chat *Chat) *Member { return &Member{Chat: chat, user: u} }

// A Member is a user in a chat. Make it with [User.In].
type Member struct {
	*Chat
	user *User
}

// Send sends a text, and the bot receives a message. As on the official server, the message has entities for commands,
// mentions, hashtags, cashtags, e-mail addresses and web addresses in the text.
func (m *Member) Send(text string) *Message {
	m.server.tbHelper()
	return m.say(&Message{Text: text, Entities: markup.Find(text)})
}

// Reply sends a text in reply to a message.
func (m *Member) Reply(to *Message, text string) *Message {
	m.server.tbHelper()
	return m.say(&Message{Text: text, Entities: markup.Find(text), ReplyTo: to, ThreadID: to.ThreadID})
}

// SendInTopic sends a text to a topic of a forum.
func (m *Member) SendInTopic(thread int64, text string) *Message {
	m.server.tbHelper()
	return m.say(&Message{Text: text, Entities: markup.Find(text), ThreadID: thread})
}

func (m *Member) say(message *Message) *Message {
	m.server.tbHelper()
	m.checkNoChannel()
	message.Chat, message.From = m.Chat, m.user
	return m.server.say(message)
}

// checkNoChannel fails the test if the chat is a channel, in which users send no messages.
func (m *Member) checkNoChannel() {
	m.server.tbHelper()
	if m.Type == "channel" {
		m.server.failf("%s is a channel: use its Post", m.Name())
	}
}

// SendContent sends a message with any content that a gotgbot.Message can hold, such as a location or a contact. The
// server sets the id, the sender, the chat and the date.
func (m *Member) SendContent(content gotgbot.Message) *Message {
	m.server.tbHelper()
	message := &Message{Text: content.Text, Entities: content.Entities, ThreadID: content.MessageThreadId}
	if content.Caption != "" {
		message.Text, message.Entities, message.caption = content.Caption, content.CaptionEntities, true
	}
	if len(message.Entities) == 0 {
		message.Entities = markup.Find(message.Text)
	}
	var err error
	if message.Media, message.content, err = contentFields(content); err != nil {
		m.server.failf("%v", err)
	}
	m.server.mu.Lock()
	m.server.world.adoptFiles(message.Media, message.content)
	m.server.mu.Unlock()
	return m.say(message)
}

// SendFile sends a file. The kind is photo, document, video, animation, audio, voice, video_note or sticker, and the
// caption may be empty. The bot can download the file with getFile.
func (m *Member) SendFile(kind string, f File, caption string) *Message {
	s := m.server
	s.tbHelper()
	if _, ok := fileFields[kind]; !ok {
		s.failf("%q is not a kind of file", kind)
	}
	s.mu.Lock()
	content := s.world.fileContent(kind, s.world.storeFile(f, kind))
	s.mu.Unlock()
	return m.say(&Message{Text: caption, Entities: markup.Find(caption), Media: kind, content: content, caption: true})
}

// Edit changes the text of a message that the user sent, and the bot receives an edited_message.
func (m *Member) Edit(message *Message, text string) *Message {
	m.server.tbHelper()
	return m.server.revise(m.Chat, m.user, message, text)
}

// Press presses a button of a message, and the bot receives a callback_query. Press finds the button by its text or
// else by its callback data. It fails the test if the latest version of the message has no such button.
func (m *Member) Press(message *Message, button string) *Query {
	m.server.tbHelper()
	latest := m.server.latest(message)
	b, ok := latest.Button(button)
	if !ok {
		m.server.failf("message %d in %s has no button %q", message.ID, m.Name(), button)
	}
	if b.CallbackData == "" {
		m.server.failf("the button %q has no callback data", b.Text)
	}
	return m.server.press(m.user, latest, b.CallbackData)
}

// PressData sends a callback_query with any data, like a forged or an outdated client. The message need not have such a
// button.
func (m *Member) PressData(message *Message, data string) *Query {
	m.server.tbHelper()
	return m.server.press(m.user, m.server.latest(message), data)
}

// Ask types an inline query, and the bot receives an inline_query.
func (u *User) Ask(query string) *Query {
	s := u.server
	s.mu.Lock()
	defer s.mu.Unlock()
	q := &Query{ID: s.world.newQuery(nil, u.bot), Data: query, method: "answerInlineQuery", param: "inline_query_id", bot: u.bot}
	o := object(`"inline_query":`)
	o.open()
	o.str("id", q.ID)
	o.raw("from", u.encoded)
	o.str("chat_type", "sender")
	o.str("query", query)
	o.str("offset", "")
	o.close()
	s.note(entry{by: u, verb: verbAsks, text: query})
	u.bot.enqueue(newBody("inline_query", o), time.Now())
	return q
}

// A Query is a callback_query, an inline_query or a pre_checkout_query of a user.
type Query struct {
	ID   string
	Data string // the button's data, the text of an inline query, or the payload of an invoice

	method, param string
	bot           *Bot
}

// Answer waits until the bot answers the query and returns the call that answered it. It ends with an error when ctx or
// the server's patience ([WithPatience]) ends.
func (q *Query) Answer(ctx context.Context) (*Call, error) {
	call, err := q.bot.waitSent(ctx, fmt.Sprintf("the answer to %q", q.Data), func(c *Call) bool { return c.Method == q.method && c.Params[q.param] == q.ID })
	return call, err
}

// Expect waits until the bot answers the query, and fails the test if it does not, or if the text of the answer is another one. The
// text is that of answerCallbackQuery, empty if the bot only confirms, or the error_message of answerPreCheckoutQuery, empty if
// the bot agrees. It must be called from the test's own goroutine. For an inline query, use Answer.
func (q *Query) Expect(text string) *Call {
	s := q.bot.server
	s.tbHelper()
	call, err := q.Answer(context.Background())
	if err != nil {
		s.failf("%v", err)
		return nil
	}
	got := call.Text()
	if q.method == "answerPreCheckoutQuery" {
		got = call.Params["error_message"]
	}
	if got != text {
		s.failf("the query %q was answered %q, not %q", q.Data, got, text)
	}
	return call
}

// Answered returns the call that has answered the query, or nil. Unlike [Query.Answer] it does not wait.
func (q *Query) Answered() *Call {
	q.bot.server.mu.Lock()
	defer q.bot.server.mu.Unlock()
	if asked := q.bot.server.world.queries[q.ID]; asked != nil {
		return asked.answer
	}
	return nil
}

// say adds a message of a user or a channel and queues its update.
func (s *Server) say(m *Message) *Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sayLocked(m)
}

// sayLocked does the work of say. The lock must be held.
func (s *Server) sayLocked(m *Message) *Message {
	m.ID, m.Date = s.world.messageID(m.Chat), now()
	if m.ReplyTo != nil {
		if latest := m.Chat.current[m.ReplyTo.ID]; latest != nil {
			m.ReplyTo = latest
		}
	}
	s.world.post(m)
	s.noteMessage(m, "")
	kind := "message"
	if m.Chat.Type == "channel" {
		kind = "channel_post"
	}
	s.enqueueMessage(kind, m)
	return m
}

// revise changes the text of a message of a user or a channel and queues its update.
func (s *Server) revise(chat *Chat, by *User, message *Message, text string) *Message {
	s.tbHelper()
	s.mu.Lock()
	latest := chat.current[message.ID]
	if latest == nil || message.Chat != chat || latest.FromBot || latest.From != by {
		s.mu.Unlock()
		s.failf("message %d in %s does not exist or is from somebody else", message.ID, chat.Name())
		return nil
	}
	defer s.mu.Unlock()
	edited := *latest
	edited.Text, edited.Entities, edited.Edited = text, markup.Find(text), now()
	s.world.post(&edited)
	s.noteMessage(&edited, verbEdits)
	kind := "edited_message"
	if chat.Type == "channel" {
		kind = "edited_channel_post"
	}
	s.enqueueMessage(kind, &edited)
	return &edited
}

func (s *Server) enqueueMessage(kind string, m *Message) {
	o := make(object, 0, 512)
	o = appendString(o, kind)
	o = append(o, ':')
	m.encode(&o, true)
	m.Chat.deliver(newBody(kind, o))
}

// latest returns the latest version of a message, or m if the message was deleted.
func (s *Server) latest(m *Message) *Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if latest := m.Chat.current[m.ID]; latest != nil {
		return latest
	}
	return m
}

// press queues a callback_query.
func (s *Server) press(by *User, m *Message, data string) *Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	bot := m.Bot
	if bot == nil { // a button that the message does not have
		bot = m.Chat.receivedBy()
	}
	q := &Query{ID: s.world.newQuery(m.Chat, bot), Data: data, method: "answerCallbackQuery", param: "callback_query_id", bot: bot}
	o := object(append(make([]byte, 0, 1024), `"callback_query":`...))
	o.open()
	o.str("id", q.ID)
	o.raw("from", by.encoded)
	switch {
	case m.InlineMessageID != "":
		o.str("inline_message_id", m.InlineMessageID)
	case m.Chat.current[m.ID] == nil: // a deleted message is an InaccessibleMessage
		o.field("message")
		o.open()
		o.int("message_id", m.ID)
		o.raw("chat", m.Chat.encoded)
		o.int("date", 0)
		o.close()
	default:
		o.field("message")
		m.encode(&o, true)
	}
	o.str("chat_instance", chatInstance(by.ID, m.Chat.ID))
	o.str("data", data)
	o.close()
	s.note(entry{chat: m.Chat, by: by, verb: verbPresses, text: "[" + m.labelOf(data) + "]"})
	bot.enqueue(newBody("callback_query", o), time.Now())
	return q
}

// chatInstance returns the chat_instance of a callback query: the same for every press of one user in one chat.
func chatInstance(user, chat int64) string {
	h := fnv.New64a()
	h.Write(strconv.AppendInt(strconv.AppendInt(nil, user, 10), chat, 10))
	return strconv.FormatInt(int64(h.Sum64()), 10)
}

// Has reports whether the message has an entity of the type, such as bold or url.
func (m *Message) Has(entityType string) bool {
	return slices.ContainsFunc(m.Entities, func(e gotgbot.MessageEntity) bool { return e.Type == entityType })
}

// React sets the user's reactions to a message, each an emoji. Without emoji it removes them. The bot receives a
// message_reaction if it asked for that kind of update, with the user's reactions before and after.
func (m *Member) React(message *Message, emoji ...string) {
	s := m.server
	s.mu.Lock()
	defer s.mu.Unlock()
	key := reactionKey{message.ID, m.user.ID}
	o := object(`"message_reaction":`)
	o.open()
	o.raw("chat", m.encoded)
	o.int("message_id", message.ID)
	o.raw("user", m.user.encoded)
	o.int("date", now().Unix())
	o.raw("old_reaction", encodeReactions(m.reactions[key]))
	o.raw("new_reaction", encodeReactions(emoji))
	o.close()
	m.react(key, emoji)
	s.note(entry{chat: m.Chat, by: m.user, verb: verbReacts, text: joined(emoji)})
	m.deliver(newBody("message_reaction", o))
}

// reactionKey identifies the reactions of a user or a bot to a message of a chat.
type reactionKey struct{ message, user int64 }

// react sets reactions. The lock must be held.
func (c *Chat) react(key reactionKey, emoji []string) {
	if c.reactions == nil {
		c.reactions = make(map[reactionKey][]string)
	}
	if c.reactions[key] = emoji; len(emoji) == 0 {
		delete(c.reactions, key)
	}
}

func encodeReactions(emoji []string) []byte {
	list := object{'['}
	for i, e := range emoji {
		if i > 0 {
			list = append(list, ',')
		}
		list.open()
		list.str("type", "emoji")
		list.str("emoji", e)
		list.close()
	}
	return append(list, ']')
}

// joined returns the emoji of a reaction for the transcript.
func joined(emoji []string) string {
	if len(emoji) == 0 {
		return "with nothing"
	}
	text := ""
	for _, e := range emoji {
		text += e
	}
	return text
}
