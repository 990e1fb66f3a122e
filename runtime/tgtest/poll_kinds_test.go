package tgtest_test

import (
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/tgtest"
)

func TestAllowedUpdates(t *testing.T) {
	const message, callback, member, reaction = `{"message":{}}`, `{"callback_query":{}}`, `{"chat_member":{}}`, `{"message_reaction":{}}`
	count := func(srv *tgtest.Server) string {
		queued := ""
		for _, update := range []string{message, callback, member, reaction, `{"of_tomorrow":{}}`} {
			if srv.Push(update) != 0 {
				queued += update[2:3]
			}
		}
		return queued
	}
	for _, test := range []struct{ allowed, want string }{
		{`null`, "mco"}, {`[]`, "mco"}, {`["nonsense"]`, "mco"}, {`["message"]`, "m"}, {`["MESSAGE","nonsense"]`, "m"},
		{`["chat_member","message_reaction"]`, "cm"}, {`"[\"callback_query\"]"`, "c"}, {`["message",7]`, "mco"}, {`{}`, "mco"},
		{`["of_tomorrow","message"]`, "m"},
	} {
		srv := tgtest.NewServer(t)
		call(t, srv, "getUpdates", `{"offset":1,"allowed_updates":`+test.allowed+`}`)
		if got := count(srv); got != test.want {
			t.Errorf("allowed_updates %s: queued %q, want %q", test.allowed, got, test.want)
		}
	}
}

func TestAllowedUpdatesAreRemembered(t *testing.T) {
	srv := tgtest.NewServer(t)
	srv.Push(`{"message":{}}`)
	if got := call(t, srv, "getUpdates", `{"allowed_updates":["poll"]}`); len(got.updates) != 1 {
		t.Errorf("the updates queued before: %v, want one", got.updates)
	}
	if id := srv.Push(`{"message":{}}`); id != 0 {
		t.Error("a message was queued, although the bot did not ask for it")
	}
	call(t, srv, "getUpdates", `{"offset":9}`) // without allowed_updates, the list stays
	if id := srv.Push(`{"message":{}}`); id != 0 {
		t.Error("a message was queued, although the list did not change")
	}
	if got := call(t, srv, "getWebhookInfo", ``); !strings.Contains(got.body, `"allowed_updates":["poll"]`) {
		t.Errorf("getWebhookInfo: %s", got.body)
	}
	call(t, srv, "getUpdates", `{"offset":8,"allowed_updates":[]}`)
	if id := srv.Push(`{"message":{}}`); id == 0 {
		t.Error("with an empty list, a message was not queued")
	}
	if got := call(t, srv, "getWebhookInfo", ``); strings.Contains(got.body, `allowed_updates`) {
		t.Errorf("getWebhookInfo: %s", got.body)
	}
}
