package tgtest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// reply is what the server answers a call.
type reply struct {
	status      int    // also the error_code, if body is an error
	contentType string // application/json if empty
	retryAfter  int64  // seconds, for the header
	body        []byte
	description string // of an error, for the record of the call
	made        *Message
}

// success answers with a result that is JSON in the server's form, and possibly a description.
func success(result []byte, description string) reply {
	o := object(make([]byte, 0, len(result)+32))
	o.open()
	o.bool("ok", true)
	o.raw("result", result)
	o.text("description", description)
	o.close()
	return reply{status: http.StatusOK, body: o}
}

func succeed(result string) reply { return success([]byte(result), "") }

func failure(code int, description string) reply { return failureWith(code, description, 0, 0) }

// failureWith is an error with its parameters, of which 0 is none.
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

// ServeHTTP is the Bot API: the server's own listener serves it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		refuse(w, http.StatusNotImplemented)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/file/") {
		s.serveFile(w, r)
		return
	}
	method, denied := s.route(r.URL.Path)
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
	s.serve(w, r, strings.ToLower(method), params, files)
}

// route takes the method from the path /bot<token>/<method>.
func (s *Server) route(path string) (method string, denied *reply) {
	path, ok := strings.CutPrefix(path, "/bot")
	token, method, _ := strings.Cut(path, "/")
	if !ok || !wellFormedToken.MatchString(token) || strings.Contains(method, "/") {
		notFound := failure(404, "Not Found")
		return "", &notFound
	}
	if token != s.Token {
		unauthorized := failure(401, "Unauthorized")
		return "", &unauthorized
	}
	return method, nil
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, method string, params Params, files map[string]File) {
	ctx := r.Context()
	known, exists := methods()[method]
	if !exists {
		s.write(w, r, failure(404, "Not Found: method not found"), nil)
		return
	}
	polling := method == "getupdates"
	if polling {
		defer s.notePoll(params)()
	}
	f := s.takeFault(known.name)
	if f != nil && f.Delay > 0 && s.sleep(ctx, f.Delay) != nil {
		panic(http.ErrAbortHandler)
	}
	call := &Call{Method: known.name, Params: params, Files: files, Time: time.Now()}
	var answer reply
	ok := true
	switch {
	case f != nil && f.Hang:
		if !polling {
			s.record(call)
		}
		s.hang(ctx)
	case f != nil && f.answers():
		answer = f.reply()
		if !polling {
			call.fail(answer)
			s.record(call)
		}
	case polling:
		answer, ok = s.getUpdates(ctx, params)
	default:
		answer = s.run(known, call)
	}
	if !ok {
		panic(http.ErrAbortHandler) // closes the connection
	}
	s.write(w, r, answer, f)
}

// hang answers nothing for as long as the client stays.
func (s *Server) hang(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-s.closing:
	}
	panic(http.ErrAbortHandler)
}

// write sends the answer, damaged as the fault wants it.
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
		w.Write(answer.body) // a client that went away concerns nobody
		return
	}
	w.Write(answer.body[:len(answer.body)/2])
	http.NewResponseController(w).Flush()
	if f.ResetMidBody {
		resetConnection(r)
	}
	panic(http.ErrAbortHandler)
}

// resetConnection makes the close of a TCP connection a reset.
func resetConnection(r *http.Request) {
	if conn, ok := r.Context().Value(connectionKey{}).(interface{ SetLinger(int) error }); ok {
		conn.SetLinger(0)
	}
}

// refuse answers what is no sensible request: an empty body, and the connection closed.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Connection", "close")
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(status)
}
