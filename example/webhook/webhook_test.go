package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// start runs the whole program until the function that it returns is called.
func start(t *testing.T, server *tgtest.Server, listener net.Listener) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, listener, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	}()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve ended with %v", err)
		}
	}
}

// proxy is what stands between Telegram and the bot, and has the certificate.
func proxy(t *testing.T, address string) http.Handler {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
}

func get(t *testing.T, url string) (code int, body string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestWebhook(t *testing.T) {
	server := tgtest.NewServer(t)
	t.Setenv("BOT_WEBHOOK_URL", "https://bot.example.com")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	server.DeliverTo(proxy(t, address))
	stop := start(t, server, listener)
	alice, bob := server.User("Alice"), server.User("Bob")
	alice.Send("/start")
	alice.Expect("Hello! Send me something.")
	alice.Send("/wait 1s")
	if err := server.WaitCount(t.Context(), "sendChatAction", 1); err != nil {
		t.Fatal(err)
	}
	bob.Send("Is anybody there?")
	bob.Expect("Is anybody there?")

	for path, want := range map[string]int{"/": 200, "/livez": 200, "/readyz": 200, "/statusz": 404, "/other": 404} {
		if code, _ := get(t, address+path); code != want {
			t.Errorf("GET %s is answered %d, want %d", path, code, want)
		}
	}
	response, err := http.Post(address+"/telegram", "application/json", strings.NewReader(`{"update_id":1}`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		t.Errorf("a delivery without the secret is answered %d", response.StatusCode)
	}

	// A stop finishes what is in hand.
	stop()
	alice.Expect("I waited 1s.")
	if err := server.WaitPending(t.Context(), 0); err != nil {
		t.Errorf("updates are not confirmed after the stop: %v", err)
	}
}

func TestPolling(t *testing.T) {
	server := tgtest.NewServer(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer start(t, server, listener)()
	alice := server.User("Alice")
	alice.Send("hello")
	alice.Expect("hello")
	if code, _ := get(t, "http://"+listener.Addr().String()+"/readyz"); code != http.StatusOK {
		t.Errorf("/readyz is answered %d", code)
	}
}
