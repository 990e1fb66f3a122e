package tgtest

import "time"

// The statuses of a user or the bot in a chat.
const (
	StatusCreator       = "creator"
	StatusAdministrator = "administrator"
	StatusMember        = "member"
	StatusRestricted    = "restricted"
	StatusLeft          = "left"
	StatusKicked        = "kicked"
)

// statusOf returns the status of a user in the chat. Everybody is a member of every chat until SetStatus changes it.
func (c *Chat) statusOf(user int64) string {
	if status, ok := c.status[user]; ok {
		return status
	}
	return StatusMember
}

// SetStatus changes the user's status in the chat, for example to [StatusAdministrator]. getChatMember returns it
// from then on, and the bot receives a chat_member if it asked for that kind of update. The update names the user as
// the one who made the change.
func (m *Member) SetStatus(status string) {
	s := m.server
	s.mu.Lock()
	defer s.mu.Unlock()
	m.deliver(newBody("chat_member", m.changeStatus("chat_member", m.user.ID, m.user.encoded, status)))
}

// Block blocks the bot: it receives a my_chat_member and can no longer write to the user.
func (u *User) Block() { u.setBotStatus(StatusKicked) }

// Unblock undoes [User.Block].
func (u *User) Unblock() { u.setBotStatus(StatusMember) }

// SetBotStatus changes the bot's status in the chat, for example to [StatusAdministrator] or [StatusKicked]. The bot
// receives a my_chat_member that names the user as the one who made the change. Without bots, it is the bot of the private
// chat or, in other chats, the server's first one.
func (m *Member) SetBotStatus(status string, bots ...*Bot) { m.setBotStatus(status, bots...) }

func (m *Member) setBotStatus(status string, bots ...*Bot) {
	s := m.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(bots) == 0 {
		bots = []*Bot{m.receivedBy()}
	}
	for _, b := range bots {
		b.enqueue(newBody("my_chat_member", m.changeStatus("my_chat_member", b.Profile.Id, b.encoded, status)), time.Now())
	}
}

// changeStatus sets a status and returns the body of the update about it. The lock must be held.
func (m *Member) changeStatus(kind string, id int64, whom []byte, status string) object {
	o := object(`"` + kind + `":`)
	o.open()
	o.raw("chat", m.encoded)
	o.raw("from", m.user.encoded)
	o.int("date", now().Unix())
	o.raw("old_chat_member", chatMember(whom, m.statusOf(id)))
	o.raw("new_chat_member", chatMember(whom, status))
	o.close()
	if m.status == nil {
		m.status = make(map[int64]string)
	}
	m.status[id] = status
	return o
}

// memberFields holds the fields of a ChatMember after user and status, for each status that requires some.
var memberFields = map[string]string{
	StatusCreator: `"is_anonymous":false`,
	StatusAdministrator: `"can_be_edited":false,"can_manage_chat":true,"can_change_info":true,"can_delete_messages":true,` +
		`"can_invite_users":true,"can_restrict_members":true,"can_pin_messages":true,"can_promote_members":false,` +
		`"can_manage_video_chats":true,"is_anonymous":false`,
	StatusRestricted: `"until_date":0,"can_send_messages":true,"is_member":true`,
	StatusKicked:     `"until_date":0`,
}

func chatMember(user []byte, status string) []byte {
	var o object
	o.open()
	o.raw("user", user)
	o.str("status", status)
	if fields := memberFields[status]; fields != "" {
		o = append(append(o, ','), fields...)
	}
	o.close()
	return o
}

// absent returns the error for a bot's call to a chat that it is not in, or nil.
func (c *Chat) absent(b *Bot) *reply {
	refused := reply{}
	switch status := c.statusOf(b.Profile.Id); {
	case status == StatusKicked && c.Type == "private":
		refused = failure(403, "Forbidden: bot was blocked by the user")
	case status == StatusKicked:
		refused = failure(403, "Forbidden: bot was kicked from the "+c.Type+" chat")
	case status == StatusLeft:
		refused = failure(403, "Forbidden: bot is not a member of the "+c.Type+" chat")
	default:
		return nil
	}
	return &refused
}

func (s *Server) getChat(call *Call) reply {
	chat, refused := s.chatOf(call)
	if refused != nil {
		return *refused
	}
	o := object(append([]byte(nil), chat.encoded[:len(chat.encoded)-1]...))
	o.int("accent_color_id", 0)
	o.int("max_reaction_count", 11)
	o.close()
	return success(o, "")
}

func (s *Server) getChatMember(call *Call) reply {
	chat, refused := s.chatOf(call)
	if refused != nil {
		return *refused
	}
	id := call.Params.Int("user_id")
	for _, b := range s.bots {
		if id == b.Profile.Id {
			return success(chatMember(b.encoded, chat.statusOf(id)), "")
		}
	}
	user := s.world.chats[id]
	if user == nil || user.user == nil {
		return badRequest("user not found")
	}
	return success(chatMember(user.user.encoded, chat.statusOf(id)), "")
}

// getChatAdministrators lists the creators and administrators in the order of their creation, and the bots last.
func (s *Server) getChatAdministrators(call *Call) reply {
	chat, refused := s.chatOf(call)
	if refused != nil {
		return *refused
	}
	if chat.Type == "private" {
		return badRequest("there are no administrators in the private chat")
	}
	list := []byte{'['}
	add := func(user []byte, status string) {
		if status != StatusCreator && status != StatusAdministrator {
			return
		}
		if len(list) > 1 {
			list = append(list, ',')
		}
		list = append(list, chatMember(user, status)...)
	}
	for _, c := range s.world.order {
		if c.user != nil {
			add(c.user.encoded, chat.statusOf(c.user.ID))
		}
	}
	for _, b := range s.bots {
		add(b.encoded, chat.statusOf(b.Profile.Id))
	}
	return success(append(list, ']'), "")
}
