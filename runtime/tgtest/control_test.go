package tgtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

// control sends a request to the control endpoint and compares the answer. If want ends in ..., it is a prefix.
func control(t *testing.T, srv *tgtest.Server, request, body, want string) string {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	req, err := http.NewRequest(method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", "application/json")
	}
	got := do(srv, req)
	if got.err != nil {
		t.Fatal(got.err)
	}
	text := fmt.Sprint(got.status, " ", strings.TrimSpace(got.body))
	prefix, open := strings.CutSuffix(want, "...")
	if open && !strings.HasPrefix(text, prefix) || !open && text != want {
		t.Errorf("%s %s: %s, want %s", request, body, text, want)
	}
	return got.body
}

func TestControl(t *testing.T) {
	srv := tgtest.NewServer(t, tgtest.WithControl(), tgtest.WithFirstUpdateID(100))
	control(t, srv, "GET /control/state", "", `200 {"pending":0,"confirmed":100,"next_update_id":100,"queued":0,"dropped":0,"polling":0,"waiting":false,"polls":0,"calls":0,"conflicts":0}`)
	control(t, srv, "POST /control/updates", `{"update_id":1,"message":{"text":"x"}}`, `200 {"dropped":0,"first_update_id":100,"queued":1}`)
	control(t, srv, "POST /control/updates", `[{"message":{}},{"chat_member":{}},{"poll":{}}]`, `200 {"dropped":1,"first_update_id":101,"queued":2}`)
	control(t, srv, "POST /control/updates", `[]`, `200 {"dropped":0,"first_update_id":0,"queued":0}`)
	control(t, srv, "POST /control/updates", `[{"message":{}},{}]`, `400 {"error":"update 1: the update has no kind: there is no field besides update_id"}`)
	control(t, srv, "POST /control/updates", `[{`, `400 {"error":"the updates are not JSON: ...`)
	if n := srv.Pending(); n != 3 {
		t.Errorf("%d updates are pending, want 3: a malformed batch must not queue anything", n)
	}
	if got := call(t, srv, "getUpdates", `{"offset":103}`); got.status != 200 {
		t.Error(got)
	}
	control(t, srv, "POST /control/send", `{"user":"Alice","text":"/start"}`, `200 {"chat_id":7100000001,"message_id":1}`)
	control(t, srv, "POST /control/send", `{"user":"Bob","chat":"Team","text":"hi"}`, `200 {"chat_id":-4100000001,"message_id":2}`)
	control(t, srv, "POST /control/send", `{"user":"Alice","chat":"Team","text":"hi"}`, `200 {"chat_id":-4100000001,"message_id":3}`)
	control(t, srv, "POST /control/send", `{"user":"Alice"}`, `400 {"error":"the text is empty"}`)
	control(t, srv, "POST /control/send", `{"text":"hi"}`, `400 {"error":"the user is missing"}`)
	control(t, srv, "POST /control/send", `{"who":"Alice"}`, `400 {"error":"reading the request: ...`)
	call(t, srv, "sendMessage", `{"chat_id":7100000001,"text":"menu","reply_markup":{"inline_keyboard":[[{"text":"Tea","callback_data":"t"}]]}}`)
	control(t, srv, "POST /control/press", `{"user":"Alice","button":"Tea"}`, `200 {"callback_query_id":"4000000000000000001"}`)
	control(t, srv, "POST /control/press", `{"user":"Alice","button":"t","message_id":4}`, `200 {"callback_query_id":"4000000000000000002"}`)
	control(t, srv, "POST /control/press", `{"user":"Alice","button":"Tea","message_id":1}`, `400 {"error":"no message in Alice has a button \"Tea\" to press"}`)
	control(t, srv, "POST /control/faults", `{"method":"getMe","fault":{"Code":429,"RetryAfter":1,"Times":-1}}`, `200 {}`)
	if got := call(t, srv, "getMe", ``); got.status != 429 {
		t.Error(got)
	}
	control(t, srv, "DELETE /control/faults?method=getMe", ``, `200 {}`)
	if got := call(t, srv, "getMe", ``); got.status != 200 {
		t.Error(got)
	}
	var calls []tgtest.Call
	body := control(t, srv, "GET /control/sent?from=1", "", `200 [{"seq":1,...`)
	if err := json.Unmarshal([]byte(body), &calls); err != nil || len(calls) != 2 || calls[0].Method != "getMe" || calls[0].Code != 429 || calls[1].Code != 200 {
		t.Errorf("%v %v", calls, err)
	}
	control(t, srv, "GET /control/sent?from=9", "", `200 []`)
	control(t, srv, "GET /control/sent?from=9&wait=0.001", "", `408 {"error":"context deadline exceeded"}`)
	control(t, srv, "GET /control/sent?from=-1", "", `400 {"error":"from=-1 is not a sequence number"}`)
	control(t, srv, "GET /control/sent?wait=soon", "", `400 {"error":"wait=soon is not a number of seconds"}`)
	var polls []tgtest.Poll
	body = control(t, srv, "GET /control/polls", "", `200 [{"seq":0,...`)
	if err := json.Unmarshal([]byte(body), &polls); err != nil || len(polls) != 1 || polls[0].Offset != 103 {
		t.Errorf("%v %v", polls, err)
	}
	control(t, srv, "GET /control/state?pending=5", "", `200 {"pending":5,...`)
	control(t, srv, "GET /control/state?pending=4", "", `408 ...`)
	control(t, srv, "GET /control/state?pending=few", "", `400 {"error":"pending=few is not a number"}`)
	control(t, srv, "GET /control/transcript", "", "200 Alice      > /start\nTeam       > Bob: hi\nTeam       > Alice: hi\n"+
		"Alice      < menu  [Tea]\nAlice      > presses [Tea]\nAlice      > presses [Tea]")
	control(t, srv, "GET /control/nothing", "", "404 ...")
}

func TestControlWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := tgtest.NewServer(t, tgtest.InMemory(), tgtest.WithControl(), tgtest.WithFirstUpdateID(100))
		pushMany(t, srv, 1)
		go func() {
			time.Sleep(time.Minute)
			try(context.Background(), srv, "getMe", ``)
			time.Sleep(time.Minute)
			try(context.Background(), srv, "getUpdates", `{"offset":101}`)
		}()
		start := time.Now()
		control(t, srv, "GET /control/sent?wait=600", "", `200 [{"seq":0,...`)
		control(t, srv, "GET /control/state?pending=0&wait=600", "", `200 {"pending":0,...`)
		if took := time.Since(start); took != 2*time.Minute {
			t.Errorf("took %v", took)
		}
		control(t, srv, "GET /control/sent?from=1&wait=1e9", "", `408 ...`)
		if took := time.Since(start); took != 12*time.Minute {
			t.Errorf("the longest wait ended after %v", took)
		}
	})
}

func TestTranscript(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		alice, team, news := srv.User("Alice", tgtest.ID(7)), srv.Supergroup("The whole team", tgtest.ID(-1001)), srv.Channel("News")
		var live bytes.Buffer
		ctx, cancel := context.WithCancel(context.Background())
		followed := make(chan error, 1)
		go func() { followed <- srv.Follow(ctx, &live) }()
		synctest.Wait()
		m := alice.Send("hello\nthere")
		alice.Edit(m, "hello")
		alice.In(team).Send("hi")
		news.Post("extra")
		alice.Ask("tea")
		call(t, srv, "sendMessage", `{"chat_id":7,"text":"menu","reply_markup":{"inline_keyboard":[[{"text":"A","callback_data":"a"},{"text":"B","callback_data":"b"}],[{"text":"C","url":"https://c.example"}]]}}`)
		q := alice.Press(alice.ExpectNext(), "b")
		alice.PressData(alice.History()[2], "old:1")
		call(t, srv, "answerCallbackQuery", `{"callback_query_id":"`+q.ID+`","text":"done"}`)
		call(t, srv, "editMessageText", `{"chat_id":7,"message_id":2,"text":"menu 2"}`)
		call(t, srv, "deleteMessage", `{"chat_id":7,"message_id":2}`)
		call(t, srv, "sendPhoto", `{"chat_id":-1001,"photo":"https://example.org/p","caption":"look"}`)
		synctest.Wait()
		cancel()
		if err := <-followed; err != context.Canceled {
			t.Errorf("Follow returned %v", err)
		}
		const want = `Alice          > hello
             there
Alice          > edits: hello
The whole team > Alice: hi
News           < extra
Alice          > asks tea
Alice          < menu  [A] [B] / [C]
Alice          > presses [B]
Alice          > presses [old:1]
Alice          < answers: done
Alice          < edits: menu 2
Alice          < deletes: menu 2
The whole team < (photo) look
`
		// Who follows late misses nothing.
		var late bytes.Buffer
		ended, end := context.WithCancel(context.Background())
		go func() { followed <- srv.Follow(ended, &late) }()
		synctest.Wait()
		end()
		<-followed
		if late.String() != want {
			t.Errorf("a late Follow:\n%s", late.String())
		}
		var whole, private strings.Builder
		srv.WriteTranscript(&whole)
		alice.WriteTranscript(&private)
		if whole.String() != want || live.String() != want {
			t.Errorf("WriteTranscript:\n%s\nFollow:\n%s\nwant:\n%s", whole.String(), live.String(), want)
		}
		if got := strings.Split(private.String(), "\n"); len(got) != 10 || got[2] != "> edits: hello" {
			t.Errorf("Alice's chat:\n%s", private.String())
		}
		var some strings.Builder
		srv.WriteTranscript(&some, team, news)
		if want := "The whole team > Alice: hi\nNews           < extra\nThe whole team < (photo) look\n"; some.String() != want {
			t.Errorf("two chats:\n%s", some.String())
		}
		if got := private.String(); !strings.HasPrefix(got, "> hello\n  there\n") {
			t.Errorf("a second line does not stand under the first:\n%s", got)
		}
		if err := srv.WriteTranscript(brokenWriter{}); err == nil {
			t.Error("WriteTranscript does not return the error of its writer")
		}
	})
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
