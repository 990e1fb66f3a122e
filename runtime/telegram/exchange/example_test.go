package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/tggen/tggen/runtime/telegram/exchange"
)

// A Transport is the transport of an http.Client.
func ExampleTransport() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	}))
	defer server.Close()
	transport := exchange.New(exchange.Config{MaxIdle: 20, DialTimeout: 3 * time.Second})
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	response, err := client.Post(server.URL, "text/plain", strings.NewReader("hello"))
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	fmt.Println(string(body), err)
	// Output: hello <nil>
}

// An Endpoint posts to one server and reads each answer as a whole.
func ExampleEndpoint() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.URL.Path, " ")
		_, _ = io.Copy(w, r.Body)
	}))
	defer server.Close()
	transport := exchange.New(exchange.Config{})
	defer transport.CloseIdleConnections()
	endpoint := transport.Endpoint(server.URL, http.Header{"Content-Type": {"text/plain"}})
	read := func(body io.Reader, _ int64) ([]byte, error) { return io.ReadAll(body) }
	answer, err := endpoint.Post(context.Background(), time.Now().Add(10*time.Second), []byte("hello"), read, "/echo")
	fmt.Println(answer.StatusCode, string(answer.Body), err)
	// Output: 200 /echo hello <nil>
}

// An Error says whether the server can have seen the request.
func ExampleError() {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close() // nobody listens at its address any more
	client := &http.Client{Transport: exchange.New(exchange.Config{})}
	_, err := client.Get(server.URL)
	var failed *exchange.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Doing, failed.Written)
	}
	// Output: dialing false
}

// Dial leads every connection to one address, whatever the name in the URL is.
func ExampleConfig_ownDial() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello from ", r.Host)
	}))
	defer server.Close()
	transport := exchange.New(exchange.Config{Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}})
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Get("http://bot-api.example/")
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	fmt.Println(string(body), err)
	// Output: hello from bot-api.example <nil>
}
