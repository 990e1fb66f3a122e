package webhook

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// keyed is the part of an update that its queue follows from.
type keyed struct {
	ID            json.RawMessage `json:"id"` // of a poll, a string of digits
	PollID        string          `json:"poll_id"`
	Chat          identified      `json:"chat"`
	From          identified      `json:"from"`
	User          identified      `json:"user"`
	OldChatMember struct {
		User identified `json:"user"`
	} `json:"old_chat_member"`
}

type identified struct {
	ID int64 `json:"id"`
}

// QueueOf returns the queue of an update whose body is `"message":{...}`. The updates of a queue are delivered one after another.
// It is 0 if no other update waits for this one: the kind is unknown, or the update does not say whose it is.
//
// Messages and posts queue by chat. Queries queue by user. Most other kinds have a queue for each chat or user that is theirs
// alone, so a message and the press of a button may be under way for the same user at the same time.
func QueueOf(body []byte) int64 {
	name, value, ok := bytes.Cut(body, []byte{':'})
	var u keyed
	if !ok || json.Unmarshal(value, &u) != nil {
		return 0
	}
	chat, from, user := u.Chat.ID, u.From.ID, u.User.ID
	switch kind := string(bytes.Trim(name, `"`)); kind {
	case "message", "edited_message", "channel_post", "edited_channel_post":
		return chat
	case "inline_query":
		return class(1, from)
	case "chosen_inline_result":
		return class(2, from)
	case "callback_query":
		return class(3, from)
	case "shipping_query", "pre_checkout_query":
		return class(4, from)
	case "my_chat_member":
		return class(5, chat)
	case "chat_member":
		return class(6, u.OldChatMember.User.ID)
	case "chat_join_request":
		return class(6, from)
	case "chat_boost", "removed_chat_boost":
		return class(7, chat)
	case "message_reaction":
		return class(8, chat)
	case "message_reaction_count":
		return class(9, chat)
	case "business_connection":
		return class(10, user)
	case "business_message", "edited_business_message", "deleted_business_messages":
		return class(11, chat)
	case "guest_message":
		return class(12, chat)
	case "purchased_paid_media":
		return class(12, from)
	case "managed_bot":
		return class(13, user)
	case "poll":
		return number(string(bytes.Trim(u.ID, `"`)))
	case "poll_answer":
		return number(u.PollID)
	}
	return 0
}

// class returns the queue of an id among the kinds of a class, as the official server numbers them.
func class(n, id int64) int64 {
	if id == 0 {
		return 0
	}
	return id + n<<33
}

// number parses the id of a poll. It is 0 if the id is not a number, which the official server never sends.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
