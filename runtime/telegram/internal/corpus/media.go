package corpus

const fileAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// word makes n letters of the alphabet of file ids.
func (g *generator) word(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = fileAlphabet[g.IntN(len(fileAlphabet))]
	}
	return string(b)
}

func (g *generator) file() object {
	return object{"file_id", "AgACAgIAAxkBAAI" + g.word(68), "file_unique_id", "AQAD" + g.word(12), "file_size", 1_000 + g.IntN(4_000_000)}
}

func (g *generator) thumbnail() object {
	return g.file().with("width", 320, "height", 240)
}

func (g *generator) photo() array {
	sizes := array{}
	for i, side := range []int{90, 320, 800, 1280}[:2+g.IntN(3)] {
		sizes = append(sizes, g.file().with("width", side, "height", side*3/4+i))
	}
	return sizes
}

func (g *generator) sticker() object {
	return object{
		"width", 512, "height", 512, "emoji", pick(g, []string{"😂", "👍", "🥺", "❤️"}), "set_name", "Animals_by_somebody",
		"is_animated", g.chance(2), "is_video", false, "type", "regular", "thumbnail", g.thumbnail(), "thumb", g.thumbnail(),
	}.with(g.file()...)
}

func (g *generator) video() object {
	return object{
		"duration", g.IntN(600), "width", 1280, "height", 720, "file_name", "VID_20250611_120102.mp4", "mime_type", "video/mp4",
		"thumbnail", g.thumbnail(), "thumb", g.thumbnail(),
	}.with(g.file()...)
}

func (g *generator) animation() object {
	return object{"file_name", "giphy.mp4", "mime_type", "video/mp4", "duration", 3, "width", 480, "height", 270}.with(g.file()...)
}

func (g *generator) document() object {
	return object{
		"document", object{"file_name", "счёт-фактура 12.pdf", "mime_type", "application/pdf", "thumbnail", g.maybe(2, g.thumbnail())}.with(g.file()...),
		"caption", g.maybe(3, g.sentence(6)),
	}
}

func (g *generator) voice() object {
	return object{"duration", 1 + g.IntN(60), "mime_type", "audio/ogg"}.with(g.file()...)
}

func (g *generator) location() object {
	return object{"latitude", 35 + 20*g.Float64(), "longitude", 10 + 40*g.Float64()}
}

func (g *generator) poll() object {
	options := array{}
	total := 0
	for _, text := range []string{"Yes", "No", "Maybe later", "Не знаю"}[:2+g.IntN(3)] {
		n := g.IntN(50)
		total += n
		options = append(options, object{"persistent_id", g.word(8), "text", text, "voter_count", n})
	}
	return object{
		"id", "53" + "12345678901234567", "question", g.sentence(7), "options", options, "total_voter_count", total,
		"is_closed", g.chance(3), "is_anonymous", g.chance(2), "type", "regular", "allows_multiple_answers", false,
	}
}

// small makes content of few bytes.
func (g *generator) small() object {
	switch g.IntN(5) {
	case 0:
		return object{"location", g.location()}
	case 1:
		return object{"contact", object{"phone_number", "+491511234567", "first_name", pick(g, firstNames), "user_id", g.someone().id}}
	case 2:
		return object{"dice", object{"emoji", "🎲", "value", 1 + g.IntN(6)}}
	case 3:
		return object{"venue", object{"location", g.location(), "title", "Café Central", "address", "Herrengasse 14"}, "location", g.location()}
	}
	return object{"poll", g.poll()}
}

// service makes the content of a service message.
func (g *generator) service() object {
	switch g.IntN(9) {
	case 0:
		user := g.someone().user
		return object{"new_chat_participant", user, "new_chat_member", user, "new_chat_members", array{user}}
	case 1:
		user := g.someone().user
		return object{"left_chat_participant", user, "left_chat_member", user}
	case 2:
		other := g.someone()
		return object{"pinned_message", append(g.head(other.user, other.chat), "text", g.sentence(12))}
	case 3:
		return object{"new_chat_title", g.sentence(3)}
	case 4:
		return object{"successful_payment", object{
			"currency", "XTR", "total_amount", 250, "invoice_payload", "order-8812", "telegram_payment_charge_id", g.word(40),
			"provider_payment_charge_id", g.word(30),
			"order_info", object{"name", "Alice Smith", "email", "alice@example.com", "shipping_address", g.address()},
		}}
	case 5:
		return object{"forum_topic_created", object{"name", g.sentence(2), "icon_color", 7_322_096, "icon_custom_emoji_id", "5368324170671202286"}}
	case 6:
		return object{"users_shared", object{"user_ids", array{g.someone().id}, "users", array{object{"user_id", g.someone().id, "first_name", "Bob"}}, "request_id", 1}}
	case 7:
		return object{"chat_background_set", object{"type", object{
			"type", "fill", "fill", object{"type", "gradient", "top_color", 0xffaa00, "bottom_color", 0x00aaff, "rotation_angle", 45}, "dark_theme_dimming", 20,
		}}}
	}
	return object{"web_app_data", object{"data", `{"item":17,"count":2}`, "button_text", "Open shop"}}
}

func (g *generator) address() object {
	return object{"country_code", "DE", "state", "", "city", "Köln", "street_line1", "Domkloster 4", "street_line2", "", "post_code", "50667"}
}

// rich makes a rich message: text with headings, lists and tables.
func (g *generator) rich() object {
	text := func() any {
		switch g.IntN(3) {
		case 0:
			return array{g.sentence(3), object{"type", "bold", "text", g.sentence(2)}, object{"type", "url", "text", "link", "url", "https://example.com"}}
		case 1:
			return object{"type", "italic", "text", array{"a", object{"type", "code", "text", "x := 1"}}}
		}
		return g.sentence(8)
	}
	return object{"blocks", array{
		object{"type", "heading", "text", g.sentence(3), "size", 1 + g.IntN(6)},
		object{"type", "paragraph", "text", text()},
		object{"type", "list", "items", array{
			object{"label", "1.", "blocks", array{object{"type", "paragraph", "text", text()}}, "value", 1},
			object{"label", "2.", "blocks", array{object{"type", "paragraph", "text", text()}}, "value", 2},
		}},
		object{"type", "table", "cells", array{
			array{object{"text", "Item", "is_header", true}, object{"text", "Price", "is_header", true}},
			array{object{"text", text()}, object{"text", "12.50"}},
		}, "is_bordered", true},
		object{"type", "pre", "text", "go test ./...", "language", "sh"},
	}}
}
