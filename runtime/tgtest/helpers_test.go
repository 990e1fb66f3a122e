package tgtest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// answer is the server's answer to a call.
type answer struct {
	status  int
	header  http.Header
	closes  bool // the server closes the connection
	body    string
	updates []int64 // ids in the answer to getUpdates
	took    time.Duration
	err     error
}

// call calls a method with a JSON body.
func call(t testing.TB, srv *tgtest.Server, method, params string) answer {
	t.Helper()
	a := try(context.Background(), srv, method, params)
	if a.err != nil {
		t.Fatalf("%s %s: %v", method, params, a.err)
	}
	return a
}

// try calls a method with a JSON body. Any goroutine may use it.
func try(ctx context.Context, srv *tgtest.Server, method, params string) answer {
	start := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL+"/bot"+srv.Token+"/"+method, strings.NewReader(params))
	if err != nil {
		return answer{err: err}
	}
	req.Header.Set("Content-Type", "application/json")
	a := do(srv, req)
	a.took = time.Since(start)
	return a
}

func do(srv *tgtest.Server, req *http.Request) answer {
	resp, err := srv.Client().Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, header: resp.Header, closes: resp.Close, body: string(body), err: err}
	var updates struct {
		Result []struct {
			ID int64 `json:"update_id"`
		}
	}
	if json.Unmarshal(body, &updates) == nil {
		for _, u := range updates.Result {
			a.updates = append(a.updates, u.ID)
		}
	}
	return a
}

// text returns an update with a text message.
func text(t testing.TB, content string) tgtest.Body {
	t.Helper()
	return encode(t, `{"message":{"message_id":1,"from":{"id":7,"is_bot":false,"first_name":"A"},"chat":{"id":7,"first_name":"A","type":"private"},"date":1,"text":"`+content+`"}}`)
}

func encode(t testing.TB, update any) tgtest.Body {
	t.Helper()
	body, err := tgtest.Encode(update)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// ids returns n consecutive ids.
func ids(first int64, n int) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = first + int64(i)
	}
	return list
}

func fileNamed(name, content string) gotgbot.InputFileOrString {
	return gotgbot.InputFileByReader(name, strings.NewReader(content))
}

func fileID(id string) gotgbot.InputFileOrString { return gotgbot.InputFileByID(id) }

// inMemory runs a test in a synctest bubble with a server that listens in memory. Time is virtual there, so these tests
// check the time of an answer exactly.
func inMemory(t *testing.T, test func(t *testing.T, srv *tgtest.Server), opts ...tgtest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		opts := append([]tgtest.Option{tgtest.InMemory(), tgtest.WithFirstUpdateID(1000)}, opts...)
		test(t, tgtest.NewServer(t, opts...))
	})
}

// pushMany queues n messages.
func pushMany(t testing.TB, srv *tgtest.Server, n int) {
	t.Helper()
	if _, queued := srv.PushBatch(slices.Repeat([]tgtest.Body{text(t, "x")}, n)...); queued != n {
		t.Fatalf("queued %d of %d", queued, n)
	}
}
