package dispatch

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// Generated code calls the functions of this file to find out which handlers an update is for, and to fill their inputs.

// Entities returns the entities of the given types, or all if no type is given, each with its part of text. Offsets and
// lengths count UTF-16 code units, as in the Bot API. An entity that reaches beyond the text is cut off at its end.
func Entities(text string, all []gotgbot.MessageEntity, types ...string) []telegram.Entity {
	var found []telegram.Entity
	for i := range all {
		if len(types) == 0 || slices.Contains(types, all[i].Type) {
			found = append(found, telegram.Entity{MessageEntity: all[i], Text: utf16Slice(text, all[i].Offset, all[i].Length)})
		}
	}
	return found
}

// utf16Slice returns the part of text that begins after offset UTF-16 code units and is length of them long.
func utf16Slice(text string, offset, length int64) string {
	rest := text[utf16Index(text, offset):]
	return rest[:utf16Index(rest, length)]
}

// utf16Index returns the position in bytes after the given number of UTF-16 code units, or the length of text. A unit in
// the middle of a surrogate pair counts as its end.
func utf16Index(text string, units int64) int {
	for i, r := range text {
		if units <= 0 {
			return i
		}
		if units--; r > 0xffff && r <= utf8.MaxRune {
			units--
		}
	}
	return len(text)
}

// TextOrCaption returns the text of a message and its entities or, if there is no text, the caption and its entities.
func TextOrCaption(m *gotgbot.Message) (string, []gotgbot.MessageEntity) {
	if m.Text != "" {
		return m.Text, m.Entities
	}
	return m.Caption, m.CaptionEntities
}

// ChatType returns the type of a message's chat, such as "private". It is empty if there is no message.
func ChatType(m gotgbot.MaybeInaccessibleMessage) string {
	if m == nil {
		return ""
	}
	return m.GetChat().Type
}

// CallbackHead returns callback data up to its first colon, or all of it. Generated code switches on it.
func CallbackHead(data string) string {
	head, _, _ := strings.Cut(data, ":")
	return head
}

// Group returns the text of an optional named group of a regular expression. It returns nil if the text is empty, which it
// is for a group that did not take part in the match.
func Group(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
