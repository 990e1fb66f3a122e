package tgtest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

func TestSecondPollEndsTheFirst(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ctx := context.Background()
		first := make(chan answer, 1)
		go func() { first <- try(ctx, srv, "getUpdates", `{"timeout":50}`) }()
		srv.WaitPolling(ctx)
		time.Sleep(10 * time.Second)
		second := make(chan answer, 1)
		go func() { second <- try(ctx, srv, "getUpdates", `{"timeout":50}`) }()
		got := <-first
		if got.status != 409 || got.took != 10*time.Second {
			t.Errorf("the first poll: %d after %v", got.status, got.took)
		}
		const conflict = `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; ` +
			`make sure that only one bot instance is running"}`
		if got.body != conflict {
			t.Errorf("the first poll: %s, want another text", got.body)
		}
		time.Sleep(time.Second)
		// The third poll comes within 3 s of that 409, so the 409 of the second is held back.
		third := make(chan answer, 1)
		go func() { third <- try(ctx, srv, "getUpdates", `{"timeout":50}`) }()
		got = <-second
		if got.status != 409 || got.took != time.Second+3*time.Second {
			t.Errorf("the second poll: %d after %v", got.status, got.took)
		}
		// A poll that need not wait does not end another one.
		pushMany(t, srv, 1)
		if got = <-third; got.status != 200 || len(got.updates) != 1 {
			t.Errorf("the third poll: %+v", got)
		}
		if n := srv.State().Conflicts; n != 2 {
			t.Errorf("%d conflicts", n)
		}
	})
}

func TestPollThatNeedNotWaitEndsNoOther(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ctx := context.Background()
		waiting := make(chan answer, 1)
		go func() { waiting <- try(ctx, srv, "getUpdates", `{"offset":-1,"timeout":20}`) }()
		srv.WaitPolling(ctx)
		if got := call(t, srv, "getUpdates", `{"offset":3}`); got.status != 200 {
			t.Errorf("a poll without a timeout: %d", got.status)
		}
		if got := <-waiting; got.status != 200 || got.took != 20*time.Second {
			t.Errorf("the waiting poll: %d after %v", got.status, got.took)
		}
	})
}

func TestWebhookExcludesPolling(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		ctx := context.Background()
		waiting := make(chan answer, 1)
		go func() { waiting <- try(ctx, srv, "getUpdates", `{"timeout":50}`) }()
		srv.WaitPolling(ctx)
		if got := call(t, srv, "setWebhook", `{"url":"https://example.org/hook"}`); got.body != `{"ok":true,"result":true,"description":"Webhook was set"}` {
			t.Errorf("setWebhook: %s", got.body)
		}
		if got := <-waiting; got.status != 409 || !strings.Contains(got.body, "Conflict: terminated by setWebhook request") {
			t.Errorf("the waiting poll: %s", got.body)
		}
		got := call(t, srv, "getUpdates", `{}`)
		if got.status != 409 || !strings.Contains(got.body, "can't use getUpdates method while webhook is active") {
			t.Errorf("a poll: %s", got.body)
		}
		if got.took != 3*time.Second {
			t.Errorf("the second 409 came after %v", got.took)
		}
		time.Sleep(time.Minute)
		if got = call(t, srv, "getUpdates", `{}`); got.status != 409 || got.took != 0 {
			t.Errorf("a poll later: %d after %v", got.status, got.took)
		}
		if got = call(t, srv, "deleteWebhook", `{}`); got.body != `{"ok":true,"result":true,"description":"Webhook was deleted"}` {
			t.Errorf("deleteWebhook: %s", got.body)
		}
		if got = call(t, srv, "getUpdates", `{}`); got.status != 200 {
			t.Errorf("a poll after deleteWebhook: %d", got.status)
		}
	})
}
