package compat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const token = "123456789:ABCdefGHIjklMNOpqrSTUvwxYZ012345678"

// A call is one request that the bot made.
type call struct {
	Method string
	At     time.Time
	Length int64 // Content-Length, -1 for a chunked body
	Type   string
	Params map[string]any
	Status int
}

type callKey struct{}

// A recorder is a proxy between the bot and the server. It records the calls, because the server cannot list them.
type recorder struct {
	*httptest.Server
	mu    sync.Mutex
	calls []call
	news  chan struct{} // closed at the next call
}

func record(t *testing.T, upstream string) *recorder {
	t.Helper()
	target, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{news: make(chan struct{})}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target) },
		ModifyResponse: func(response *http.Response) error {
			c := response.Request.Context().Value(callKey{}).(call)
			c.Status = response.StatusCode
			r.mu.Lock()
			defer r.mu.Unlock()
			r.calls = append(r.calls, c)
			close(r.news)
			r.news = make(chan struct{})
			return nil
		},
	}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		c := call{
			Method: request.URL.Path[strings.LastIndexByte(request.URL.Path, '/')+1:],
			At:     time.Now(), Length: request.ContentLength, Type: request.Header.Get("Content-Type"),
		}
		if len(body) > 0 {
			if err := json.Unmarshal(body, &c.Params); err != nil {
				t.Errorf("%s has a body that is not JSON: %q", c.Method, body)
			}
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, request.WithContext(context.WithValue(request.Context(), callKey{}, c)))
	}))
	t.Cleanup(r.Close)
	return r
}

// wait waits for n calls of a method and returns all of them.
func (r *recorder) wait(t *testing.T, method string, n int) []call {
	t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		r.mu.Lock()
		var found []call
		for _, c := range r.calls {
			if c.Method == method {
				found = append(found, c)
			}
		}
		news := r.news
		r.mu.Unlock()
		if len(found) >= n {
			return found
		}
		select {
		case <-news:
		case <-timeout:
			t.Fatalf("%d calls of %s after 30 s, want %d: %v", len(found), method, n, found)
		}
	}
}

func TestShopOnAnotherServer(t *testing.T) {
	dir := t.TempDir()
	server := filepath.Join(dir, "tg-mock")
	build(t, ".", server, "github.com/watzon/tg-mock/cmd/tg-mock")
	shop := filepath.Join(dir, "shop")
	build(t, "..", shop, ".")

	api := startServer(t, server)
	r := record(t, api)

	// The server answers the first poll with 429.
	control(t, api, "scenarios", `{"method":"getUpdates","times":1,"response":{"error_code":429,"description":"Too Many Requests: retry after 1","retry_after":1}}`)

	bot := exec.Command(shop)
	bot.Env = append(os.Environ(), "BOT_TOKEN="+token, "BOT_API_URL="+r.URL)
	var log bytes.Buffer
	bot.Stdout, bot.Stderr = &log, &log
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- bot.Wait() }()
	t.Cleanup(func() { bot.Process.Kill() })

	polls := r.wait(t, "getUpdates", 2)
	if polls[0].Status != http.StatusTooManyRequests {
		t.Fatalf("the first poll was answered %d, want 429", polls[0].Status)
	}
	if waited := polls[1].At.Sub(polls[0].At); waited < time.Second || waited > 3*time.Second {
		t.Errorf("after retry_after 1 s the bot waited %v", waited)
	}

	const chats, each = 5, 4
	for i := range each {
		for chat := range chats {
			control(t, api, "updates", message(chat+1, fmt.Sprintf("/order %d %d", i+1, i+1)))
		}
	}
	replies := map[float64][]string{}
	for _, c := range r.wait(t, "sendMessage", chats*each) {
		if c.Length <= 0 || c.Type != "application/json" {
			t.Errorf("%s was sent as %q with length %d", c.Method, c.Type, c.Length)
		}
		if c.Status != http.StatusOK {
			t.Errorf("%v was answered %d", c.Params, c.Status)
		}
		chat := c.Params["chat_id"].(float64)
		replies[chat] = append(replies[chat], c.Params["text"].(string))
	}
	want := []string{
		"1 × Apples is in the cart: €2.50", "2 × Bread is in the cart: €8.90",
		"3 × Cheese is in the cart: €32.30", "4 × Dates is in the cart: €50.30",
	}
	for chat, got := range replies {
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("chat %v got\n%s\nwant\n%s", chat, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}

	// A call that is answered with 429 is made again when the time is up. The next update of the chat waits for it.
	control(t, api, "scenarios", `{"method":"sendMessage","times":1,"response":{"error_code":429,"description":"Too Many Requests: retry after 1","retry_after":1}}`)
	control(t, api, "updates", message(1, "hello"))
	control(t, api, "updates", message(1, "hello again"))
	sent := r.wait(t, "sendMessage", chats*each+3)[chats*each:]
	if sent[0].Status != http.StatusTooManyRequests || sent[1].Status != http.StatusOK || sent[2].Status != http.StatusOK {
		t.Errorf("the replies were answered %d, %d and %d, want 429, 200 and 200", sent[0].Status, sent[1].Status, sent[2].Status)
	}
	if waited := sent[1].At.Sub(sent[0].At); waited < time.Second {
		t.Errorf("after retry_after 1 s the call was made again after %v", waited)
	}

	if err := bot.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the bot ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the bot did not end within 20 s of SIGTERM")
	}
	if strings.Contains(log.String(), token) {
		t.Errorf("the log contains the token:\n%s", &log)
	}
	if want := fmt.Sprintf("handled=%d failed=0", chats*each+2); !strings.Contains(log.String(), want) {
		t.Errorf("the log lacks %q:\n%s", want, &log)
	}
	var state struct {
		Pending int `json:"updates_pending"`
	}
	get(t, api+"/__control/state", &state)
	if state.Pending != 0 {
		t.Errorf("%d updates were handled and not confirmed", state.Pending)
	}
}

func message(chat int, text string) string {
	var entities string
	if command, _, _ := strings.Cut(text, " "); strings.HasPrefix(text, "/") {
		entities = fmt.Sprintf(`"entities":[{"type":"bot_command","offset":0,"length":%d}],`, len(command))
	}
	return fmt.Sprintf(`{"message":{"message_id":1,"date":1700000000,%s"text":%q,
		"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":"Ann"}}}`, entities, text, chat, chat)
}

func build(t *testing.T, dir, output, pkg string) {
	t.Helper()
	command := exec.Command("go", "build", "-o", output, pkg)
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
}

// startServer starts the server on a free port and stops it at the end of the test.
func startServer(t *testing.T, path string) (base string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	server := exec.Command(path, "--port", fmt.Sprint(port), "--faker-seed", "1", "--storage-dir", t.TempDir())
	var log bytes.Buffer
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	base = fmt.Sprintf("http://127.0.0.1:%d", port)
	for deadline := time.Now().Add(20 * time.Second); ; {
		response, err := http.Get(base + "/__control/state")
		if err == nil {
			response.Body.Close()
			return base
		}
		if !errors.Is(err, syscall.ECONNREFUSED) || time.Now().After(deadline) {
			t.Fatalf("the server does not answer: %v\n%s", err, &log)
		}
		time.Sleep(20 * time.Millisecond) // there is no other way to learn that another process listens
	}
}

func control(t *testing.T, base, what, body string) {
	t.Helper()
	response, err := http.Post(base+"/__control/"+what, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		text, _ := io.ReadAll(response.Body)
		t.Fatalf("%s: %s: %s", what, response.Status, text)
	}
}

func get(t *testing.T, url string, v any) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(v); err != nil {
		t.Fatal(err)
	}
}
