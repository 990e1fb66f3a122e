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

// TestKinds checks where each kind holds the ids of its chat, its user and its thread.
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

func paths(paths []model.Path) string {
	texts := make([]string, len(paths))
	for i, p := range paths {
		texts[i] = strings.Join(p.JSON(), ".")
	}
	return strings.Join(texts, " | ")
}
