package tgtest

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// maxRequest is the largest request the server takes, in bytes, before and after it is unpacked.
const maxRequest = 50 << 20

// Params are the parameters of a call as the server sees them, whatever the request's encoding was: by name, a
// string as its text, anything else as its JSON.
type Params map[string]string

// Int is the parameter as a number, 0 if it is absent or no number.
func (p Params) Int(name string) int64 { return toInteger[int64](p[name]) }

// Bool tells if the parameter is set: true, yes or 1.
func (p Params) Bool(name string) bool {
	switch strings.ToLower(strings.TrimSpace(p[name])) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// Decode reads a parameter that is JSON, such as reply_markup, into v. An absent one leaves v alone.
func (p Params) Decode(name string, v any) error {
	if p[name] == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(p[name]), v); err != nil {
		return fmt.Errorf("parameter %s: %w", name, err)
	}
	return nil
}

// add sets a parameter unless it is set: the first one counts, and the query string comes before the body.
func (p Params) add(name, value string) {
	if _, ok := p[name]; !ok {
		p[name] = value
	}
}

// A File is a file that came with a call.
type File struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// errUnreadable is a request that is no sensible HTTP: the server closes the connection with an empty body.
type errUnreadable struct{ status int }

func (e errUnreadable) Error() string { return http.StatusText(e.status) }

// readParams reads the parameters and files of a request.
func readParams(r *http.Request) (Params, map[string]File, error) {
	params := make(Params)
	addForm(params, r.URL.RawQuery)
	if r.Method == http.MethodGet {
		return params, nil, nil
	}
	body, err := unpack(r)
	if err != nil {
		return nil, nil, err
	}
	mediaType, args, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch mediaType {
	case "application/json":
		text, err := readAll(body)
		if err != nil {
			return nil, nil, err
		}
		addJSON(params, text)
	case "application/x-www-form-urlencoded":
		text, err := readAll(body)
		if err != nil {
			return nil, nil, err
		}
		addForm(params, string(text))
	case "multipart/form-data":
		files, err := addMultipart(params, body, args["boundary"])
		return params, files, err
	default: // the official server reads and forgets it
		if _, err := io.Copy(io.Discard, body); err != nil {
			return nil, nil, errUnreadable{http.StatusBadRequest}
		}
	}
	return params, nil, nil
}

// unpack is the request's body behind its Content-Encoding.
func unpack(r *http.Request) (io.Reader, error) {
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "gzip", "x-gzip", "deflate":
	default:
		return r.Body, nil
	}
	packed := bufio.NewReader(r.Body)
	first, err := packed.Peek(2)
	if err != nil {
		return nil, errUnreadable{http.StatusBadRequest}
	}
	var unpacked io.Reader
	switch { // as zlib does with automatic detection, whatever the header says; and raw, as some clients send deflate
	case first[0] == 0x1f && first[1] == 0x8b:
		unpacked, err = gzip.NewReader(packed)
	case first[0]&0x0f == 8 && (uint(first[0])<<8+uint(first[1]))%31 == 0:
		unpacked, err = zlib.NewReader(packed)
	default:
		unpacked = flate.NewReader(packed)
	}
	if err != nil {
		return nil, errUnreadable{http.StatusBadRequest}
	}
	return io.LimitReader(unpacked, maxRequest), nil
}

func readAll(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(r)
	if err == nil {
		return text, nil
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errUnreadable{http.StatusRequestEntityTooLarge}
	}
	return nil, errUnreadable{http.StatusBadRequest}
}

// addForm adds the parameters of a query string or an urlencoded body.
func addForm(params Params, form string) {
	for form != "" {
		var pair string
		pair, form, _ = strings.Cut(form, "&")
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil || name == "" {
			continue
		}
		if value, err = url.QueryUnescape(value); err == nil {
			params.add(name, value)
		}
	}
}

// addJSON adds the fields of a JSON object. Text that is no JSON object adds nothing: the method then runs without
// parameters.
func addJSON(params Params, text []byte) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(text, &fields) != nil {
		return
	}
	for name, value := range fields {
		if value[0] != '"' {
			params.add(name, string(bytes.TrimSpace(value)))
			continue
		}
		var decoded string
		if json.Unmarshal(value, &decoded) == nil {
			params.add(name, decoded)
		}
	}
}

func addMultipart(params Params, body io.Reader, boundary string) (map[string]File, error) {
	if boundary == "" {
		return nil, errUnreadable{http.StatusBadRequest}
	}
	files := make(map[string]File)
	for reader := multipart.NewReader(body, boundary); ; {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, errUnreadable{http.StatusBadRequest}
		}
		content, err := readAll(part)
		if err != nil {
			return nil, err
		}
		if name := part.FormName(); part.FileName() != "" {
			files[name] = File{Name: part.FileName(), Data: content}
		} else if name != "" {
			params.add(name, string(content))
		}
	}
}
