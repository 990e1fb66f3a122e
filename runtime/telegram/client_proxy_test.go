package telegram

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

const proxiedVariable = "TGGEN_TEST_PROXIED" // the API URL for TestClientCallsThroughProxy

// TestClientCallsThroughProxy is run by TestClientProxies in a process of its own, because net/http reads the environment only
// once. It prints the result or the error of a call.
func TestClientCallsThroughProxy(t *testing.T) {
	url := os.Getenv(proxiedVariable)
	if url == "" {
		t.Skip("is a part of TestClientProxies")
	}
	c := newTestClient(t, ClientConfig{APIURL: url})
	result, err := c.RequestWithContext(t.Context(), testToken, "sendMessage", map[string]any{"text": "a"}, nil)
	fmt.Printf("result: %s, error: %v\n", result, err)
}

// The default client goes through the proxy that the environment names, over HTTP, CONNECT and SOCKS5. No error of a proxy
// shows the token.
func TestClientProxies(t *testing.T) {
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		fmt.Fprintf(w, `{"ok":true,"result":%q}`, r.Host+strings.ReplaceAll(r.URL.Path, testToken, "TOKEN"))
	}))
	defer origin.Close()
	address := origin.Listener.Addr().String()
	proxy := func(t *testing.T, serve func(net.Conn)) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var serving sync.WaitGroup
		serving.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				serving.Go(func() { serve(c); c.Close() })
			}
		})
		t.Cleanup(func() { l.Close(); serving.Wait() })
		return l.Addr().String()
	}
	ok := `result: "api.example/botTOKEN/sendMessage", error: <nil>`
	for name, test := range map[string]struct {
		scheme, api string
		serve       func(net.Conn)
		want        string
	}{
		"HTTP": {"http", "http://api.example", func(c net.Conn) {
			r, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil || r.URL.Host != "api.example" {
				t.Errorf("the proxy was asked for %v: %v", r, err)
				return
			}
			toOrigin(t, c, address, func(o net.Conn) { r.Header.Set("Connection", "close"); r.Write(o) })
		}, ok},
		"SOCKS5": {"socks5", "http://api.example", func(c net.Conn) {
			if target := socks5(c); target != "api.example:80" {
				t.Errorf("the proxy was asked for %q", target)
				return
			}
			toOrigin(t, c, address, nil)
		}, ok},
		"HTTP that refuses": {"http", "http://api.example", func(c net.Conn) {
			if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				fmt.Fprintf(c, "HTTP/1.1 407 no %s\r\nContent-Length: 0\r\n\r\n", r.URL)
			}
		}, "sendMessage: 407 Proxy Authentication Required"},
		"CONNECT that refuses": {"http", "https://api.example", func(c net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
			}
		}, "sendMessage: Forbidden"},
		"HTTP that closes":   {"http", "http://api.example", func(c net.Conn) { http.ReadRequest(bufio.NewReader(c)) }, "error: sendMessage: "},
		"SOCKS5 that closes": {"socks5", "http://api.example", func(net.Conn) {}, "sendMessage: socks connect"},
	} {
		t.Run(name, func(t *testing.T) {
			at := test.scheme + "://" + proxy(t, test.serve)
			cmd := exec.Command(os.Args[0], "-test.run=^TestClientCallsThroughProxy$")
			cmd.Env = append(os.Environ(), proxiedVariable+"="+test.api, "HTTP_PROXY="+at, "HTTPS_PROXY="+at, "NO_PROXY=", "no_proxy=")
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), test.want) {
				t.Errorf("%v, %s\nwant %s", err, out, test.want)
			}
			noToken(t, string(out))
		})
	}
}

// toOrigin connects a connection of a proxy with the origin server. first is written before the rest.
func toOrigin(t *testing.T, c net.Conn, address string, first func(net.Conn)) {
	o, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return
	}
	defer o.Close()
	if first != nil {
		first(o)
		io.Copy(c, o)
		return
	}
	var up sync.WaitGroup
	up.Go(func() {
		io.Copy(o, c)
		o.(*net.TCPConn).CloseWrite()
	})
	io.Copy(c, o)
	c.(*net.TCPConn).CloseRead()
	up.Wait()
}

// socks5 answers the start of a SOCKS5 connection, as RFC 1928 says, and returns its target. It knows no passwords, and only
// targets that are host names.
func socks5(c net.Conn) (target string) {
	var b [256]byte
	read := func(n int) []byte {
		if _, err := io.ReadFull(c, b[:n]); err != nil {
			return make([]byte, n)
		}
		return b[:n]
	}
	methods := read(2)[1]
	read(int(methods))
	c.Write([]byte{5, 0})                              // no authentication
	if head := read(4); head[1] != 1 || head[3] != 3 { // CONNECT to a host name
		return fmt.Sprint(head)
	}
	host := string(read(int(read(1)[0])))
	port := binary.BigEndian.Uint16(read(2))
	c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	return fmt.Sprintf("%s:%d", host, port)
}
