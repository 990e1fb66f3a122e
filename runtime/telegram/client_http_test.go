package telegram

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// Twenty concurrent callers do not open a connection for each call, and CloseIdleConnections closes all connections.
func TestClientKeepsConnections(t *testing.T) {
	var opened, closed atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		switch r.Header.Get("Content-Type") {
		case "application/json":
			fmt.Fprint(w, `{"ok":true,"result":true}`)
		default:
			w.WriteHeader(400)
			fmt.Fprint(w, `{"ok":false,"error_code":400,"description":"no"}`)
		}
	}))
	allClosed := make(chan struct{})
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			opened.Add(1)
		case http.StateClosed:
			if closed.Add(1) == opened.Load() {
				close(allClosed)
			}
		}
	}
	server.Start()
	defer server.Close()
	c := newTestClient(t, ClientConfig{APIURL: server.URL})
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			for i := range 50 {
				params := map[string]any{"i": i}
				if i%10 == 9 {
					params["f"] = gotgbot.InputFileByReader("f", strings.NewReader("f"))
				}
				_, err := c.RequestWithContext(t.Context(), testToken, "x", params, nil)
				if (err != nil) != (i%10 == 9) {
					t.Error(err)
				}
			}
		})
	}
	callers.Wait()
	if n := opened.Load(); n > 40 { // 1,000 calls by 20 goroutines; one may dial while another is finishing
		t.Errorf("%d connections", n)
	}
	c.CloseIdleConnections()
	<-allClosed
}

func TestClientFollowsNoRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was asked, and told of %s", r.URL, r.Referer())
	}))
	defer elsewhere.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := []int{301, 302, 303, 307, 308}[len(r.URL.Path)%5]
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
	}))
	defer server.Close()
	for _, client := range []*http.Client{nil, {}} {
		c := newTestClient(t, ClientConfig{APIURL: server.URL, HTTPClient: client})
		for _, method := range []string{"a", "ab", "abc", "abcd", "abcde"} {
			if _, err := c.RequestWithContext(t.Context(), testToken, method, nil, nil); err == nil {
				t.Error("no error")
			} else {
				noToken(t, err.Error())
			}
		}
		c.CloseIdleConnections()
	}
}
