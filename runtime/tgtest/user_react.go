package tgtest

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
	if m.reactions == nil {
		m.reactions = make(map[reactionKey][]string)
	}
	m.reactions[key] = emoji
	s.note(entry{chat: m.Chat, by: m.user, verb: verbReacts, text: joined(emoji)})
	m.deliver(newBody("message_reaction", o))
}

// reactionKey identifies the reactions of a user to a message of a chat.
type reactionKey struct{ message, user int64 }

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
