package telegram

// The kinds of update, in the order of the fields of gotgbot.Update.
const (
	KindUnknown Kind = iota
	KindMessage
	KindEditedMessage
	KindChannelPost
	KindEditedChannelPost
	KindBusinessConnection
	KindBusinessMessage
	KindEditedBusinessMessage
	KindDeletedBusinessMessages
	KindGuestMessage
	KindMessageReaction
	KindMessageReactionCount
	KindInlineQuery
	KindChosenInlineResult
	KindCallbackQuery
	KindShippingQuery
	KindPreCheckoutQuery
	KindPurchasedPaidMedia
	KindPoll
	KindPollAnswer
	KindMyChatMember
	KindChatMember
	KindChatJoinRequest
	KindChatBoost
	KindRemovedChatBoost
	KindManagedBot
	KindSubscription

	// KindCount is the number of kinds, with KindUnknown.
	KindCount = iota
)

var kindNames = [KindCount]string{
	"unknown",
	"message",
	"edited_message",
	"channel_post",
	"edited_channel_post",
	"business_connection",
	"business_message",
	"edited_business_message",
	"deleted_business_messages",
	"guest_message",
	"message_reaction",
	"message_reaction_count",
	"inline_query",
	"chosen_inline_result",
	"callback_query",
	"shipping_query",
	"pre_checkout_query",
	"purchased_paid_media",
	"poll",
	"poll_answer",
	"my_chat_member",
	"chat_member",
	"chat_join_request",
	"chat_boost",
	"removed_chat_boost",
	"managed_bot",
	"subscription",
}

// KindOf is the kind with the given name, or KindUnknown.
func KindOf(name string) Kind {
	switch name {
	case "message":
		return KindMessage
	case "edited_message":
		return KindEditedMessage
	case "channel_post":
		return KindChannelPost
	case "edited_channel_post":
		return KindEditedChannelPost
	case "business_connection":
		return KindBusinessConnection
	case "business_message":
		return KindBusinessMessage
	case "edited_business_message":
		return KindEditedBusinessMessage
	case "deleted_business_messages":
		return KindDeletedBusinessMessages
	case "guest_message":
		return KindGuestMessage
	case "message_reaction":
		return KindMessageReaction
	case "message_reaction_count":
		return KindMessageReactionCount
	case "inline_query":
		return KindInlineQuery
	case "chosen_inline_result":
		return KindChosenInlineResult
	case "callback_query":
		return KindCallbackQuery
	case "shipping_query":
		return KindShippingQuery
	case "pre_checkout_query":
		return KindPreCheckoutQuery
	case "purchased_paid_media":
		return KindPurchasedPaidMedia
	case "poll":
		return KindPoll
	case "poll_answer":
		return KindPollAnswer
	case "my_chat_member":
		return KindMyChatMember
	case "chat_member":
		return KindChatMember
	case "chat_join_request":
		return KindChatJoinRequest
	case "chat_boost":
		return KindChatBoost
	case "removed_chat_boost":
		return KindRemovedChatBoost
	case "managed_bot":
		return KindManagedBot
	case "subscription":
		return KindSubscription
	}
	return KindUnknown
}
