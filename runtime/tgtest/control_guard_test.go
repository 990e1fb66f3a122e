package tgtest_test

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/tgtest"
)

// TestControlRefusesWebPages sends requests as a browser sends them for a page of another site, and as tools send them.
func TestControlRefusesWebPages(t *testing.T) {
	srv := tgtest.NewServer(t, tgtest.WithControl(), tgtest.WithAddress("127.0.0.1:0"))
	address := strings.TrimPrefix(srv.URL, "http://")
	port := address[strings.LastIndexByte(address, ':'):]
	const send = `{"user":"Alice","text":"hi"}`
	for name, test := range map[string]struct {
		method, path, host, contentType string
		origins                         []string
		status                          int
	}{
		"tool":                 {"POST", "send", "", "application/json", nil, 200},
		"charset":              {"POST", "send", "", "application/json; charset=utf-8", nil, 200},
		"localhost":            {"POST", "send", "localhost" + port, "application/json", nil, 200},
		"LOCALHOST, no port":   {"POST", "send", "LOCALHOST", "application/json", nil, 200},
		"another loopback":     {"POST", "send", "127.8.8.8" + port, "application/json", nil, 200},
		"IPv6 loopback":        {"POST", "send", "[::1]" + port, "application/json", nil, 200},
		"same origin":          {"POST", "send", "", "application/json", []string{srv.URL}, 200},
		"curl -d":              {"POST", "send", "", "application/x-www-form-urlencoded", nil, 415},
		"simple request":       {"POST", "send", "", "text/plain", nil, 415},
		"no content type":      {"POST", "updates", "", "", nil, 415},
		"another site":         {"POST", "send", "", "application/json", []string{"https://evil.example"}, 403},
		"site behind the name": {"POST", "send", "", "application/json", []string{srv.URL + ".evil.example"}, 403},
		"another port":         {"POST", "send", "", "application/json", []string{"http://127.0.0.1:1"}, 403},
		"no site":              {"POST", "send", "", "application/json", []string{"null"}, 403},
		"empty origin":         {"POST", "send", "", "application/json", []string{""}, 403},
		"two origins":          {"POST", "send", "", "application/json", []string{srv.URL, "https://evil.example"}, 403},
		"DNS rebinding":        {"POST", "send", "evil.example" + port, "application/json", nil, 403},
		"rebinding, origin":    {"POST", "send", "evil.example" + port, "application/json", []string{"http://evil.example" + port}, 403},
		"name like localhost":  {"POST", "send", "localhost.evil.example" + port, "application/json", nil, 403},
		"other address":        {"POST", "send", "192.0.2.1" + port, "application/json", nil, 403},
		"read":                 {"GET", "state", "", "", nil, 200},
		"read from a site":     {"GET", "transcript", "", "", []string{"https://evil.example"}, 403},
		"read, rebinding":      {"GET", "transcript", "evil.example", "", nil, 403},
		"delete":               {"DELETE", "faults", "", "", nil, 200},
		"delete from a site":   {"DELETE", "faults", "", "", []string{"https://evil.example"}, 403},
		"preflight":            {"OPTIONS", "send", "", "", []string{"https://evil.example"}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			queued := srv.State().Queued
			req, err := http.NewRequest(test.method, srv.URL+"/control/"+test.path, strings.NewReader(send))
			if err != nil {
				t.Fatal(err)
			}
			req.Host = test.host
			if test.contentType != "" {
				req.Header.Set("Content-Type", test.contentType)
			}
			req.Header["Origin"] = test.origins
			got := do(srv, req)
			if got.err != nil || got.status != test.status {
				t.Errorf("%d %s %v, want %d", got.status, got.body, got.err, test.status)
			}
			if test.status != 200 && (srv.State().Queued != queued || !strings.HasPrefix(got.body, `{"error":"`)) {
				t.Errorf("a refused request had an effect, or no error: %s", got.body)
			}
			if allow := got.header.Get("Access-Control-Allow-Origin"); allow != "" {
				t.Errorf("the answer allows %s", allow)
			}
		})
	}
}

// TestControlAtAnAddress checks that a server that listens on every address is reached under the address at which a request
// arrives.
func TestControlAtAnAddress(t *testing.T) {
	srv := tgtest.NewServer(t, tgtest.WithControl(), tgtest.WithAddress(":0"))
	port := srv.URL[strings.LastIndexByte(srv.URL, ':'):]
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		ip := address.(*net.IPNet).IP.To4()
		if ip == nil || ip.IsLoopback() {
			continue
		}
		response, err := srv.Client().Get("http://" + ip.String() + port + "/control/sent")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 200 {
			t.Errorf("%s: %s", ip, response.Status)
		}
	}
}
