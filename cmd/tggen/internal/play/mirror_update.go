package play

import (
	"encoding/json"
	"strings"
)

// sketch is an update, as far as the page describes it.
type sketch struct {
	Message           *sketchMessage `json:"message"`
	EditedMessage     *sketchMessage `json:"edited_message"`
	ChannelPost       *sketchMessage `json:"channel_post"`
	EditedChannelPost *sketchMessage `json:"edited_channel_post"`
	CallbackQuery     *struct {
		ID      string         `json:"id"`
		From    sketchPeer     `json:"from"`
		Message *sketchMessage `json:"message"`
		Data    string         `json:"data"`
	} `json:"callback_query"`
	InlineQuery *struct {
		ID    string     `json:"id"`
		From  sketchPeer `json:"from"`
		Query string     `json:"query"`
	} `json:"inline_query"`
	ChosenInlineResult *struct {
		From   sketchPeer `json:"from"`
		Result string     `json:"result_id"`
	} `json:"chosen_inline_result"`
	PreCheckoutQuery *struct {
		ID     string     `json:"id"`
		From   sketchPeer `json:"from"`
		Amount int64      `json:"total_amount"`
		Unit   string     `json:"currency"`
	} `json:"pre_checkout_query"`
	MessageReaction *struct {
		Chat    sketchPeer `json:"chat"`
		User    sketchPeer `json:"user"`
		Message int64      `json:"message_id"`
		New     []struct {
			Emoji string `json:"emoji"`
		} `json:"new_reaction"`
	} `json:"message_reaction"`
	MyChatMember *sketchMember `json:"my_chat_member"`
	ChatMember   *sketchMember `json:"chat_member"`
}

type sketchMessage struct {
	ID      int64       `json:"message_id"`
	Chat    sketchPeer  `json:"chat"`
	From    *sketchPeer `json:"from"`
	Text    string      `json:"text"`
	Caption string      `json:"caption"`
	Contact *struct {
		Name  string `json:"first_name"`
		Phone string `json:"phone_number"`
	} `json:"contact"`
	Location *struct {
		Latitude  json.Number `json:"latitude"`
		Longitude json.Number `json:"longitude"`
	} `json:"location"`
}

type sketchMember struct {
	Chat sketchPeer `json:"chat"`
	From sketchPeer `json:"from"`
	New  struct {
		User   sketchPeer `json:"user"`
		Status string     `json:"status"`
	} `json:"new_chat_member"`
}

// sketchPeer is a user or a chat.
type sketchPeer struct {
	ID        int64  `json:"id"`
	FirstName string `json:"first_name"`
	Title     string `json:"title"`
}

func (p sketchPeer) name() string { return p.FirstName + p.Title }

// describeUpdate fills in what the page shows of a new update, and adds the query that it is.
func (m *mirror) describeUpdate(u *track) {
	var s sketch
	if json.Unmarshal(u.Raw, &s) != nil { // the server has written it
		return
	}
	who := sketchPeer{}
	did := u.Kind
	switch {
	case s.Message != nil:
		who, did = m.describeMessage(u, s.Message), ""
	case s.ChannelPost != nil:
		who, did = m.describeMessage(u, s.ChannelPost), ""
	case s.EditedMessage != nil:
		who, did = m.describeMessage(u, s.EditedMessage), " edits"
	case s.EditedChannelPost != nil:
		who, did = m.describeMessage(u, s.EditedChannelPost), " edits"
	case s.CallbackQuery != nil:
		q := s.CallbackQuery
		who = q.From
		if q.Message != nil {
			u.Chat, u.Message = q.Message.Chat.ID, q.Message.ID
		}
		u.Summary = "presses [" + m.label(u.Chat, u.Message, q.Data) + "]"
		m.addQuery(&Query{ID: q.ID, Kind: "callback", User: who.ID, Chat: u.Chat, Message: u.Message})
		did = " "
	case s.InlineQuery != nil:
		who, did, u.Summary = s.InlineQuery.From, " asks", s.InlineQuery.Query
		m.addQuery(&Query{ID: s.InlineQuery.ID, Kind: "inline", User: who.ID})
	case s.ChosenInlineResult != nil:
		who, did, u.Summary = s.ChosenInlineResult.From, " chooses the result", s.ChosenInlineResult.Result
	case s.PreCheckoutQuery != nil:
		q := s.PreCheckoutQuery
		who, did, u.Summary = q.From, " pays", money(q.Amount, q.Unit)
		m.addQuery(&Query{ID: q.ID, Kind: "pre_checkout", User: who.ID})
	case s.MessageReaction != nil:
		r := s.MessageReaction
		who, did, u.Chat, u.Message = r.User, " reacts", r.Chat.ID, r.Message
		for _, one := range r.New {
			u.Summary += one.Emoji
		}
	case s.MyChatMember != nil:
		who, did, u.Chat, u.Summary = s.MyChatMember.From, " changes the bot's status to", s.MyChatMember.Chat.ID, s.MyChatMember.New.Status
	case s.ChatMember != nil:
		who, did, u.Chat, u.Summary = s.ChatMember.From, " changes the status to", s.ChatMember.Chat.ID, s.ChatMember.New.Status
	}
	u.User = who.ID
	if did == " " {
		u.Summary = who.name() + " " + u.Summary
	} else {
		u.Summary = who.name() + did + ": " + u.Summary
	}
	u.Summary = shorten(strings.TrimSuffix(u.Summary, ": "))
}

// describeMessage fills in what the page shows of the update of a message. It returns the author.
func (m *mirror) describeMessage(u *track, s *sketchMessage) sketchPeer {
	u.Chat, u.Message, u.Summary = s.Chat.ID, s.ID, s.Text+s.Caption
	m.syncChat(s.Chat.ID)
	if found := m.messages[messageKey(s.Chat.ID, s.ID)]; found != nil {
		found.update = u.ID
		switch {
		case s.Contact != nil:
			found.note = s.Contact.Name + " " + s.Contact.Phone
		case s.Location != nil:
			found.note = s.Location.Latitude.String() + ", " + s.Location.Longitude.String()
		}
		if u.Summary == "" {
			u.Summary = "(" + strings.ReplaceAll(found.version.Media, "_", " ") + ")"
		}
		m.touchMessage(s.Chat.ID, s.ID)
	}
	if s.From == nil {
		return sketchPeer{Title: s.Chat.Title}
	}
	return *s.From
}

// label returns the text of a button by its data.
func (m *mirror) label(chat, id int64, data string) string {
	if found := m.messages[messageKey(chat, id)]; found != nil {
		if b, ok := found.version.Button(data); ok {
			return b.Text
		}
	}
	return data
}

// addQuery adds a query, and forgets the oldest ones.
func (m *mirror) addQuery(q *Query) {
	m.queries[q.ID] = q
	m.asked = append(m.asked, q.ID)
	m.play.board.touch(sectionQueries, q.ID)
	if len(m.asked) > maxQueries {
		oldest := m.asked[0]
		m.asked = append([]string(nil), m.asked[1:]...)
		delete(m.queries, oldest)
		delete(m.play.world.asked, oldest)
		m.play.board.touch(sectionQueries, oldest)
	}
}
