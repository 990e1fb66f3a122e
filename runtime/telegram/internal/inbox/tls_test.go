package inbox

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A client of TLS that reads nothing does not delay whoever closes its connection, which is the goroutine that accepts connections, or
// a shutdown.
func TestCloseDoesNotWait(t *testing.T) {
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	synctest.Test(t, func(t *testing.T) {
		for _, wrap := range []func(net.Conn) net.Conn{
			func(c net.Conn) net.Conn { return c },
			func(c net.Conn) net.Conn { return &begunConn{Conn: c} },
		} {
			end, from := net.Pipe()
			defer end.Close()
			client := tls.Client(end, &tls.Config{InsecureSkipVerify: true})
			server := tls.Server(from, &tls.Config{Certificates: certified.TLS.Certificates, SessionTicketsDisabled: true})
			go func() { _ = client.Handshake() }()
			if err := server.Handshake(); err != nil {
				t.Fatal(err)
			}
			idle := newIdleConns(1)
			idle.add(wrap(server))
			begin := time.Now()
			idle.add(from) // one too many, so that the other one is closed
			if took := time.Since(begin); took != 0 {
				t.Errorf("closing took %v", took)
			}
			from.Close()
		}
	})
}

// The log says why a handshake of TLS has failed.
func TestDirectHandshake(t *testing.T) {
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	for want, client := range map[string]func(net.Conn) error{
		"first record does not look like a TLS handshake": func(c net.Conn) error {
			_, _ = io.WriteString(c, delivery(update(1)))
			return nil
		},
		"bad certificate": func(c net.Conn) error {
			return tls.Client(c, &tls.Config{ServerName: "h", RootCAs: x509.NewCertPool()}).Handshake()
		},
		"i/o timeout": func(net.Conn) error { return nil },
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLine(t, newInbox(nil))
			var text bytes.Buffer
			l.server.http.ErrorLog = log.New(&text, "", 0)
			end, from := net.Pipe()
			secure := l.server.connect(t, end, tls.Server(from, &tls.Config{Certificates: certified.TLS.Certificates}))
			go func() {
				_ = client(end)
				_, _ = io.Copy(io.Discard, end)
			}()
			<-secure.ended
			if !strings.Contains(text.String(), "TLS handshake error from pipe: ") || !strings.Contains(text.String(), want) {
				t.Errorf("log %q, want %q", &text, want)
			}
		})
	}
}
