package tgtest

import "time"

// Statuses of a user or the bot in a chat.
const (
	StatusCreator       = "creator"
	StatusAdministrator = "administrator"
	StatusMember        = "member"
	StatusRestricted    = "restricted"
	StatusLeft          = "left"
	StatusKicked        = "kicked"
)

// botID stands for the bot among the ids of a chat's members.
const botID = 0

// statusOf is the status of a user in the chat. Everybody is a member of everything until told otherwise.
func (c *Chat) statusOf(user int64) string {
	if status, ok := c.status[user]; ok {
		return status
	}
	return StatusMember
}

// SetStatus makes the user an administrator, a plain member and so on: the bot gets a chat_member, if it asked for
// them, and getChatMember says so from then on. A user who was a member until then acts alone: leaves, joins again.
func (m *Member) SetStatus(status string) {
	s := m.server
	s.mu.Lock()
	defer s.mu.Unlock()
	o := m.changeStatus("chat_member", m.user.ID, m.user.encoded, status)
	s.enqueue(newBody("chat_member", o), time.Now())
}

// Block makes the user block the bot, so that it gets a my_chat_member and cannot write to the user any more.
func (u *User) Block() { u.setBotStatus(StatusKicked) }

// Unblock undoes Block.
func (u *User) Unblock() { u.setBotStatus(StatusMember) }

// SetBotStatus makes the bot an administrator of the chat, removes it from there and so on, as the user does: the bot
// gets a my_chat_member.
func (m *Member) SetBotStatus(status string) { m.setBotStatus(status) }

func (m *Member) setBotStatus(status string) {
	s := m.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enqueue(newBody("my_chat_member", m.changeStatus("my_chat_member", botID, s.world.bot, status)), time.Now())
}

// changeStatus sets a status and returns the update that tells of it.
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

// memberFields are the fields of a ChatMember besides user and status that every one of its status has.
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

// absent is the error of a call to a chat that the bot is not in, or nil.
func (c *Chat) absent() *reply {
	refused := reply{}
	switch status := c.statusOf(botID); {
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
	if id == s.cfg.bot.Id {
		return success(chatMember(s.world.bot, chat.statusOf(botID)), "")
	}
	user := s.world.chats[id]
	if user == nil || user.user == nil {
		return badRequest("user not found")
	}
	return success(chatMember(user.user.encoded, chat.statusOf(id)), "")
}

// getChatAdministrators are the users of that status, in the order in which they were made.
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
	add(s.world.bot, chat.statusOf(botID))
	return success(append(list, ']'), "")
}
