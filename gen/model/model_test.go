package model_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/model/internal/load"
)

// TestTableIsCurrent checks that the table is what the loader reads from the gotgbot that go.mod names.
func TestTableIsCurrent(t *testing.T) {
	table, err := load.Load(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	want, err := load.Source(table)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("api_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("api_gen.go is not what gotgbot declares: run go generate ./gen/model")
	}
}

// TestKinds checks where each kind holds the ids of its chat, its user, its thread, its message and its business connection.
func TestKinds(t *testing.T) {
	const message = "chat.id; from.id | sender_chat.id; message_thread_id"
	want := []string{
		"message: " + message,
		"edited_message: " + message,
		"channel_post: " + message,
		"edited_channel_post: " + message,
		"business_connection: user_chat_id; user.id; ",
		"business_message: " + message,
		"edited_business_message: " + message,
		"deleted_business_messages: chat.id; ; ",
		"guest_message: " + message,
		"message_reaction: chat.id; user.id | actor_chat.id; ",
		"message_reaction_count: chat.id; ; ",
		"inline_query: ; from.id; ",
		"chosen_inline_result: ; from.id; ",
		"callback_query: message.chat.id; from.id; message.message_thread_id",
		"shipping_query: ; from.id; ",
		"pre_checkout_query: ; from.id; ",
		"purchased_paid_media: ; from.id; ",
		"poll: ; ; ",
		"poll_answer: ; user.id; ",
		"my_chat_member: chat.id; from.id; ",
		"chat_member: chat.id; from.id; ",
		"chat_join_request: chat.id; from.id; ",
		"chat_boost: chat.id; boost.source.user.id; ",
		"removed_chat_boost: chat.id; source.user.id; ",
		"managed_bot: ; user.id; ",
		"subscription: ; user.id; ",
	}
	kinds := model.Gotgbot().Kinds
	if len(kinds) != len(want) {
		t.Errorf("%d kinds, want %d", len(kinds), len(want))
	}
	for i, k := range kinds {
		got := k.Name + ": " + paths(k.Chat) + "; " + paths(k.User) + "; " + paths(k.Thread)
		if i >= len(want) || got != want[i] {
			t.Errorf("kind %d: %s", i, got)
		}
	}
}

// TestTopics checks where the kinds hold what belongs to the address of a message, besides what TestKinds checks.
func TestTopics(t *testing.T) {
	want := map[string]string{
		"poll_answer":               "voter_chat.id; ; ; ; ; ; ",
		"deleted_business_messages": "; ; ; ; ; ; business_connection_id",
		"message_reaction":          "; ; ; ; ; message_id; ",
		"message_reaction_count":    "; ; ; ; ; message_id; ",
		"callback_query": "; message.is_topic_message; message.direct_messages_topic.topic_id; ; ; message.message_id; " +
			"message.business_connection_id",
	}
	for _, k := range model.Gotgbot().Kinds {
		expected, ok := want[k.Name]
		switch {
		case ok:
		case k.Payload.Name == "Message":
			expected = "; is_topic_message; direct_messages_topic.topic_id; migrate_to_chat_id; migrate_from_chat_id; message_id; " +
				"business_connection_id"
		default:
			expected = "; ; ; ; ; ; "
		}
		var got []string
		for _, p := range [][]model.Path{k.Voter, k.InTopic, k.DirectTopic, k.MigratedTo, k.MigratedFrom, k.MessageID, k.Business} {
			got = append(got, paths(p))
		}
		if text := strings.Join(got, "; "); text != expected {
			t.Errorf("%s: %s", k.Name, text)
		}
		if (k.Message != nil) != (k.Payload.Name == "Message" || k.Name == "callback_query") {
			t.Errorf("%s: the message is at %v", k.Name, k.Message)
		}
	}
}

func paths(paths []model.Path) string {
	texts := make([]string, len(paths))
	for i, p := range paths {
		texts[i] = strings.Join(p.JSON(), ".")
	}
	return strings.Join(texts, " | ")
}
