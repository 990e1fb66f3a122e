package plan

import (
	"slices"

	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
)

// chatsOf are the types of chat that updates of a kind come from, and whether there are some that come from none. The
// API's types do not tell which messages are posts of channels, or those of a business account; its text does.
func chatsOf(kind *model.Kind) (types []spec.ChatType, none bool) {
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

// canHold reports whether an update of the kind can come from any of the chats of a key in. An empty key takes all.
func canHold(in []spec.Value[spec.ChatType], kind *model.Kind) bool {
	types, _ := chatsOf(kind)
	return len(in) == 0 || slices.ContainsFunc(in, func(v spec.Value[spec.ChatType]) bool { return slices.Contains(types, v.Value) })
}

// chatsCovered reports whether every update of the kind that meets the key in of one handler, later, meets that of
// another as well.
func chatsCovered(in, later []spec.Value[spec.ChatType], kind *model.Kind) bool {
	if len(in) == 0 {
		return true
	}
	types, none := chatsOf(kind)
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
		if !slices.ContainsFunc(in, func(v spec.Value[spec.ChatType]) bool { return v.Value == t }) {
			return false
		}
	}
	return true
}
