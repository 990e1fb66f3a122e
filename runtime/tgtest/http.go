package tgtest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// reply is the server's answer to a call.
type reply struct {
	status      int    // also the error_code, if body is an error
	contentType string // application/json if empty
	retryAfter  int64  // for the header Retry-After, in seconds; 0 = no header
	body        []byte
	description string   // of an error, for the record of the call
	made        *Message // the message that the call sent or edited, for the record of the call
}

// success returns the answer with a result, which is JSON in the server's form, and a description unless it is empty.
func success(result []byte, description string) reply {
	o := object(make([]byte, 0, len(result)+32))
	o.open()
	o.bool("ok", true)
	o.raw("result", result)
	o.text("description", description)
	o.close()
	return reply{status: http.StatusOK, body: o}
}

// succeed returns the answer with a result that is JSON.
func succeed(result string) reply { return success([]byte(result), "") }

// failure returns an error.
func failure(code int, description string) reply { return failureWith(code, description, 0, 0) }

// failureWith returns an error with its parameters. A parameter that is 0 is left out.
func failureWith(code int, description string, retryAfter, migrateTo int64) reply {
	var o object
	o.open()
	o.bool("ok", false)
	o.int("error_code", int64(code))
	o.str("description", description)
	if retryAfter != 0 || migrateTo != 0 {
		o.field("parameters")
		o.open()
		o.number("migrate_to_chat_id", migrateTo)
		o.number("retry_after", retryAfter)
		o.close()
	}
	o.close()
	return reply{status: code, retryAfter: retryAfter, body: o, description: description}
}

func tooManyRequests(retryAfter int64) reply {
	return failureWith(429, "Too Many Requests: retry after "+strconv.FormatInt(retryAfter, 10), retryAfter, 0)
}

func badRequest(description string) reply { return failure(400, "Bad Request: "+description) }

// ServeHTTP serves the Bot API. The server's own listener uses it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		refuse(w, http.StatusNotImplemented)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/file/") {
		s.serveFile(w, r)
		return
	}
	b, method, denied := s.route(r.URL.Path)
	if denied != nil {
		s.write(w, r, *denied, nil)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	params, files, err := readParams(r)
	if err != nil {
		var unreadable errUnreadable
		if !errors.As(err, &unreadable) {
			unreadable.status = http.StatusBadRequest
		}
		refuse(w, unreadable.status)
		return
	}
	if method == "" {
		method = params["method"]
	}
	b.serve(w, r, strings.ToLower(method), params, files)
}

// botOf returns the bot with the token, or nil.
func (s *Server) botOf(token string) *Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.bots {
		if b.Token == token {
			return b
		}
	}
	return nil
}

// route returns the bot and the method in a path /bot<token>/<method>, or the error to answer with.
func (s *Server) route(path string) (b *Bot, method string, denied *reply) {
	path, ok := strings.CutPrefix(path, "/bot")
	token, method, _ := strings.Cut(path, "/")
	if !ok || !wellFormedToken.MatchString(token) || strings.Contains(method, "/") {
		notFound := failure(404, "Not Found")
		return nil, "", &notFound
	}
	if b = s.botOf(token); b == nil {
		unauthorized := failure(401, "Unauthorized")
		return nil, "", &unauthorized
	}
	return b, method, nil
}

// serve runs a method and writes the answer, with the fault for it, if any.
func (b *Bot) serve(w http.ResponseWriter, r *http.Request, method string, params Params, files map[string]File) {
	ctx := r.Context()
	known, exists := methods()[method]
	if !exists {
		b.server.write(w, r, failure(404, "Not Found: method not found"), nil)
		return
	}
	polling := method == "getupdates"
	if polling {
		defer b.notePoll(params)()
	} else {
		b.beginCall()
		defer b.endCall()
	}
	arrived := time.Now()
	f := b.takeFault(known.name)
	if f != nil && f.Delay > 0 && b.server.sleep(ctx, f.Delay) != nil {
		panic(http.ErrAbortHandler)
	}
	call := &Call{bot: b, Method: known.name, Params: params, Files: files, Time: time.Now(), Fault: f, arrived: arrived}
	call.UpdateID = toInteger[int64](r.Header.Get("Bot-Update"))
	call.UpdateCall = int(toInteger[int64](r.Header.Get("Bot-Call")))
	var answer reply
	ok := true
	switch {
	case f != nil && f.Hang:
		if !polling {
			b.record(call)
		}
		b.server.hang(ctx)
	case f != nil && f.answers():
		answer = f.reply()
		if !polling {
			call.fail(answer)
			b.record(call)
		}
	case polling:
		answer, ok = b.getUpdates(ctx, params)
	default:
		answer = b.run(known, call)
	}
	if !ok {
		panic(http.ErrAbortHandler) // closes the connection
	}
	b.server.write(w, r, answer, f)
}

// beginCall counts a call that is not answered yet.
func (b *Bot) beginCall() {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	b.calling++
}

// endCall undoes beginCall when the call is answered.
func (b *Bot) endCall() {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	b.calling--
	b.active = time.Now()
	b.server.changes.notify()
}

// hang waits until the client or the server closes the connection.
func (s *Server) hang(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-s.closing:
	}
	panic(http.ErrAbortHandler)
}

// write sends the answer, damaged if the fault says so.
func (s *Server) write(w http.ResponseWriter, r *http.Request, answer reply, f *Fault) {
	header := w.Header()
	contentType := answer.contentType
	if contentType == "" {
		contentType = "application/json"
	}
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(answer.body)))
	if answer.retryAfter > 0 {
		header.Set("Retry-After", strconv.FormatInt(answer.retryAfter, 10))
	}
	w.WriteHeader(answer.status)
	if f == nil || !f.Truncate && !f.ResetMidBody {
		w.Write(answer.body) // fails only if the client is gone
		return
	}
	w.Write(answer.body[:len(answer.body)/2])
	http.NewResponseController(w).Flush()
	if f.ResetMidBody {
		resetConnection(r)
	}
	panic(http.ErrAbortHandler)
}

// resetConnection makes sure that a TCP connection is closed with a reset.
func resetConnection(r *http.Request) {
	if conn, ok := r.Context().Value(connectionKey{}).(interface{ SetLinger(int) error }); ok {
		conn.SetLinger(0)
	}
}

// refuse answers a request that cannot be read with an empty body and closes the connection.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Connection", "close")
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(status)
}
