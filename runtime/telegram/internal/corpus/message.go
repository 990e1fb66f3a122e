package corpus

import (
	"strings"
	"unicode/utf16"
)

// userMessage makes a message of a user, in a private chat or a group.
func (g *generator) userMessage() object {
	from := g.someone()
	chat := from.chat
	if g.chance(2) {
		chat = pick(g, g.groups)
	}
	return append(g.head(from.user, chat), g.content(true)...)
}

// head makes the first members of a message, from message_id to the thread. from may be nil.
func (g *generator) head(from, chat object) object {
	g.message++
	var thread, topic any
	for i := 0; i < len(chat); i += 2 {
		if chat[i] == "is_forum" && chat[i+1] != nil && g.chance(2) {
			thread, topic = int64(100+g.IntN(20)), true
		}
	}
	var sender any
	if from != nil {
		sender = from
	}
	return object{
		"message_id", g.message, "from", sender, "chat", chat, "date", g.now,
		"message_thread_id", thread, "is_topic_message", topic,
	}
}

// content makes the other members of a message. If it may reply, it sometimes holds the message that it replies to.
func (g *generator) content(mayReply bool) object {
	var content object
	if mayReply {
		switch g.IntN(10) {
		case 0, 1:
			other := g.someone()
			content = append(content, "reply_to_message", append(g.head(other.user, other.chat), g.content(false)...))
		case 2:
			content = append(content, g.forwarded()...)
		}
	}
	switch g.IntN(24) {
	case 0, 1, 2:
		return append(content, "photo", g.photo(), "caption", g.maybe(2, g.sentence(8)), "media_group_id", g.maybe(4, "13412345678901234"))
	case 3:
		return append(content, "sticker", g.sticker())
	case 4:
		return append(content, "video", g.video(), "caption", g.sentence(10), "caption_entities", g.maybe(2, g.entities(2)))
	case 5:
		return append(content, g.document()...)
	case 6:
		return append(content, "voice", g.voice())
	case 7:
		return append(content, g.service()...)
	case 8:
		return append(content, g.small()...)
	case 9:
		return append(content, "animation", g.animation(), "document", g.animation())
	case 10:
		return append(content, "rich_message", g.rich())
	}
	text := g.sentence(3 + g.IntN(40))
	if g.chance(4) {
		text = pick(g, []string{"/start", "/help", "/order 15 2 please call before", "/settings@lifelike_shop_bot", "/start ref_8812"})
		return append(content, "text", text, "entities", array{object{"offset", 0, "length", len(strings.Fields(text)[0]), "type", "bot_command"}})
	}
	var preview, markup any
	if g.chance(8) {
		preview = object{"url", "https://example.com/a/b?c=d&e=f", "prefer_large_media", true}
	}
	if g.chance(8) {
		markup = g.keyboard()
	}
	return append(content, "text", text, "entities", g.maybe(2, g.entitiesOf(text)), "link_preview_options", preview, "reply_markup", markup)
}

// entitiesOf makes entities that lie within the text.
func (g *generator) entitiesOf(text string) array {
	length := len(utf16.Encode([]rune(text)))
	entities := array{}
	for at := 0; at+12 < length && len(entities) < 6; at += 10 + g.IntN(40) {
		entities = append(entities, g.entity(at, 3+g.IntN(9)))
	}
	if len(entities) == 0 {
		entities = append(entities, g.entity(0, length))
	}
	return entities
}

// entities makes n entities for some text.
func (g *generator) entities(n int) array {
	list := array{}
	for i := range n {
		list = append(list, g.entity(i*10, 5))
	}
	return list
}

func (g *generator) entity(offset, length int) object {
	entity := object{"offset", offset, "length", length}
	switch kind := pick(g, []string{"bold", "italic", "url", "mention", "hashtag", "code", "text_link", "text_mention", "custom_emoji", "pre", "email"}); kind {
	case "text_link":
		return entity.with("type", kind, "url", "https://example.org/some/page#part")
	case "text_mention":
		return entity.with("type", kind, "user", g.someone().user)
	case "custom_emoji":
		return entity.with("type", kind, "custom_emoji_id", "5368324170671202286")
	case "pre":
		return entity.with("type", kind, "language", "go")
	default:
		return entity.with("type", kind)
	}
}

// forwarded makes the members that say where a forwarded message came from: forward_origin and, as the server still sends
// them, the older ones.
func (g *generator) forwarded() object {
	when := g.now - g.Int64N(1_000_000)
	switch g.IntN(4) {
	case 0:
		name := pick(g, firstNames)
		return object{
			"forward_origin", object{"type", "hidden_user", "sender_user_name", name, "date", when},
			"forward_sender_name", name, "forward_date", when,
		}
	case 1:
		channel := pick(g, g.channel)
		return object{
			"forward_origin", object{"type", "channel", "chat", channel, "message_id", 512, "author_signature", "Editor", "date", when},
			"forward_from_chat", channel, "forward_from_message_id", 512, "forward_date", when,
		}
	case 2:
		group := pick(g, g.groups)
		return object{
			"forward_origin", object{"type", "chat", "sender_chat", group, "date", when},
			"forward_from_chat", group, "forward_date", when,
		}
	}
	user := g.someone().user
	return object{
		"forward_origin", object{"type", "user", "sender_user", user, "date", when},
		"forward_from", user, "forward_date", when,
	}
}

// keyboard makes an inline keyboard.
func (g *generator) keyboard() object {
	rows := array{}
	for range 1 + g.IntN(4) {
		row := array{}
		for range 1 + g.IntN(3) {
			button := object{"text", pick(g, []string{"Buy", "« Back", "Next »", "Отмена", "❌ Close", "Details", "2 × кофе"})}
			if g.chance(6) {
				button = button.with("url", "https://example.com/shop?item=17")
			} else {
				button = button.with("callback_data", pick(g, []string{"buy:17:2", "menu:main", "page:3", "close", "item:412:details"}))
			}
			row = append(row, button)
		}
		rows = append(rows, row)
	}
	return object{"inline_keyboard", rows}
}
