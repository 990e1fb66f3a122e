package corpus

// A kind is a kind of update: its name, how often it comes, and the function that makes its payload.
type kind struct {
	name   string
	weight int // the more, the more often
	make   func(g *generator) object
}

var kinds = []kind{
	{"message", 560, (*generator).userMessage},
	{"edited_message", 40, func(g *generator) object { return g.userMessage().with("edit_date", g.now+20) }},
	{"channel_post", 40, (*generator).post},
	{"edited_channel_post", 10, func(g *generator) object { return g.post().with("edit_date", g.now+90) }},
	{"business_connection", 4, func(g *generator) object {
		user := g.someone()
		return object{
			"id", g.word(20), "user", user.user, "user_chat_id", user.id, "date", g.now, "can_reply", true,
			"rights", object{"can_reply", true, "can_read_messages", true, "can_delete_sent_messages", g.chance(2)}, "is_enabled", true,
		}
	}},
	{"business_message", 10, func(g *generator) object { return g.userMessage().with("business_connection_id", g.word(20)) }},
	{"edited_business_message", 4, func(g *generator) object {
		return g.userMessage().with("business_connection_id", g.word(20), "edit_date", g.now+5)
	}},
	{"deleted_business_messages", 4, func(g *generator) object {
		return object{"business_connection_id", g.word(20), "chat", g.someone().chat, "message_ids", array{4001, 4002, 4003}}
	}},
	{"guest_message", 4, func(g *generator) object {
		return g.userMessage().with("guest_query_id", g.word(16), "guest_bot_caller_user", g.someone().user)
	}},
	{"message_reaction", 30, (*generator).reaction},
	{"message_reaction_count", 8, func(g *generator) object {
		return object{"chat", pick(g, g.channel), "message_id", 512, "date", g.now, "reactions", array{
			object{"type", g.reactionType(), "total_count", 12}, object{"type", g.reactionType(), "total_count", 3},
		}}
	}},
	{"inline_query", 40, func(g *generator) object {
		return object{
			"id", "5123456789012345678", "from", g.someone().user, "chat_type", "sender", "query", g.sentence(3), "offset", "",
			"location", g.maybe(5, g.location()),
		}
	}},
	{"chosen_inline_result", 10, func(g *generator) object {
		return object{"result_id", "17", "from", g.someone().user, "query", g.sentence(3), "inline_message_id", g.word(27)}
	}},
	{"callback_query", 140, (*generator).callback},
	{"shipping_query", 4, func(g *generator) object {
		return object{"id", "5123456789012345678", "from", g.someone().user, "invoice_payload", "order-8812", "shipping_address", g.address()}
	}},
	{"pre_checkout_query", 6, func(g *generator) object {
		return object{
			"id", "5123456789012345678", "from", g.someone().user, "currency", "EUR", "total_amount", 4_990, "invoice_payload", "order-8812",
			"order_info", object{"name", "Alice Smith", "phone_number", "491511234567", "shipping_address", g.address()},
		}
	}},
	{"purchased_paid_media", 3, func(g *generator) object {
		return object{"from", g.someone().user, "paid_media_payload", "album-3"}
	}},
	{"poll", 8, (*generator).poll},
	{"poll_answer", 10, func(g *generator) object {
		return object{"poll_id", "5312345678901234567", "user", g.someone().user, "option_ids", array{g.IntN(4)}, "option_persistent_ids", array{g.word(8)}}
	}},
	{"my_chat_member", 12, func(g *generator) object {
		user := g.someone()
		return g.memberUpdate(user.chat, user.user, g.bot(), "member", "kicked")
	}},
	{"chat_member", 30, func(g *generator) object {
		return g.memberUpdate(pick(g, g.groups), g.someone().user, g.someone().user,
			pick(g, []string{"left", "member", "restricted"}), pick(g, []string{"member", "administrator", "kicked"}))
	}},
	{"chat_join_request", 10, func(g *generator) object {
		user := g.someone()
		return object{"chat", pick(g, g.groups), "from", user.user, "user_chat_id", user.id, "date", g.now, "bio", g.maybe(2, g.sentence(6)), "invite_link", g.invite()}
	}},
	{"chat_boost", 4, func(g *generator) object {
		return object{"chat", pick(g, g.channel), "boost", object{
			"boost_id", g.word(16), "add_date", g.now, "expiration_date", g.now + 2_592_000,
			"source", object{"source", pick(g, []string{"premium", "gift_code"}), "user", g.someone().user},
		}}
	}},
	{"removed_chat_boost", 3, func(g *generator) object {
		return object{
			"chat", pick(g, g.channel), "boost_id", g.word(16), "remove_date", g.now,
			"source", object{"source", "giveaway", "giveaway_message_id", 77, "user", g.maybe(2, g.someone().user)},
		}
	}},
	{"managed_bot", 3, func(g *generator) object { return object{"user", g.someone().user, "bot", g.bot()} }},
	{"subscription", 3, func(g *generator) object {
		return object{"user", g.someone().user, "invoice_payload", "sub-1", "state", "active"}
	}},
}

// post makes a message of a channel.
func (g *generator) post() object {
	channel := pick(g, g.channel)
	return append(g.head(nil, channel).with("sender_chat", channel, "author_signature", g.maybe(3, "Editor")), g.content(true)...)
}

func (g *generator) reactionType() object {
	if g.chance(5) {
		return object{"type", "custom_emoji", "custom_emoji_id", "5368324170671202286"}
	}
	return object{"type", "emoji", "emoji", pick(g, []string{"👍", "❤", "🔥", "🤡"})}
}

func (g *generator) reaction() object {
	change := object{"chat", pick(g, g.groups), "message_id", 4_000 + g.IntN(500)}
	if g.chance(6) {
		change = change.with("actor_chat", pick(g, g.channel))
	} else {
		change = change.with("user", g.someone().user)
	}
	return change.with("date", g.now, "old_reaction", array{}, "new_reaction", array{g.reactionType()})
}

// callback makes a press of a button under a message of the bot.
func (g *generator) callback() object {
	user := g.someone()
	query := object{"id", "5123456789012345678", "from", user.user}
	switch g.IntN(12) {
	case 0:
		query = query.with("inline_message_id", g.word(27))
	case 1:
		query = query.with("message", object{"message_id", 3_500, "chat", user.chat, "date", 0})
	default:
		chat := user.chat
		if g.chance(3) {
			chat = pick(g, g.groups)
		}
		query = query.with("message", append(g.head(g.bot(), chat), "text", g.sentence(12), "entities", g.maybe(2, g.entities(2)), "reply_markup", g.keyboard()))
	}
	return query.with("chat_instance", "-3874612873461872346", "data", pick(g, []string{"buy:17:2", "menu:main", "page:3", "close"}))
}

func (g *generator) memberUpdate(chat, from, who object, before, after string) object {
	return object{
		"chat", chat, "from", from, "date", g.now, "old_chat_member", g.member(who, before), "new_chat_member", g.member(who, after),
		"invite_link", g.maybe(4, g.invite()),
	}
}

func (g *generator) member(user object, status string) object {
	member := object{"user", user, "status", status}
	switch status {
	case "administrator":
		return member.with(
			"can_be_edited", false, "can_manage_chat", true, "can_change_info", true, "can_delete_messages", true, "can_invite_users", true,
			"can_restrict_members", g.chance(2), "can_pin_messages", true, "can_manage_topics", g.chance(2), "can_promote_members", false,
			"can_manage_video_chats", true, "can_post_stories", false, "can_edit_stories", false, "can_delete_stories", false,
			"is_anonymous", false, "can_manage_voice_chats", true, "custom_title", g.maybe(2, "moderator"),
		)
	case "restricted":
		return member.with(
			"until_date", g.now+3_600, "can_send_messages", true, "can_send_media_messages", false, "can_send_other_messages", false,
			"can_add_web_page_previews", false, "can_change_info", false, "can_invite_users", true, "can_pin_messages", false, "is_member", true,
		)
	case "kicked":
		return member.with("until_date", 0)
	}
	return member
}

func (g *generator) invite() object {
	return object{
		"invite_link", "https://t.me/+AbCdEfGh...", "name", g.maybe(2, "from the website"), "creator", g.someone().user,
		"pending_join_request_count", g.IntN(10), "creates_join_request", true, "is_primary", false, "is_revoked", false,
	}
}
