package calls_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/calls"
	"github.com/tggen/tggen/runtime/telegram/exchange"
)

// TestRealTransports checks with the transports of net/http and of package exchange, and with servers that break
// connections, which failures count as not sent: those before a byte of the request was sent are repeated for a message.
func TestRealTransports(t *testing.T) {
	for name, c := range map[string]struct {
		scheme string
		serve  func(net.Conn)
		// How often a message and an edit are sent with net/http, and a message with exchange.
		send, edit, exchanged int32
	}{
		"the server takes the request and resets": {"http", func(conn net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				conn.(*net.TCPConn).SetLinger(0)
			}
		}, 1, 3, 1},
		"the server takes the request and ends": {"http", func(conn net.Conn) {
			http.ReadRequest(bufio.NewReader(conn))
		}, 1, 3, 1},
		"half an answer": {"http", func(conn net.Conn) {
			http.ReadRequest(bufio.NewReader(conn))
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ok\":true,")
		}, 1, 3, 1},
		"not TLS": {"https", func(conn net.Conn) {
			conn.Read(make([]byte, 1))
			io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}, 3, 3, 3},
		// net/http gives a bare EOF, which looks like a lost answer; exchange knows better.
		"the TLS handshake breaks off": {"https", func(conn net.Conn) { conn.Read(make([]byte, 1)) }, 1, 3, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			var served atomic.Int32
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					served.Add(1)
					c.serve(conn)
					conn.Close()
				}
			}()
			url := c.scheme + "://" + listener.Addr().String()
			own := &http.Transport{}
			defer own.CloseIdleConnections()
			fast := exchange.New(exchange.Config{})
			defer fast.CloseIdleConnections()
			for what, test := range map[string]struct {
				transport http.RoundTripper
				method    string
				want      int32
			}{
				"net/http, a message": {own, "sendMessage", c.send},
				"net/http, an edit":   {own, "editMessageText", c.edit},
				"exchange, a message": {fast, "sendMessage", c.exchanged},
				"exchange, an edit":   {fast, "editMessageText", c.edit},
			} {
				client, err := telegram.NewClient(telegram.ClientConfig{APIURL: url, HTTPClient: &http.Client{Transport: test.transport}})
				if err != nil {
					t.Fatal(err)
				}
				served.Store(0)
				_, err = calls.Retry(calls.RetryConfig{})(client).RequestWithContext(context.Background(), token, test.method, map[string]any{"chat_id": 1}, nil)
				if got := served.Load(); err == nil || got != test.want {
					t.Errorf("%s: %d connections, want %d (%v)", what, got, test.want, err)
				}
				for e := err; e != nil; e = errors.Unwrap(e) {
					if strings.Contains(fmt.Sprintf("%v %+v", e, e), token) {
						t.Errorf("%s: the error shows the token: %v", what, e)
					}
				}
			}
		})
	}
}
