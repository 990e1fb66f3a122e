package model

// A Kind is a kind of update: a field of gotgbot.Update that holds what happened.
type Kind struct {
	Name    string  // in JSON, and in allowed_updates: "edited_message"
	Field   *Field  // of Update: EditedMessage *Message
	Payload *Struct // Message
	Shared  bool    // another kind has the same payload type

	// Chat and User are the places of the chat id and the user id: paths from the payload to a number. They are tried in
	// order, and the first path that leads to a number is taken. A kind without such an id has no paths.
	//
	// The chat is where the update happened. The user is who caused it, or else the chat that the user acted for.
	Chat, User []Path

	// Voter is the place of the chat that voted. Beside it, the user is one that stands for many chats.
	Voter []Path

	// Thread is the place of the message thread id. It is that of a topic only if the member at InTopic is true: a reply in
	// a group without topics has a thread id, too. DirectTopic is the place of the topic in the direct messages chat of a
	// channel.
	Thread, InTopic, DirectTopic []Path

	// MigratedTo and MigratedFrom are the places of the other id of a chat that becomes a supergroup.
	MigratedTo, MigratedFrom []Path

	// Message is the message that the update is or is about: a path of one step to a struct or a union, or a path without
	// steps if the payload is the message. It is nil if no message is in the payload.
	Message Path

	// MessageID and Business are the places of the id of that message, and of the id of the business connection. A kind
	// may have these without a message.
	MessageID, Business []Path
}

// A Path leads from the payload of a [Kind] to one of its parts. Each step is a field. In an update, every field except
// the last may be missing.
type Path []Step

// A Step is a step of a [Path].
type Step struct {
	Name  string // of the field, in Go
	JSON  string
	Union *Union // the union to whose variants the field belongs, not necessarily to all; nil: the field is one of a struct
}

// JSON returns the JSON names of the steps: ["message", "chat", "id"].
func (p Path) JSON() []string {
	keys := make([]string, len(p))
	for i, s := range p {
		keys[i] = s.JSON
	}
	return keys
}

// actingChats are the fields that hold the chat that a user acted for. They are listed because no rule tells them from
// other chats, such as the voter_chat of a poll answer, which stands in place of the voter.
var actingChats = []string{"sender_chat", "actor_chat"}

// deriveKinds makes the kinds from the fields of Update.
func (a *API) deriveKinds() []*Kind {
	var kinds []*Kind
	for _, f := range a.structs["Update"].Fields {
		payload := f.Type.structOf()
		if payload == nil {
			continue // update_id
		}
		kinds = append(kinds, &Kind{
			Name: f.JSON, Field: f, Payload: payload,
			Chat:         chatOf(payload),
			User:         a.userOf(payload),
			Voter:        partOf(payload, "voter_chat", "id"),
			Thread:       placeOf(payload, "message_thread_id"),
			InTopic:      placeOf(payload, "is_topic_message"),
			DirectTopic:  placeOf(payload, "direct_messages_topic", "topic_id"),
			MigratedTo:   partOf(payload, "migrate_to_chat_id"),
			MigratedFrom: partOf(payload, "migrate_from_chat_id"),
			Message:      messageOf(payload),
			MessageID:    placeOf(payload, "message_id"),
			Business:     placeOf(payload, "business_connection_id"),
		})
	}
	of := map[*Struct]int{}
	for _, k := range kinds {
		of[k.Payload]++
	}
	for _, k := range kinds {
		k.Shared = of[k.Payload] > 1
	}
	return kinds
}

// chatOf finds the chat id of a payload: in its field chat, in the message that it is about, or in user_chat_id, the
// private chat with the user.
func chatOf(s *Struct) []Path {
	if f := s.Field("chat"); isStruct(f, "Chat") {
		return []Path{idOf(f)}
	}
	if f, chat := aboutMessage(s, "chat"); chat != nil {
		return []Path{{{f.Name, f.JSON, nil}, {chat.Name, chat.JSON, f.Type.Union}, {"Id", "id", nil}}}
	}
	if f := s.Field("user_chat_id"); f != nil && f.Type.Shape == ShapeInt64 {
		return []Path{{{f.Name, f.JSON, nil}}}
	}
	return nil
}

// partOf returns the path through the given fields, or nil if the payload does not have them.
func partOf(s *Struct, names ...string) []Path {
	if path := s.path(names); path != nil {
		return []Path{path}
	}
	return nil
}

// placeOf is partOf for a part of the payload, or else of the message that the payload is about.
func placeOf(s *Struct, names ...string) []Path {
	if paths := partOf(s, names...); paths != nil {
		return paths
	}
	about := s.Field("message")
	if about == nil || about.Type.Union == nil {
		return nil
	}
	for _, v := range about.Type.Union.structs() {
		if path := v.path(names); path != nil {
			path[0].Union = about.Type.Union
			return []Path{append(Path{{about.Name, about.JSON, nil}}, path...)}
		}
	}
	return nil
}

// path is the path through structs along the given fields, or nil if one of them is missing.
func (s *Struct) path(names []string) Path {
	var path Path
	for _, name := range names {
		if s == nil {
			return nil
		}
		f := s.Field(name)
		if f == nil {
			return nil
		}
		path = append(path, Step{f.Name, f.JSON, nil})
		s = f.Type.structOf()
	}
	return path
}

// messageOf is the path to the message of a payload: the payload itself, or its field message.
func messageOf(s *Struct) Path {
	if s.Name == "Message" {
		return Path{}
	}
	if about := s.Field("message"); about != nil && about.Type.Union != nil {
		return Path{{about.Name, about.JSON, nil}}
	}
	return nil
}

// aboutMessage returns the payload's field message, if it is a union, and a field of that message.
func aboutMessage(s *Struct, json string) (about, inner *Field) {
	about = s.Field("message")
	if about == nil || about.Type.Union == nil {
		return nil, nil
	}
	for _, v := range about.Type.Union.structs() {
		if f := v.Field(json); f != nil {
			return about, f
		}
	}
	return nil, nil
}

// userOf finds the id of who caused an update: in the field from or user of the payload or of a part that every payload
// has, and then in the fields of actingChats.
func (a *API) userOf(s *Struct) []Path {
	var paths []Path
	if p := userWithin([]*Struct{s}, nil, 3); p != nil {
		paths = append(paths, p)
	}
	for _, name := range actingChats {
		if f := s.Field(name); isStruct(f, "Chat") {
			paths = append(paths, idOf(f))
		}
	}
	return paths
}

// userWithin looks for a user in the given structs, and then in their parts, at most depth steps down. If union is not nil,
// the structs are its variants.
func userWithin(structs []*Struct, union *Union, depth int) Path {
	for _, name := range []string{"from", "user"} {
		for _, s := range structs {
			if f := s.Field(name); isStruct(f, "User") {
				p := idOf(f)
				p[0].Union = union
				return p
			}
		}
	}
	if depth == 1 {
		return nil
	}
	for _, s := range structs {
		for _, f := range s.Fields {
			if f.Optional || isStruct(f, "User") || isStruct(f, "Chat") {
				continue
			}
			var parts []*Struct
			switch f.Type.Shape {
			case ShapeStruct:
				parts = []*Struct{f.Type.Struct}
			case ShapeUnion:
				parts = f.Type.Union.structs()
			}
			if rest := userWithin(parts, f.Type.Union, depth-1); rest != nil {
				return append(Path{{f.Name, f.JSON, union}}, rest...)
			}
		}
	}
	return nil
}

func isStruct(f *Field, name string) bool {
	if f == nil {
		return false
	}
	s := f.Type.structOf()
	return s != nil && s.Name == name
}

func idOf(f *Field) Path { return Path{{f.Name, f.JSON, nil}, {"Id", "id", nil}} }
