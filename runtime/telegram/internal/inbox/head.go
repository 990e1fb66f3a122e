package inbox

import (
	"bytes"
	"strings"
)

// A head is the request line and the headers of a delivery.
type head struct {
	size   int    // in bytes, with the empty line
	secret []byte // a part of the bytes that were scanned
	length int64  // of the body
}

// What scanHead finds.
type finding uint8

const (
	partial finding = iota // a part of a head, which may be a usual one
	usual
	unusual // everything else, also what is not HTTP
)

// maxDigits is the length of the longest Content-Length that a usual head has.
const maxDigits = 10

// scanHead reads the head of a delivery as the Bot API server and proxies write it: a POST of the path, with one secret, one
// Content-Length, and nothing that changes how the request is framed or answered. It is as strict as net/http or stricter.
func scanHead(from []byte, path string) (h head, found finding) {
	line, size, found := nextLine(from, 0)
	if found != usual {
		return h, found
	}
	if !isRequestLine(line, path) {
		return h, unusual
	}
	h.length = -1
	hosts, secrets := 0, 0
	for {
		if line, size, found = nextLine(from, size); found != usual {
			return h, found
		}
		if len(line) == 0 {
			break
		}
		name, value, ok := field(line)
		if !ok {
			return h, unusual
		}
		switch len(name) {
		case len("Host"):
			if is(name, "Host") {
				hosts++
				ok = isHost(value)
			}
		case len("Expect"):
			ok = !is(name, "Expect")
		case len("Trailer"):
			ok = !is(name, "Trailer") && !is(name, "Upgrade")
		case len("Connection"):
			ok = !is(name, "Connection") || is(value, "keep-alive")
		case len("Content-Length"):
			if is(name, "Content-Length") {
				ok = h.length < 0
				h.length = number(value)
				ok = ok && h.length >= 0
			}
		case len("Transfer-Encoding"):
			ok = !is(name, "Transfer-Encoding")
		case len(secretHeader):
			if is(name, secretHeader) {
				secrets++
				h.secret = value
			}
		}
		if !ok {
			return h, unusual
		}
	}
	if hosts != 1 || h.length < 0 || secrets != 1 {
		return h, unusual
	}
	h.size = size
	return h, usual
}

// nextLine returns the line that begins at start, without its end, and where the next one begins.
func nextLine(from []byte, start int) (line []byte, next int, found finding) {
	n := bytes.IndexByte(from[start:], '\n')
	switch {
	case n < 0:
		return nil, 0, partial
	case n == 0 || from[start+n-1] != '\r':
		return nil, 0, unusual
	}
	return from[start : start+n-1], start + n + 1, usual
}

// isRequestLine reports whether a line is that of a POST of the path, perhaps with a query.
func isRequestLine(line []byte, path string) bool {
	const method, version = "POST ", " HTTP/1.1"
	if len(line) < len(method)+len(path)+len(version) || string(line[:len(method)]) != method || string(line[len(line)-len(version):]) != version {
		return false
	}
	target := line[len(method) : len(line)-len(version)]
	if string(target[:len(path)]) != path {
		return false
	}
	query := target[len(path):]
	if len(query) > 0 && query[0] != '?' {
		return false
	}
	for _, c := range query {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// isPlainPath reports whether a path is written in a request as it is.
func isPlainPath(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.ContainsFunc(path, func(r rune) bool {
		return r >= 0x80 || !isNameByte(byte(r)) && r != '/' && r != '.' && r != '~'
	})
}

// field splits a line into the name and the value of a header.
func field(line []byte) (name, value []byte, ok bool) {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return nil, nil, false
	}
	name, value = line[:colon], line[colon+1:]
	for _, c := range name {
		if !isNameByte(c) {
			return nil, nil, false // also a line that continues the one before
		}
	}
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return nil, nil, false
		}
	}
	return name, bytes.Trim(value, " \t"), true
}

// isNameByte reports whether the name of a usual header may have the byte.
func isNameByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// isHost reports whether a value is a plain name or address of a host, perhaps with a port.
func isHost(value []byte) bool {
	for _, c := range value {
		if !isNameByte(c) && c != '.' && c != ':' && c != '[' && c != ']' {
			return false
		}
	}
	return len(value) > 0
}

// number returns the value of digits, or -1.
func number(value []byte) int64 {
	if len(value) == 0 || len(value) > maxDigits {
		return -1
	}
	n := int64(0)
	for _, c := range value {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int64(c-'0')
	}
	return n
}

// is reports whether two texts are equal but for the case of letters. The second one has letters and hyphens only.
func is(text []byte, other string) bool {
	if len(text) != len(other) {
		return false
	}
	for i, c := range text {
		if c != other[i] && c|0x20 != other[i]|0x20 {
			return false
		}
	}
	return true
}
