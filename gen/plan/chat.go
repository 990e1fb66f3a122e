package plan

import (
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
)

// A ChatTypeSource says where the payload of an update kind holds the type of its chat. Exactly one field is set.
type ChatTypeSource struct {
	// Always is the type of every chat of the kind.
	Always spec.ChatType
	// Message is the field with a message of that chat. The message may be inaccessible or absent.
	Message string
	// Path are the fields that lead to the type, from the payload on.
	Path []string
}

// ChatTypeOf says where the type of the chat is. It reports false for a kind without a chat.
func ChatTypeOf(kind *model.Kind) (ChatTypeSource, bool) {
	if len(kind.Chat) == 0 {
		return ChatTypeSource{}, false
	}
	path := kind.Chat[0]
	switch {
	case len(path) == 1: // the payload has the id alone, and that of a private chat
		return ChatTypeSource{Always: spec.ChatPrivate}, true
	case path[1].Union != nil:
		return ChatTypeSource{Message: path[0].Name}, true
	}
	var source ChatTypeSource
	for _, step := range path[:len(path)-1] { // the last step is the id of the chat
		source.Path = append(source.Path, step.Name)
	}
	source.Path = append(source.Path, "Type")
	return source, true
}

// possibleChats are the types of chat that updates of a kind come from, and whether some updates come from no chat.
//
// The Bot API's types do not tell that posts of channels or messages of a business account are kinds of their own; its
// documentation does: https://core.telegram.org/bots/api#update
func possibleChats(kind *model.Kind) (types []spec.ChatType, none bool) {
	if len(kind.Chat) == 0 {
		return nil, true
	}
	switch kind.Name {
	case "message", "edited_message":
		return []spec.ChatType{spec.ChatPrivate, spec.ChatGroup, spec.ChatSupergroup}, false
	case "channel_post", "edited_channel_post":
		return []spec.ChatType{spec.ChatChannel}, false
	case "business_connection", "business_message", "edited_business_message", "deleted_business_messages":
		return []spec.ChatType{spec.ChatPrivate}, false
	}
	first := kind.Payload.Field(kind.Chat[0][0].JSON)
	return []spec.ChatType{spec.ChatPrivate, spec.ChatGroup, spec.ChatSupergroup, spec.ChatChannel}, first.Optional
}

// chatsAllow reports whether an update of the kind can come from any chat that a handler's key in lists. An empty list
// allows all.
func chatsAllow(in []spec.Value[spec.ChatType], kind *model.Kind) bool {
	types, _ := possibleChats(kind)
	return len(in) == 0 || slices.ContainsFunc(in, func(v spec.Value[spec.ChatType]) bool { return slices.Contains(types, v.Value) })
}

// chatsCover reports whether an update of the kind that meets the key in of a later handler also meets that of an
// earlier one.
func chatsCover(earlier, later []spec.Value[spec.ChatType], kind *model.Kind) bool {
	if len(earlier) == 0 {
		return true
	}
	types, none := possibleChats(kind)
	if len(later) > 0 {
		types, none = nil, false
		for _, v := range later {
			types = append(types, v.Value)
		}
	}
	if none {
		return false
	}
	for _, t := range types {
		if !slices.ContainsFunc(earlier, func(v spec.Value[spec.ChatType]) bool { return v.Value == t }) {
			return false
		}
	}
	return true
}

// checkChats finds values of the key in, and queries, for which no update has a fitting chat. It reports whether it
// found any.
func (r *resolver) checkChats(h *Handler) (found bool) {
	if len(h.In) == 0 {
		return false
	}
	if h.InheritsIn() {
		return r.checkInheritedChats(h)
	}
	if !slices.ContainsFunc(h.Kinds, func(k *model.Kind) bool { return len(k.Chat) > 0 }) {
		fault(r, CodeNoChat, h.In[0], "", "%s has no chat, so `in` never matches", h.Kinds[0].Name)
		return true
	}
	before := len(r.found)
	for _, in := range h.In {
		if !slices.ContainsFunc(h.Kinds, func(k *model.Kind) bool { return chatsAllow([]spec.Value[spec.ChatType]{in}, k) }) {
			types, _ := possibleChats(h.Kinds[0])
			fault(r, CodeNoChat, in, "", "%s never comes from a %s: its chats are %s", h.Kinds[0].Name, in.Value, chatNames(types))
		}
	}
	for i, queries := range h.expanded {
		if len(queries) > 0 && !slices.ContainsFunc(queries, func(q filter.Query) bool { return chatsAllow(h.In, q.Kind) }) {
			fault(r, CodeNoChat, h.On[i].Text, "", "%s never comes from a chat that `in` lists", queries[0].Kind.Name)
		}
	}
	return len(r.found) > before
}

// checkInheritedChats finds a handler whose updates never come from the chats that the key in of its group lists. Not all
// values of the key need to make sense for each handler of the group.
func (r *resolver) checkInheritedChats(h *Handler) (found bool) {
	if slices.ContainsFunc(h.Kinds, func(k *model.Kind) bool { return len(k.Chat) > 0 && chatsAllow(h.In, k) }) {
		return false
	}
	message := h.Kinds[0].Name + " has no chat, so the `in` of the group never matches"
	if len(h.Kinds[0].Chat) > 0 {
		message = h.Kinds[0].Name + " never comes from a chat that the `in` of the group lists"
	}
	d := fault(r, CodeNoChat, h.Name, "move the handler out of the group", "%s is never reached: %s", h.Name.Value, message)
	d.Related = []diag.Related{{Pos: h.In[0].Pos, Message: "the group's `in`"}}
	return true
}

func chatNames(types []spec.ChatType) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}
