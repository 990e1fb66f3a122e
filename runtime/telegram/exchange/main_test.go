package exchange

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

// roleVariable tells a copy of this binary to be the server of the benchmarks.
const roleVariable = "TGGEN_EXCHANGE_ROLE"

func TestMain(m *testing.M) {
	if os.Getenv(roleVariable) == "server" {
		serveBench()
		return
	}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		os.Unsetenv(name) // the servers of these tests are on this machine
	}
	log.SetOutput(io.Discard) // net/http writes there about the servers of these tests
	os.Exit(m.Run())
}

// certificates are what a server of httptest has, and what its clients trust. It is for example.com and 127.0.0.1.
func certificates() (server, client *tls.Config) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, &tls.Config{RootCAs: roots}
}
