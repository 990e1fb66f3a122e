package tgtest_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

func TestFaultsThatAnswer(t *testing.T) {
	for _, test := range []struct {
		name       string
		fault      tgtest.Fault
		status     int
		body       string
		retryAfter string
	}{
		{"a code", tgtest.Fault{Code: 403, Description: "Forbidden: bot was blocked by the user"}, 403,
			`{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`, ""},
		{"429", tgtest.Fault{Code: 429, RetryAfter: 7}, 429,
			`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}`, "7"},
		{"migration", tgtest.Fault{Code: 400, Description: "Bad Request: group chat was upgraded to a supergroup chat", MigrateTo: -1001}, 400,
			`{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001}}`, ""},
		{"401", tgtest.Fault{Code: 401}, 401, `{"ok":false,"error_code":401,"description":"Unauthorized"}`, ""},
		{"409", tgtest.Fault{Code: 409}, 409, `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}`, ""},
		{"500", tgtest.Fault{Code: 500}, 500, `{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}`, ""},
		{"a gateway", tgtest.Fault{Status: 502, Body: "<html>Bad Gateway</html>", ContentType: "text/html"}, 502, "<html>Bad Gateway</html>", ""},
		{"half an object", tgtest.Fault{Body: `{"ok":true,"result":[{`}, 200, `{"ok":true,"result":[{`, ""},
		{"nothing", tgtest.Fault{Empty: true}, 200, "", ""},
		{"another status than the code", tgtest.Fault{Code: 400, Status: 200}, 200, `{"ok":false,"error_code":400,"description":"Bad Request"}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv := tgtest.NewServer(t)
			for _, method := range []string{"sendMessage", "getUpdates"} {
				srv.Fail(method, test.fault)
				got := call(t, srv, method, `{"chat_id":1}`)
				if got.status != test.status || got.body != test.body || got.header.Get("Retry-After") != test.retryAfter {
					t.Errorf("%s: %d %s %v", method, got.status, got.body, got.header)
				}
				if got = call(t, srv, method, `{"chat_id":1}`); strings.HasPrefix(got.body, `<`) || got.body == test.body {
					t.Errorf("%s: the fault applies twice: %s", method, got.body)
				}
			}
			calls := srv.Sent()
			if len(calls) != 2 || calls[0].Code != test.status || len(srv.Polls()) != 2 {
				t.Errorf("calls %v", calls)
			}
		})
	}
}

func TestWaitFaults(t *testing.T) {
	srv := tgtest.NewServer(t, tgtest.WithPatience(50*time.Millisecond))
	srv.Fail("getMe", tgtest.Fault{Code: 500})
	if err := srv.WaitFaults(t.Context()); err == nil {
		t.Error("the wait ended before the call")
	}
	call(t, srv, "getMe", ``)
	if err := srv.WaitFaults(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFaultsApplyInOrder(t *testing.T) {
	srv := tgtest.NewServer(t)
	srv.Fail("GETME", tgtest.Fault{Code: 500, Times: 2})
	srv.Fail("getMe", tgtest.Fault{Code: 403})
	srv.Fail("", tgtest.Fault{Code: 404, Times: -1})
	var got []int
	for range 6 {
		got = append(got, call(t, srv, "getMe", ``).status)
	}
	got = append(got, call(t, srv, "close", ``).status)
	srv.Heal("getMe")
	got = append(got, call(t, srv, "getMe", ``).status)
	srv.Heal("")
	got = append(got, call(t, srv, "getMe", ``).status)
	want := []int{500, 500, 403, 404, 404, 404, 404, 404, 200}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	srv.Fail("getMe", tgtest.Fault{Code: 500, Times: -1})
	srv.Fail("close", tgtest.Fault{Code: 500, Times: -1})
	srv.Heal("getMe")
	if a, b := call(t, srv, "getMe", ``).status, call(t, srv, "close", ``).status; a != 200 || b != 500 {
		t.Errorf("after healing getMe: getMe answers %d and close %d", a, b)
	}
}

func TestFaultsThatDamageTheAnswer(t *testing.T) {
	srv := tgtest.NewServer(t)
	srv.PushBatch(text(t, "x"), text(t, "y"))
	ctx := context.Background()
	srv.Fail("getUpdates", tgtest.Fault{Truncate: true})
	got := try(ctx, srv, "getUpdates", `{}`)
	if !errors.Is(got.err, io.ErrUnexpectedEOF) || !strings.HasPrefix(got.body, `{"ok":true,"result":[{"update_id":`) {
		t.Errorf("truncated: %q, %v", got.body, got.err)
	}
	srv.Fail("getUpdates", tgtest.Fault{ResetMidBody: true})
	got = try(ctx, srv, "getUpdates", `{"offset":2}`)
	if !errors.Is(got.err, syscall.ECONNRESET) {
		t.Errorf("reset: %q, %v", got.body, got.err)
	}
	srv.Fail("getUpdates", tgtest.Fault{Body: "0123456789", Truncate: true})
	if got = try(ctx, srv, "getUpdates", `{}`); got.body != "01234" || got.err == nil {
		t.Errorf("the fault's body, truncated: %q, %v", got.body, got.err)
	}
	if got = call(t, srv, "getUpdates", `{"offset":1}`); len(got.updates) != 2 {
		t.Errorf("the next answer has %v, want both updates", got.updates)
	}
}

func TestFaultsThatTakeTime(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		srv.Fail("getMe", tgtest.Fault{Delay: 5 * time.Second})
		if got := call(t, srv, "getMe", ``); got.status != 200 || got.took != 5*time.Second {
			t.Errorf("delayed: %d after %v", got.status, got.took)
		}
		srv.Fail("getUpdates", tgtest.Fault{Hang: true})
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		if got := try(ctx, srv, "getUpdates", `{"timeout":1}`); !errors.Is(got.err, context.DeadlineExceeded) {
			t.Errorf("hanging: %+v", got)
		}
		if err := srv.WaitNotPolling(context.Background()); err != nil {
			t.Error(err)
		}
		srv.Fail("sendMessage", tgtest.Fault{Hang: true})
		short, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		try(short, srv, "sendMessage", `{"text":"never"}`)
		if calls := srv.SentBy("sendMessage"); len(calls) != 1 || calls[0].Code != 0 || calls[0].OK() {
			t.Errorf("calls %v", calls)
		}
	})
}

func TestAFaultThatLeavesOutPolls(t *testing.T) {
	srv := tgtest.NewServer(t)
	srv.Fail("", tgtest.Fault{Code: 500, ExceptPolls: true})
	if got := call(t, srv, "getUpdates", `{}`); got.status != 200 {
		t.Errorf("getUpdates: %d %s", got.status, got.body)
	}
	if got := call(t, srv, "sendMessage", `{"chat_id":1}`); got.status != 500 {
		t.Errorf("sendMessage: %d %s", got.status, got.body)
	}
	srv.Fail("getUpdates", tgtest.Fault{Code: 500, ExceptPolls: true})
	if got := call(t, srv, "getUpdates", `{}`); got.status != 500 {
		t.Errorf("a fault that names getUpdates: %d %s", got.status, got.body)
	}
}
