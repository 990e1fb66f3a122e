// Package status answers the requests of those who look after a bot: whether it is live, whether it is ready, and what it
// does. It knows nothing of where the answers come from.
package status

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// secondLook is how long after a fault is seen it is looked for again. A sink that was full for long may have had room for a
// moment only, so that the poll for it has not begun.
const secondLook = 50 * time.Millisecond

// A Subject is what is asked. Live and Ready return "", or why the answer is no. Their texts are read by strangers, so they
// name no ids.
type Subject interface {
	Live() (fault string)
	Ready() (fault string)
	Report(ctx context.Context) *Report
}

// Probes returns a handler of GET /livez and /readyz. It answers 200, or 503 and the reason.
func Probes(s Subject) http.Handler { return probes(s) }

func probes(s Subject) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, r *http.Request) { probe(w, live(r.Context(), s)) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { probe(w, s.Ready()) })
	return mux
}

// Handler returns a handler of what Probes answers, and of GET /statusz. That is a page if the client accepts HTML, as a
// browser does, and JSON otherwise.
func Handler(s Subject) http.Handler {
	mux := probes(s)
	mux.HandleFunc("GET /statusz", func(w http.ResponseWriter, r *http.Request) {
		report := s.Report(r.Context())
		report.Live, report.Ready = verdict(live(r.Context(), s)), verdict(s.Ready())
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			header(w, "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
			_, _ = io.WriteString(w, page(report))
			return
		}
		header(w, "application/json")
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(report) // fails only if the client has gone away
	})
	return mux
}

// live returns the fault that Live sees twice, or "".
func live(ctx context.Context, s Subject) string {
	if s.Live() == "" {
		return ""
	}
	timer := time.NewTimer(secondLook)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return s.Live()
}

func verdict(fault string) Verdict { return Verdict{OK: fault == "", Fault: fault} }

func probe(w http.ResponseWriter, fault string) {
	header(w, "text/plain; charset=utf-8")
	if fault != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, fault+"\n")
		return
	}
	_, _ = io.WriteString(w, "ok\n")
}

func header(w http.ResponseWriter, contentType string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
}
