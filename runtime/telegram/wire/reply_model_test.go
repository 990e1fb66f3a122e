package wire

import (
	"encoding/json"
	"errors"
	"math"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// splitByJSON is the model of SplitReply. It uses encoding/json.
func splitByJSON(body []byte) (updates []RawUpdate, refusal *Refusal, err error) {
	var reply map[string]json.RawMessage
	if err := json.Unmarshal(body, &reply); err != nil {
		return nil, nil, err
	}
	switch string(reply["ok"]) {
	case "true":
	case "false":
		refusal = new(Refusal)
		refusal.Code = int(intOf(reply["error_code"]))
		_ = json.Unmarshal(reply["description"], &refusal.Description)
		var parameters map[string]json.RawMessage
		_ = json.Unmarshal(reply["parameters"], &parameters)
		refusal.RetryAfter = intOf(parameters["retry_after"])
		return nil, refusal, nil
	default:
		return nil, nil, errors.New("no ok")
	}
	var list []json.RawMessage
	if err := json.Unmarshal(reply["result"], &list); err != nil || list == nil {
		return nil, nil, errors.New("no result")
	}
	for _, raw := range list {
		if raw[0] != '{' {
			return nil, nil, errors.New("not an object")
		}
		u := RawUpdate{Raw: raw}
		if decoded, err := decodeSlowly(string(raw)); err == nil {
			u.Header = headerByTable(decoded)
		} else {
			u.Header.Kind = anyKind
			var only struct {
				ID int64 `json:"update_id"`
			}
			if json.Unmarshal(raw, &only) != nil {
				only.ID = anyID
			}
			u.ID = only.ID
		}
		if u.ID != anyID && (u.ID <= 0 || u.ID == math.MaxInt64) {
			return nil, nil, errors.New("no id")
		}
		updates = append(updates, u)
	}
	return updates, nil, nil
}

// If an update cannot be decoded, its kind, chat, user and thread do not matter: the model says anyKind. If its id cannot
// be decoded either, the id does not matter and SplitReply may refusal: the model says anyID.
const (
	anyKind = Kind(255)
	anyID   = math.MinInt64
)

// intOf returns the integer in raw, or 0 if there is another value.
func intOf(raw json.RawMessage) int64 {
	var n int64
	if json.Unmarshal(raw, &n) != nil {
		return 0
	}
	return n
}

// headerByTable returns the header of an update. It is written by hand from the Bot API's documentation, so that the
// generated tables are compared with something else than themselves.
func headerByTable(u *gotgbot.Update) Header {
	h := Header{ID: u.UpdateId}
	place := func(kind string, chat, user int64) Header {
		if user == 1087968824 || user == 136817688 || user == 777000 {
			if chat != 0 {
				user = chat
			}
		}
		h.Kind, h.Chat, h.User = KindOf(kind), chat, user
		return h
	}
	topics := func(m *gotgbot.Message) {
		if m.IsTopicMessage && m.MessageThreadId != 1 {
			h.Thread = m.MessageThreadId
		}
		if m.DirectMessagesTopic != nil {
			h.DirectMessagesTopic = m.DirectMessagesTopic.TopicId
		}
	}
	// sender is the id of the user, or of the chat on whose behalf the user acted.
	sender := func(u *gotgbot.User, chat *gotgbot.Chat) int64 {
		var user int64
		if u != nil {
			user = u.Id
		}
		if chat != nil && chat.Id != 0 && (user == 0 || user == 1087968824 || user == 136817688 || user == 777000) {
			return chat.Id
		}
		return user
	}
	message := func(kind string, m *gotgbot.Message) Header {
		topics(m)
		h.Migrated = m.MigrateToChatId
		if h.Migrated == 0 {
			h.Migrated = m.MigrateFromChatId
		}
		return place(kind, m.Chat.Id, sender(m.From, m.SenderChat))
	}
	boost := func(kind string, chat int64, source gotgbot.ChatBoostSource) Header {
		var user int64
		switch s := source.(type) {
		case gotgbot.ChatBoostSourcePremium:
			user = s.User.Id
		case gotgbot.ChatBoostSourceGiftCode:
			user = s.User.Id
		case gotgbot.ChatBoostSourceGiveaway:
			if s.User != nil {
				user = s.User.Id
			}
		}
		return place(kind, chat, user)
	}
	switch {
	case u.Message != nil:
		return message("message", u.Message)
	case u.EditedMessage != nil:
		return message("edited_message", u.EditedMessage)
	case u.ChannelPost != nil:
		return message("channel_post", u.ChannelPost)
	case u.EditedChannelPost != nil:
		return message("edited_channel_post", u.EditedChannelPost)
	case u.BusinessConnection != nil:
		return place("business_connection", u.BusinessConnection.UserChatId, u.BusinessConnection.User.Id)
	case u.BusinessMessage != nil:
		return message("business_message", u.BusinessMessage)
	case u.EditedBusinessMessage != nil:
		return message("edited_business_message", u.EditedBusinessMessage)
	case u.DeletedBusinessMessages != nil:
		return place("deleted_business_messages", u.DeletedBusinessMessages.Chat.Id, 0)
	case u.GuestMessage != nil:
		return message("guest_message", u.GuestMessage)
	case u.MessageReaction != nil:
		return place("message_reaction", u.MessageReaction.Chat.Id, sender(u.MessageReaction.User, u.MessageReaction.ActorChat))
	case u.MessageReactionCount != nil:
		return place("message_reaction_count", u.MessageReactionCount.Chat.Id, 0)
	case u.InlineQuery != nil:
		return place("inline_query", 0, u.InlineQuery.From.Id)
	case u.ChosenInlineResult != nil:
		return place("chosen_inline_result", 0, u.ChosenInlineResult.From.Id)
	case u.CallbackQuery != nil:
		var chat int64
		switch m := u.CallbackQuery.Message.(type) {
		case gotgbot.Message:
			chat = m.Chat.Id
			topics(&m)
		case gotgbot.InaccessibleMessage:
			chat = m.Chat.Id
		}
		return place("callback_query", chat, u.CallbackQuery.From.Id)
	case u.ShippingQuery != nil:
		return place("shipping_query", 0, u.ShippingQuery.From.Id)
	case u.PreCheckoutQuery != nil:
		return place("pre_checkout_query", 0, u.PreCheckoutQuery.From.Id)
	case u.PurchasedPaidMedia != nil:
		return place("purchased_paid_media", 0, u.PurchasedPaidMedia.From.Id)
	case u.Poll != nil:
		return place("poll", 0, 0)
	case u.PollAnswer != nil:
		if u.PollAnswer.User == nil {
			return place("poll_answer", 0, 0)
		}
		return place("poll_answer", 0, sender(u.PollAnswer.User, u.PollAnswer.VoterChat))
	case u.MyChatMember != nil:
		return place("my_chat_member", u.MyChatMember.Chat.Id, u.MyChatMember.From.Id)
	case u.ChatMember != nil:
		return place("chat_member", u.ChatMember.Chat.Id, u.ChatMember.From.Id)
	case u.ChatJoinRequest != nil:
		return place("chat_join_request", u.ChatJoinRequest.Chat.Id, u.ChatJoinRequest.From.Id)
	case u.ChatBoost != nil:
		return boost("chat_boost", u.ChatBoost.Chat.Id, u.ChatBoost.Boost.Source)
	case u.RemovedChatBoost != nil:
		return boost("removed_chat_boost", u.RemovedChatBoost.Chat.Id, u.RemovedChatBoost.Source)
	case u.ManagedBot != nil:
		return place("managed_bot", 0, u.ManagedBot.User.Id)
	case u.Subscription != nil:
		return place("subscription", 0, u.Subscription.User.Id)
	}
	return h
}
