package filter_test

import (
	"strings"
	"testing"

	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
)

func TestShared(t *testing.T) {
	for _, c := range []struct {
		texts string
		want  string
	}{
		{"message", "Message *gotgbot.Message"},
		{"msg", "Message *gotgbot.Message"},
		{"message:photo", "Message *gotgbot.Message; Photo []gotgbot.PhotoSize"},
		{"message:text edited_message:text", "Message *gotgbot.Message; Text string"},
		{"message:text message:photo", "Message *gotgbot.Message"},
		{"edit:media", "Message *gotgbot.Message"},
		{"::url", "Message *gotgbot.Message; Entities []gotgbot.MessageEntity of Text, filtered"},
		{"message:caption_entities", "Message *gotgbot.Message; Entities []gotgbot.MessageEntity of Caption"},
		{"message:forward_origin:user", "Message *gotgbot.Message; ForwardOrigin gotgbot.MessageOriginUser"},
		{"message:forward_origin:chat", "Message *gotgbot.Message; ForwardOrigin gotgbot.MessageOrigin"},
		{"message:forward_origin:user message:forward_origin:channel", "Message *gotgbot.Message"},
		{"message:new_chat_members:me", "Message *gotgbot.Message; NewChatMembers []gotgbot.User, filtered"},
		{"message:left_chat_member:me", "Message *gotgbot.Message; LeftChatMember *gotgbot.User"},
		{"message:is_topic_message", "Message *gotgbot.Message"},
		{"message:chat:private", "Message *gotgbot.Message"},
		{"message_reaction:new_reaction:emoji",
			"MessageReaction *gotgbot.MessageReactionUpdated; NewReaction []gotgbot.ReactionTypeEmoji, filtered"},
		{"callback_query:data", "Query *gotgbot.CallbackQuery; Data string"},
		{"callback_query:data inline_query", ""},
		{"chat_member my_chat_member", "ChatMember *gotgbot.ChatMemberUpdated"},
		{"chat_member:new_chat_member:left my_chat_member:new_chat_member:left",
			"ChatMember *gotgbot.ChatMemberUpdated; NewChatMember gotgbot.ChatMemberLeft"},
		{"inline_query:query", "Query *gotgbot.InlineQuery"},
		{"subscription:state:active", "Subscription *gotgbot.BotSubscriptionUpdated"},
		{"poll:question_entities:bold", "Poll *gotgbot.Poll; Entities []gotgbot.MessageEntity of Question, filtered"},
	} {
		var queries []filter.Query
		for text := range strings.FieldsSeq(c.texts) {
			queries = append(queries, parse(t, text)...)
		}
		var parts []string
		for _, p := range filter.Shared(queries) {
			text := p.Name + " " + p.Type.Go("gotgbot")
			if p.Text != nil {
				text += " of " + p.Text.Name
			}
			if p.Filter != nil {
				text += ", filtered"
			}
			parts = append(parts, text)
		}
		if got := strings.Join(parts, "; "); got != c.want {
			t.Errorf("%s: %s", c.texts, got)
		}
	}
}

// TestPartNames checks that no query has two parts with the same name, or a part with a name that every input has already.
func TestPartNames(t *testing.T) {
	for _, q := range filter.Valid(model.Gotgbot()) {
		seen := map[string]bool{"Event": true, "Bot": true, "Update": true}
		for _, p := range q.Parts() {
			if seen[p.Name] {
				t.Errorf("%s has a second part named %s", q, p.Name)
			}
			seen[p.Name] = true
			if p.Field != nil && p.Type.Base().Struct != nil && p.Type.Base().Struct.Name == "MessageEntity" && p.Text == nil {
				t.Errorf("%s has entities without a text", q)
			}
		}
	}
}
