package tgtest

import (
	"net/http"
	"strconv"
	"strings"
)

// original returns the message that a call copies or forwards.
func (s *Server) original(call *Call, id int64) (*Message, *reply) {
	from := s.world.find(call.bot, call.Params["from_chat_id"])
	if from == nil {
		return nil, wrong("chat not found")
	}
	m := from.current[id]
	if m == nil {
		return nil, wrong("message to copy not found")
	}
	return m, nil
}

// copied returns a new message of the bot with the content of another message.
func copied(chat *Chat, original *Message) *Message {
	return &Message{
		Chat:     chat,
		Text:     original.Text,
		Entities: original.Entities,
		Media:    original.Media,
		content:  original.content,
		caption:  original.caption,
	}
}

func (s *Server) copyMessage(call *Call) reply {
	chat, refused := s.chatOf(call)
	if refused != nil {
		return *refused
	}
	original, refused := s.original(call, call.Params.Int("message_id"))
	if refused != nil {
		return *refused
	}
	m := copied(chat, original)
	if _, ok := call.Params["caption"]; ok {
		if refused := setCaption(m, call.Params); refused != nil {
			return *refused
		}
	}
	if refused := firstWrong(setMarkup(m, call.Params), setReply(m, call.Params)); refused != nil {
		return *refused
	}
	s.sent(call, m)
	answer := succeed(`{"message_id":` + strconv.FormatInt(m.ID, 10) + `}`)
	answer.made = m
	return answer
}

func (s *Server) forwardMessage(call *Call) reply {
	chat, refused := s.chatOf(call)
	if refused != nil {
		return *refused
	}
	original, refused := s.original(call, call.Params.Int("message_id"))
	if refused != nil {
		return *refused
	}
	m := copied(chat, original)
	m.origin = original.originFields()
	return s.sent(call, m)
}

// originFields returns the fields of a forwarded message that describe its origin, including those of older versions
// of the Bot API.
func (m *Message) originFields() []byte {
	if m.origin != nil {
		return m.origin
	}
	var sender []byte
	kind := "user"
	switch {
	case m.FromBot:
		sender = m.Bot.encoded
	case m.Chat.Type == "channel":
		sender, kind = m.Chat.encoded, "channel"
	case m.From != nil:
		sender = m.From.encoded
	}
	o := object(`"forward_origin":`)
	o.open()
	o.str("type", kind)
	if kind == "channel" {
		o.raw("chat", sender)
		o.int("message_id", m.ID)
		o.int("date", m.Date.Unix())
		o.close()
		o.raw("forward_from_chat", sender)
		o.int("forward_from_message_id", m.ID)
	} else {
		o.raw("sender_user", sender)
		o.int("date", m.Date.Unix())
		o.close()
		o.raw("forward_from", sender)
	}
	o.int("forward_date", m.Date.Unix())
	return o
}

func (s *Server) getFile(call *Call) reply {
	id := call.Params["file_id"]
	f, ok := s.world.files[id]
	if !ok {
		return badRequest("invalid file_id")
	}
	var o object
	o.open()
	o.str("file_id", id)
	o.str("file_unique_id", "unique-"+id)
	o.int("file_size", int64(len(f.Data)))
	o.str("file_path", f.path)
	o.close()
	return success(o, "")
}

// serveFile serves a file for download under /file/bot<token>/<path>.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	token, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/file/bot"), "/")
	ok := s.botOf(token) != nil
	s.mu.Lock()
	var data []byte
	found := false
	for _, f := range s.world.files {
		if ok && f.path == path {
			data, found = f.Data, true
		}
	}
	s.mu.Unlock()
	if !found {
		s.write(w, r, failure(404, "Not Found"), nil)
		return
	}
	s.write(w, r, reply{status: 200, contentType: "application/octet-stream", body: data}, nil)
}
