package play

import (
	"crypto/subtle"
	"mime"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
)

// A guard lets through only the requests of the page. The page's address holds a random token, which other web pages cannot know. The
// other rules hold if the token has leaked:
//
//   - Host must be an address of this server. A page that gives its own host name the address of this machine (DNS
//     rebinding) has that name in Host.
//   - Origin must be the page's own. A browser sends it with every request that changes something, and with every request of a script to
//     another site.
//   - Sec-Fetch-Site must not be another site, except when the author follows a link to the page.
//   - A request that changes something must have a content type that a form cannot have, or an Origin.
type guard struct {
	token string
	hosts []string // allowed values of Host
	any   bool     // the server listens on all addresses: Host may be any IP address
	port  string
}

// newGuard returns the guard of a server that listens on an address. asked is the address that the author has asked for.
func newGuard(token string, listening net.Addr, asked string) guard {
	g := guard{token: token, hosts: []string{listening.String()}}
	host, port, err := net.SplitHostPort(listening.String())
	if err != nil {
		return g
	}
	g.port = port
	if name, _, err := net.SplitHostPort(asked); err == nil && name != "" {
		g.hosts = append(g.hosts, net.JoinHostPort(strings.ToLower(name), port))
	}
	ip := net.ParseIP(host)
	g.any = ip.IsUnspecified()
	if ip.IsLoopback() || g.any {
		for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
			g.hosts = append(g.hosts, net.JoinHostPort(name, port))
		}
	}
	return g
}

// policy is the content security policy of the page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// protect adds the rules to a handler. The handler sees the path without the token.
func (g guard) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		if !g.isOwnHost(r.Host) {
			refuse(w, http.StatusForbidden, "this host name is not that of the page: use the address that tggen has printed")
			return
		}
		if !g.isOwnOrigin(r) {
			refuse(w, http.StatusForbidden, "requests from other web pages are refused")
			return
		}
		token, rest, slash := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if subtle.ConstantTimeCompare([]byte(token), []byte(g.token)) != 1 {
			refuse(w, http.StatusNotFound, "there is nothing here: use the whole address that tggen has printed")
			return
		}
		if !slash {
			http.Redirect(w, r, "/"+g.token+"/", http.StatusFound)
			return
		}
		if asked := "/" + rest; asked != clean(asked) {
			refuse(w, http.StatusNotFound, "there is nothing here")
			return
		}
		inner := r.Clone(r.Context())
		inner.URL.Path, inner.URL.RawPath = "/"+rest, ""
		next.ServeHTTP(w, inner)
	})
}

// clean returns a path without . and .. and empty parts.
func clean(dirty string) string {
	cleaned := path.Clean(dirty)
	if strings.HasSuffix(dirty, "/") && cleaned != "/" {
		cleaned += "/"
	}
	return cleaned
}

// isOwnHost reports whether a Host is that of the server.
func (g guard) isOwnHost(host string) bool {
	if slices.Contains(g.hosts, strings.ToLower(host)) {
		return true
	}
	name, port, err := net.SplitHostPort(host)
	return err == nil && g.any && port == g.port && net.ParseIP(name) != nil
}

// isOwnOrigin reports whether a request comes from the page itself, or is one that only shows the page.
func (g guard) isOwnOrigin(r *http.Request) bool {
	origin := r.Header.Values("Origin")
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case len(origin) > 1 || len(origin) == 1 && !strings.EqualFold(origin[0], "http://"+r.Host):
		return false
	case len(origin) == 0 && !reads:
		return false
	}
	switch site := r.Header.Get("Sec-Fetch-Site"); site {
	case "", "same-origin", "none":
		return true
	default:
		return reads && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
	}
}

// hasType reports whether the body of a request has a content type.
func hasType(r *http.Request, want string) bool {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && got == want
}
