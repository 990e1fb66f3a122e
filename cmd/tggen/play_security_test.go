//go:build unix

package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestPlayRefusesOtherPages sends what a page of another site could send. Nothing may come back, and nothing may happen.
func TestPlayRefusesOtherPages(t *testing.T) {
	g := startGame(t, "../../example/echo", "-listen", "127.0.0.1:0")
	const action = `{"do":"person","name":"Eve"}`
	where, err := url.Parse(g.url)
	if err != nil {
		t.Fatal(err)
	}
	own := g.origin
	for _, test := range []struct {
		name, method, path string
		header             map[string]string
		status             int
	}{
		{"the page itself", "GET", where.Path, nil, 200},
		{"a link to the page", "GET", where.Path, map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200},
		{"localhost", "GET", where.Path, map[string]string{"Host": "localhost:" + where.Port()}, 200},
		{"the address without its end", "GET", strings.TrimSuffix(where.Path, "/"), nil, 302},
		{"no token", "GET", "/", nil, 404},
		{"no token, events", "GET", "/events", nil, 404},
		{"another token", "GET", "/" + strings.Repeat("x", 32) + "/events", nil, 404},
		{"half the token", "GET", where.Path[:9] + "/events", nil, 404},
		{"another host", "GET", where.Path, map[string]string{"Host": "evil.example:" + where.Port()}, 403},
		{"another port", "GET", where.Path, map[string]string{"Host": "127.0.0.1:1"}, 403},
		{"an address of another machine", "GET", where.Path, map[string]string{"Host": "192.0.2.1:" + where.Port()}, 403},
		{"events for another page", "GET", where.Path + "events", map[string]string{"Origin": "https://evil.example"}, 403},
		{"events for a page without an origin", "GET", where.Path + "events", map[string]string{"Origin": "null"}, 403},
		{"an image in another page", "GET", where.Path + "file/1", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		{"a script in a page of this machine", "GET", where.Path + "app.js", map[string]string{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		{"a frame in another page", "GET", where.Path, map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403},
		{"an action of another page", "POST", where.Path + "act", map[string]string{"Origin": "https://evil.example", "Content-Type": "application/json"}, 403},
		{"an action of another port", "POST", where.Path + "act", map[string]string{"Origin": "http://127.0.0.1:1", "Content-Type": "application/json"}, 403},
		{"an action without an origin", "POST", where.Path + "act", map[string]string{"Content-Type": "application/json"}, 403},
		{"a form", "POST", where.Path + "act", map[string]string{"Origin": own, "Content-Type": "text/plain"}, 415},
		{"no content type", "POST", where.Path + "act", map[string]string{"Origin": own}, 415},
		{"an upload as JSON", "POST", where.Path + "upload", map[string]string{"Origin": own, "Content-Type": "application/json"}, 415},
		{"an action by GET", "GET", where.Path + "act", nil, 404},
		{"a file outside of the page", "GET", where.Path + "..%2f..%2fplay.go", nil, 404},
	} {
		t.Run(test.name, func(t *testing.T) {
			request, err := http.NewRequest(test.method, own+test.path, strings.NewReader(action))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range test.header {
				if name == "Host" {
					request.Host = value
				} else {
					request.Header.Set(name, value)
				}
			}
			client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			h := response.Header
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d", response.StatusCode, test.status)
			}
			policy := h.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") ||
				h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("the header is %v", h)
			}
		})
	}
	g.act(`{"do":"person","name":"Carol"}`)
	g.wait("Carol", func(s state) bool {
		for _, p := range s.People {
			if p.Name == "Eve" {
				t.Error("Eve was added")
			}
		}
		return len(s.People) == 3
	})

	// The server of the trace and the Bot API have tokens of their own.
	g.mu.Lock()
	printed := g.printed.String()
	g.mu.Unlock()
	_, trace, _ := strings.Cut(printed, "export BOT_TRACE_URL=")
	trace, _, _ = strings.Cut(trace, "\n")
	for _, post := range []struct{ url, contentType string }{
		{trace[:strings.LastIndex(trace, "/")+1], "application/x-ndjson"}, {trace + "x", "application/x-ndjson"}, {trace, "text/plain"},
	} {
		response, err := http.Post(post.url, post.contentType, strings.NewReader(`{"event":"taken","update":1}`))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode < 400 {
			t.Errorf("a record at %s as %s: %d", post.url, post.contentType, response.StatusCode)
		}
	}
	if strings.Contains(printed, "7000000001:AAtgtest") {
		t.Error("the token of the bot is one that everybody knows")
	}
	g.interrupt()
}
