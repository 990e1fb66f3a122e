package filter

import "github.com/tggen/tggen/gen/model"

// The shortcuts of grammY. They do not follow from the types, so they are listed here. The empty name is for a level that is
// left out.
var (
	kindShortcuts = map[string][]string{
		"":     {"message", "channel_post"},
		"msg":  {"message", "channel_post"},
		"edit": {"edited_message", "edited_channel_post"},
	}
	fieldShortcuts = map[string][]string{
		"":      {"entities", "caption_entities"},
		"media": {"photo", "live_photo", "video"},
		"file": {
			"photo", "live_photo", "animation", "audio", "document", "video", "video_note", "voice", "sticker",
		},
	}
)

// kindsFor returns the kinds that a first level stands for. The list is empty if the level is unknown.
func kindsFor(api *model.API, name string) []*model.Kind {
	names, ok := kindShortcuts[name]
	if !ok {
		names = []string{name}
	}
	var kinds []*model.Kind
	for _, name := range names {
		if kind := api.Kind(name); kind != nil {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// fieldsFor returns the fields of a kind that a second level stands for. The list is empty if the level is unknown. A field with that
// name comes before a shortcut: a poll has a field media.
func fieldsFor(kind *model.Kind, name string) []*model.Field {
	if field := kind.Payload.Field(name); field != nil {
		return []*model.Field{field}
	}
	var fields []*model.Field
	for _, name := range fieldShortcuts[name] {
		if field := kind.Payload.Field(name); field != nil {
			fields = append(fields, field)
		}
	}
	return fields
}
