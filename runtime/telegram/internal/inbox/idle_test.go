package inbox

import (
	"crypto/tls"
	"net"
	"net/http/httptest"
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
