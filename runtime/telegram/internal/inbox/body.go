package inbox

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
	"unsafe"
)

// firstChunk is how many bytes are reserved for a body of unknown size. Most updates are smaller.
const firstChunk = 4 << 10

// read reads a body. It returns the status of the answer if it cannot. reserved is what the body takes of Inbox.bytes; read
// raises it as the body grows.
func (in *Inbox) read(control *http.ResponseController, r *http.Request, reserved *int64) (raw string, status int) {
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); !ok || server.ReadTimeout <= 0 {
		// A writer that sets no deadlines, such as one of a test, has a body that does not block.
		_ = control.SetReadDeadline(time.Now().Add(in.config.ReadTime))
	}
	var body []byte
	var err error
	if r.ContentLength >= 0 {
		body = make([]byte, r.ContentLength)
		_, err = io.ReadFull(r.Body, body)
	} else {
		body, status, err = in.readChunks(r.Body, reserved)
	}
	switch {
	case status != 0:
		return "", status
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "", http.StatusRequestTimeout
	case err != nil:
		return "", http.StatusBadRequest
	}
	return unsafe.String(unsafe.SliceData(body), len(body)), http.StatusOK // nobody changes the body any more
}

// readChunks reads a body of unknown size.
func (in *Inbox) readChunks(from io.Reader, reserved *int64) (body []byte, status int, err error) {
	body = make([]byte, 0, *reserved)
	for {
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case err == io.EOF:
			return body, 0, nil
		case err != nil:
			return nil, 0, err
		case int64(len(body)) > in.config.MaxBody:
			return nil, http.StatusRequestEntityTooLarge, nil
		case len(body) < cap(body):
			continue
		}
		size := min(2*int64(cap(body)), in.config.MaxBody+1)
		if !in.reserve(size - *reserved) {
			return nil, http.StatusServiceUnavailable, nil
		}
		*reserved = size
		body = append(make([]byte, 0, size), body...)
	}
}

// reserve takes more of Inbox.bytes, if there is as much.
func (in *Inbox) reserve(n int64) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.bytes+n > in.config.Bytes {
		return false
	}
	in.bytes += n
	return true
}

func (in *Inbox) release(n int64) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.bytes -= n
}

// bytesOf returns the bytes of a text. They must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
