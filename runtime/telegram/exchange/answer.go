package exchange

import (
	"bytes"
	"context"
	"io"
	"math"
	"net/http"
	"strings"
)

// An answer is the body of the answer to a Post, as its reader sees it.
type answer struct {
	conn  *conn
	left  int64     // of a body whose length is known
	src   io.Reader // what http.ReadResponse made of the connection; nil if it was not needed
	ended bool      // a Read has returned io.EOF
	err   error     // any other error of a Read
}

// Read implements io.Reader.
func (a *answer) Read(p []byte) (n int, err error) {
	switch {
	case a.src != nil:
		n, err = a.src.Read(p)
	case a.left == 0:
		err = io.EOF
	default:
		if int64(len(p)) > a.left {
			p = p[:a.left]
		}
		n, err = a.conn.readOn(p)
		if a.left -= int64(n); a.left == 0 {
			err = io.EOF
		} else if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
	}
	if err == io.EOF {
		a.ended = true
	} else if err != nil {
		a.err = err
	}
	return n, err
}

// readOn reads what comes after the head of an answer.
func (c *conn) readOn(p []byte) (int, error) {
	if len(c.come) > 0 && c.reader.Buffered() == 0 {
		return c.Read(p) // without a way through the reader's buffer
	}
	return c.reader.Read(p)
}

// postRequest is what http.ReadResponse has to know of a Post.
var postRequest = &http.Request{Method: http.MethodPost}

// begin reads the head of the answer to a Post. It returns the Content-Length, or -1, and whether the connection may serve
// another exchange.
func (c *conn) begin(ctx context.Context) (a Answer, length int64, reusable bool, err error) {
	come := c.come
	if come == nil {
		come, _ = c.reader.Peek(c.reader.Buffered())
	}
	if size, length := scanHead(come); size > 0 {
		if c.come == nil {
			c.reader.Discard(size)
		} else {
			c.come = c.come[size:]
		}
		c.limit = math.MaxInt64
		c.answer = answer{conn: c, left: length}
		return Answer{StatusCode: http.StatusOK}, length, true, nil
	}
	response, err := c.readHead(ctx, postRequest)
	if err != nil {
		return a, 0, false, err
	}
	c.answer = answer{conn: c, src: response.Body}
	a.StatusCode = response.StatusCode
	if a.StatusCode != http.StatusOK {
		a.Header = response.Header
	}
	return a, response.ContentLength, isReusable(response), nil
}

// scanHead returns the size of the head of an answer and the Content-Length, if the head is of the usual kind: 200, valid, with
// one Content-Length, and without anything else that says how the body is framed or what becomes of the connection. It returns
// 0 for a head that [http.ReadResponse] has to read.
func scanHead(b []byte) (size int, length int64) {
	const status = "HTTP/1.1 200 "
	if len(b) < len(status) || string(b[:len(status)]) != status {
		return 0, 0
	}
	length = -1
	rest := b
	for first := true; ; first = false {
		end := bytes.IndexByte(rest, '\n')
		if end < 1 || rest[end-1] != '\r' {
			return 0, 0
		}
		line := rest[:end-1]
		rest = rest[end+1:]
		if first {
			continue
		}
		if len(line) == 0 {
			break
		}
		colon := bytes.IndexByte(line, ':')
		if colon < 1 || !isPlainField(line[:colon], line[colon+1:]) {
			return 0, 0
		}
		value := line[colon+1:]
		switch colon {
		case len("Content-Length"):
			if !isNamed(line, "Content-Length") {
				continue
			}
			if length >= 0 {
				return 0, 0
			}
			if length = scanLength(value); length < 0 {
				return 0, 0
			}
		case len("Connection"): // as long as Keep-Alive
			if isNamed(line, "Connection") && !strings.EqualFold(string(value), " keep-alive") {
				return 0, 0
			}
		case len("Trailer"), len("Transfer-Encoding"):
			if isNamed(line, "Trailer") || isNamed(line, "Transfer-Encoding") {
				return 0, 0
			}
		}
	}
	if length < 0 {
		return 0, 0
	}
	return len(b) - len(rest), length
}

// isNamed reports whether a line begins with a name, in upper or lower case.
func isNamed(line []byte, name string) bool {
	return len(line) >= len(name) && strings.EqualFold(string(line[:len(name)]), name)
}

// isPlainField reports whether a field consists of characters that are valid everywhere in a name and in a value.
func isPlainField(name, value []byte) bool {
	for _, c := range name {
		if !plainInName[c] {
			return false
		}
	}
	for _, c := range value {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

var plainInName = func() (table [256]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-" {
		table[c] = true
	}
	return table
}()

// scanLength returns the number after a space, or -1 if that is not what is there.
func scanLength(value []byte) (n int64) {
	if len(value) < 2 || len(value) > 16 || value[0] != ' ' {
		return -1
	}
	for _, c := range value[1:] {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int64(c-'0')
	}
	return n
}
