package filter

import "github.com/tggen/tggen/gen/model"

// The shortcuts are grammY's, and not derivable: they are what people mean. The empty one is a level left out.
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

// kindsFor are the kinds that a first level stands for; none if it is unknown.
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

// fieldsFor are the fields of a kind that a second level stands for; none if it is unknown. A field of that very
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
