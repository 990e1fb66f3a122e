package model

// A Kind is a kind of update: a field of gotgbot.Update that holds what happened.
type Kind struct {
	Name    string  // on the wire, as in allowed_updates: "edited_message"
	Index   int     // 1 for the first, in the order of Update's fields
	Field   *Field  // of Update: EditedMessage *Message
	Payload *Struct // Message
	Shared  bool    // other kinds have the same payload

	// Chat, User and Thread are the places where an update of this kind tells its chat, its user and its message
	// thread: paths from the payload to a number, to be tried in order, the first that leads to one winning. A kind
	// without such a place has none.
	//
	// The chat is where the update happened, the user is who caused it, or else the chat on whose behalf it was.
	Chat, User, Thread []Path
}

// A Path leads from the payload of a [Kind] to one of its parts, a field at each step. Any step but the last may
// be missing from an update.
type Path []Step

// A Step is a step of a [Path].
type Step struct {
	Name  string // of the field, in Go
	JSON  string
	Union *Union // what the field belongs to if that is a union: those of its variants that have the field; else nil
}

// JSON is the path as JSON spells it: ["message", "chat", "id"].
func (p Path) JSON() []string {
	keys := make([]string, len(p))
	for i, s := range p {
		keys[i] = s.JSON
	}
	return keys
}

// actingChats are the fields that tell the chat on whose behalf a user acted. The rule cannot tell them from other
// chats, such as the voter_chat of a poll answer, which hides who voted.
var actingChats = []string{"sender_chat", "actor_chat"}

// deriveKinds reads the kinds off Update.
func (a *API) deriveKinds() []*Kind {
	var kinds []*Kind
	for _, f := range a.structs["Update"].Fields {
		payload := f.Type.structOf()
		if payload == nil {
			continue // update_id
		}
		kinds = append(kinds, &Kind{
			Name: f.JSON, Index: len(kinds) + 1, Field: f, Payload: payload,
			Chat:   chatOf(payload),
			User:   a.userOf(payload),
			Thread: threadOf(payload),
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

// chatOf finds where a payload tells its chat: in a chat, in the message that it is about, or as the number of the
// private chat with its user.
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

func threadOf(s *Struct) []Path {
	const thread = "message_thread_id"
	if f := s.Field(thread); f != nil {
		return []Path{{{f.Name, f.JSON, nil}}}
	}
	if f, inner := aboutMessage(s, thread); inner != nil {
		return []Path{{{f.Name, f.JSON, nil}, {inner.Name, inner.JSON, f.Type.Union}}}
	}
	return nil
}

// aboutMessage is the payload's field for the message that it is about, and a field of that message.
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

// userOf finds where a payload tells who caused it: in from or user, its own or those of a part that it always
// has, and then in the chats of actingChats.
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

// userWithin looks for a user in the given structs, which are the variants of union if that is not nil, and then
// in the structs and unions that are parts of them, at most depth steps down.
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
