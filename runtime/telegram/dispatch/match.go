package dispatch

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// The functions of this file are what generated dispatch asks of an update.

// Entities are the entities of the given types, or all if no type is given, each with its part of text. Offsets and
// lengths count UTF-16 code units, as the Bot API has it; an entity that lies outside the text has what there is of it.
func Entities(text string, all []gotgbot.MessageEntity, types ...string) []telegram.Entity {
	var found []telegram.Entity
	for i := range all {
		if len(types) == 0 || slices.Contains(types, all[i].Type) {
			found = append(found, telegram.Entity{MessageEntity: all[i], Text: utf16Slice(text, all[i].Offset, all[i].Length)})
		}
	}
	return found
}

// utf16Slice is the part of text that begins offset UTF-16 code units in and is length of them long.
func utf16Slice(text string, offset, length int64) string {
	rest := text[utf16Index(text, offset):]
	return rest[:utf16Index(rest, length)]
}

// utf16Index is the byte at which the given UTF-16 code unit of text begins, or the end of text.
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

// TextOrCaption is the message's text with its entities, or else its caption with the caption's.
func TextOrCaption(m *gotgbot.Message) (string, []gotgbot.MessageEntity) {
	if m.Text != "" {
		return m.Text, m.Entities
	}
	return m.Caption, m.CaptionEntities
}

// ChatType is the type of the chat of a message that may be inaccessible, empty if there is no message.
func ChatType(m gotgbot.MaybeInaccessibleMessage) string {
	if m == nil {
		return ""
	}
	return m.GetChat().Type
}

// CallbackHead is callback data up to its first colon, or all of it.
func CallbackHead(data string) string {
	head, _, _ := strings.Cut(data, ":")
	return head
}

// Group is a named group of a regular expression that need not take part in a match: nil if it is empty.
func Group(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
