package tgtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// WithControl makes the server serve [Server.Control] under /control/, beside the Bot API.
func WithControl() Option { return func(c *config) { c.control = true } }

// maxControlWait is the longest time for the parameter wait.
const maxControlWait = 10 * time.Minute

// Control returns an HTTP handler through which another process controls the server. It is not part of the Bot API
// and has no password. The server serves it only with [WithControl]. So that no web page can control the server, the body of
// a POST must have the content type application/json, the Host must be a loopback name or the address of the server, and a
// request with an Origin must come from that same host.
//
//	POST   /control/updates     queue one update or an array of updates; the server sets the ids
//	                            -> {"first_update_id":7,"queued":2,"dropped":0}
//	POST   /control/send        {"user":"Alice","chat":"Team","text":"hi"}: the user sends a text to the chat, or in
//	                            private if chat is absent; a user who does not exist is added, and so is a chat, as
//	                            a group
//	                            -> {"chat_id":1,"message_id":2}
//	POST   /control/press       {"user":"Alice","chat":"Team","message_id":2,"button":"Buy"}: the user presses a
//	                            button; without message_id, that of the newest message with such a button
//	                            -> {"callback_query_id":"3"}
//	POST   /control/faults      {"method":"sendMessage","fault":{"Code":429,"RetryAfter":1,"Times":3}}: as Fail does,
//	                            with the fields of Fault
//	DELETE /control/faults      ?method=sendMessage: as Heal does; without a method, all faults
//	GET    /control/sent        ?from=SEQ&wait=SECONDS: the bot's calls with a sequence number of at least SEQ; if
//	                            it made no such call yet, wait for the first
//	GET    /control/polls       ?from=SEQ&wait=SECONDS: the same for the getUpdates requests
//	GET    /control/deliveries  ?from=SEQ&wait=SECONDS: the same for the deliveries to webhooks
//	POST   /control/delivery-faults    {"kind":"message","fault":{"LoseAnswer":true}}: as FailDelivery does, with the
//	                            fields of DeliveryFault
//	DELETE /control/delivery-faults    ?kind=message: as HealDelivery does; without a kind, all of them
//	GET    /control/state       ?pending=N&wait=SECONDS: the State as JSON; with pending, wait until at most N updates
//	                            are pending
//	GET    /control/transcript  the conversation so far as text
//
// wait is at most 600 seconds and 0 by default. An error is {"error":"..."} with status 400, with status 408 if
// the wait ended without a result, or with status 403 or 415 if the request could come from a web page.
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range map[string]func(*http.Request) (any, error){
		"POST /control/updates":           s.controlUpdates,
		"POST /control/send":              s.controlSend,
		"POST /control/press":             s.controlPress,
		"POST /control/faults":            s.controlFail,
		"DELETE /control/faults":          s.controlHeal,
		"GET /control/sent":               s.controlSent,
		"GET /control/polls":              s.controlPolls,
		"GET /control/deliveries":         s.controlDeliveries,
		"POST /control/delivery-faults":   s.controlFailDelivery,
		"DELETE /control/delivery-faults": s.controlHealDelivery,
		"GET /control/state":              s.controlState,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			result, err := handle(r)
			status := http.StatusOK
			if err != nil {
				status, result = http.StatusBadRequest, map[string]string{"error": err.Error()}
				if errors.Is(err, context.DeadlineExceeded) {
					status = http.StatusRequestTimeout
				}
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			json.NewEncoder(w).Encode(result) // fails only if the client is gone
		})
	}
	mux.HandleFunc("GET /control/transcript", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		s.WriteTranscript(w)
	})
	return s.guard(mux)
}

// withControl serves the control endpoint under its prefix and the Bot API everywhere else.
func (s *Server) withControl() http.Handler {
	control := s.Control()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/control/") {
			control.ServeHTTP(w, r)
		} else {
			s.ServeHTTP(w, r)
		}
	})
}

// A State is a snapshot of the server's counters.
type State struct {
	Pending      int   `json:"pending"`        // updates not confirmed
	Confirmed    int64 `json:"confirmed"`      // as Bot.Confirmed returns it
	NextUpdateID int64 `json:"next_update_id"` // 0 if it is random and not chosen yet
	Queued       int64 `json:"queued"`         // updates queued so far
	Dropped      int64 `json:"dropped"`        // updates that were not allowed, too large, or too many
	Polling      int   `json:"polling"`        // getUpdates requests that are not answered yet
	Waiting      bool  `json:"waiting"`        // whether one of them waits for updates
	Polls        int   `json:"polls"`          // getUpdates requests so far
	Calls        int   `json:"calls"`          // other calls so far
	Conflicts    int64 `json:"conflicts"`      // getUpdates answered with 409 so far

	Webhook    string `json:"webhook,omitempty"`    // URL; empty if none is set
	Delivering int    `json:"delivering,omitempty"` // updates that are being delivered to it
	Deliveries int    `json:"deliveries,omitempty"` // deliveries to webhooks so far
}

// State returns the current counters.
func (b *Bot) State() State {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	return State{
		Pending:      b.queue.pending(),
		Confirmed:    b.queue.oldest(),
		NextUpdateID: b.queue.next,
		Queued:       b.queued,
		Dropped:      b.dropped,
		Polling:      b.poll.inFlight,
		Waiting:      b.poll.waiting != nil,
		Polls:        b.polls.end(),
		Calls:        b.calls.end(),
		Conflicts:    b.poll.conflicts,
		Webhook:      b.webhook.url,
		Delivering:   b.delivering(),
		Deliveries:   b.deliveries.end(),
	}
}

// controlContext returns a request's context with the parameter wait as its timeout. Without wait, the context has
// already ended, so that nothing waits.
func controlContext(r *http.Request) (context.Context, context.CancelFunc, error) {
	wait := time.Duration(0)
	if text := r.FormValue("wait"); text != "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || !(seconds >= 0) {
			return nil, nil, fmt.Errorf("wait=%s is not a number of seconds", text)
		}
		wait = time.Duration(min(seconds, maxControlWait.Seconds()) * float64(time.Second))
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	return ctx, cancel, nil
}

// sequence reads the parameter from.
func sequence(r *http.Request) (int, error) {
	text := r.FormValue("from")
	if text == "" {
		return 0, nil
	}
	seq, err := strconv.Atoi(text)
	if err != nil || seq < 0 {
		return 0, fmt.Errorf("from=%s is not a sequence number", text)
	}
	return seq, nil
}

func (s *Server) controlSent(r *http.Request) (any, error) {
	return controlList(s, r, &s.calls)
}

func (s *Server) controlPolls(r *http.Request) (any, error) {
	return controlList(s, r, &s.polls)
}

func (s *Server) controlDeliveries(r *http.Request) (any, error) {
	return controlList(s, r, &s.deliveries)
}

// controlList returns the items of a history from a sequence number on. If the list would be empty, it waits for the first.
func controlList[T any](s *Server, r *http.Request, h *history[T]) (any, error) {
	seq, err := sequence(r)
	if err != nil {
		return nil, err
	}
	ctx, cancel, err := controlContext(r)
	if err != nil {
		return nil, err
	}
	defer cancel()
	items := []T{}
	err = s.await(ctx, func() bool {
		items = append(items, h.from(seq)...)
		return len(items) > 0
	})
	if r.FormValue("wait") == "" && errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return items, err
}

func (s *Server) controlState(r *http.Request) (any, error) {
	if text := r.FormValue("pending"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("pending=%s is not a number", text)
		}
		ctx, cancel, err := controlContext(r)
		if err != nil {
			return nil, err
		}
		defer cancel()
		if err := s.await(ctx, func() bool { return s.queue.pending() <= n }); err != nil {
			return nil, err
		}
	}
	return s.State(), nil
}

func (s *Server) controlUpdates(r *http.Request) (any, error) {
	text, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxRequest))
	if err != nil {
		return nil, fmt.Errorf("reading the updates: %w", err)
	}
	updates := []json.RawMessage{text}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		if err := json.Unmarshal(text, &updates); err != nil {
			return nil, fmt.Errorf("the updates are not JSON: %w", err)
		}
	}
	bodies := make([]Body, len(updates))
	for i, update := range updates {
		if bodies[i], err = Encode(update); err != nil {
			return nil, fmt.Errorf("update %d: %w", i, err)
		}
	}
	first, queued := s.PushBatch(bodies...)
	return map[string]int64{
		"first_update_id": first,
		"queued":          int64(queued),
		"dropped":         int64(len(bodies) - queued),
	}, nil
}

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
