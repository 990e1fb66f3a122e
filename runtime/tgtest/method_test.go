package tgtest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

func TestCommands(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	start := []gotgbot.BotCommand{{Command: "start", Description: "Begin"}, {Command: "help", Description: "Hilfe ä"}}
	groups := []gotgbot.BotCommand{{Command: "ban", Description: "Ban"}}
	german := []gotgbot.BotCommand{{Command: "start", Description: "Anfang"}}
	scope := gotgbot.BotCommandScopeAllGroupChats{}
	bot.SetMyCommands(start, nil)
	bot.SetMyCommands(groups, &gotgbot.SetMyCommandsOpts{Scope: scope})
	bot.SetMyCommands(german, &gotgbot.SetMyCommandsOpts{LanguageCode: "de"})
	get := func(opts *gotgbot.GetMyCommandsOpts) string {
		commands, err := bot.GetMyCommands(opts)
		return fmt.Sprint(commands, err)
	}
	if got := get(nil); got != fmt.Sprint(start, nil) {
		t.Error(got)
	}
	if got := get(&gotgbot.GetMyCommandsOpts{Scope: gotgbot.BotCommandScopeDefault{}}); got != fmt.Sprint(start, nil) {
		t.Error(got)
	}
	if got := get(&gotgbot.GetMyCommandsOpts{Scope: scope}); got != fmt.Sprint(groups, nil) {
		t.Error(got)
	}
	if got := get(&gotgbot.GetMyCommandsOpts{LanguageCode: "de"}); got != fmt.Sprint(german, nil) {
		t.Error(got)
	}
	if got := get(&gotgbot.GetMyCommandsOpts{Scope: gotgbot.BotCommandScopeChat{ChatId: 5}}); got != "[] <nil>" {
		t.Error(got)
	}
	if got := fmt.Sprint(srv.Commands()); got != fmt.Sprint(start) {
		t.Error(got)
	}
	bot.DeleteMyCommands(nil)
	if got := get(nil); got != "[] <nil>" || srv.Commands() != nil {
		t.Error(got)
	}
}

func TestWebhookInfo(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		srv.DeliverTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		pushMany(t, srv, 3)
		for _, step := range []struct{ method, params, want string }{
			{"getWebhookInfo", `{}`, `{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":3}}`},
			{"deleteWebhook", `{}`, `{"ok":true,"result":true,"description":"Webhook is already deleted"}`},
			{"setWebhook", `{"url":"https://a.example","max_connections":500,"secret_token":"s"}`, `{"ok":true,"result":true,"description":"Webhook was set"}`},
			{"setWebhook", `{"url":"https://b.example"}`, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}`},
			{"getWebhookInfo", `{}`, `{"ok":true,"result":{"url":"https://a.example","has_custom_certificate":false,"pending_update_count":3,"max_connections":100,"ip_address":"<unknown>"}}`},
			{"sleep", ``, ``},
			{"setWebhook", `{"url":"https://a.example","max_connections":100,"secret_token":"s","allowed_updates":["poll"]}`, `{"ok":true,"result":true,"description":"Webhook is already set"}`},
			{"deleteWebhook", `{"drop_pending_updates":true}`, `{"ok":true,"result":true,"description":"Webhook was deleted"}`},
			{"getWebhookInfo", `{}`, `{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0,"allowed_updates":["poll"]}}`},
			{"setWebhook", `{"url":""}`, `{"ok":true,"result":true,"description":"Webhook is already deleted"}`},
		} {
			if step.method == "sleep" {
				time.Sleep(time.Second)
			} else if got := call(t, srv, step.method, step.params); got.body != step.want {
				t.Errorf("%s %s: %s, want %s", step.method, step.params, got.body, step.want)
			}
		}
	})
}

// TestEveryOtherMethodAnswersOK checks that a method of gotgbot that does nothing here answers with a result that
// gotgbot accepts, and is recorded.
func TestEveryOtherMethodAnswersOK(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	if ok, err := bot.UnpinAllChatMessages(5, nil); err != nil || !ok {
		t.Error(ok, err)
	}
	if link, err := bot.ExportChatInviteLink(5, nil); err != nil || link != "" {
		t.Error(link, err)
	}
	if n, err := bot.GetChatMemberCount(5, nil); err != nil || n != 0 {
		t.Error(n, err)
	}
	if _, err := bot.GetMyName(nil); err != nil {
		t.Error(err)
	}
	if _, err := bot.GetForumTopicIconStickers(nil); err != nil {
		t.Error(err)
	}
	if b, err := bot.GetChatMenuButton(nil); err != nil || b.GetType() != "commands" {
		t.Error(b, err)
	}
	if calls := srv.SentBy("unpinAllChatMessages"); len(calls) != 1 || calls[0].Params["chat_id"] != "5" {
		t.Errorf("calls %v", calls)
	}
}
