package tgtest

import (
	"encoding/json"
	"mime"
	"net"
	"net/http"
	"strings"
)

// guard lets through only requests that a page in a browser cannot make. The control endpoint has no password, so without
// these checks any web page that the developer opens could control the server.
//
//   - A page on another site may send requests to this machine. A browser names the site in Origin.
//   - A page may give its own host name the address of this machine (DNS rebinding). Then Host holds that name.
//   - A page may send a POST of a simple content type without asking the server first. JSON is not one of these types.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, reason := http.StatusForbidden, ""
		origin := r.Header.Values("Origin")
		mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		switch {
		case !s.isOwnHost(r):
			reason = "the host " + r.Host + " is not this server: use 127.0.0.1, localhost or the address that it listens on"
		case len(origin) > 1 || len(origin) == 1 && origin[0] != "http://"+r.Host:
			reason = "requests from the web site " + strings.Join(origin, ", ") + " are refused"
		case r.Method == http.MethodPost && mediaType != "application/json":
			status, reason = http.StatusUnsupportedMediaType, "the content type must be application/json"
		default:
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]string{"error": reason}) // fails only if the client is gone
	})
}

// isOwnHost reports whether a request's Host is a name of the loopback interface, the server's URL, or the address at which
// the connection arrived.
func (s *Server) isOwnHost(r *http.Request) bool {
	if r.Host == strings.TrimPrefix(s.URL, "http://") {
		return true
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil { // no port
		host = strings.TrimSuffix(strings.TrimPrefix(r.Host, "["), "]")
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	if ip == nil {
		return false
	}
	arrived, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ip.IsLoopback() || arrived != nil && arrived.IP.Equal(ip)
}
