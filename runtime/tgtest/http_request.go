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

// maxRequest is the size of the largest request that the server accepts, in bytes, before and after decompression.
const maxRequest = 50 << 20

// Params holds the parameters of a call by name. A string is its plain text, and any other value is its JSON, whatever
// the encoding of the request was.
type Params map[string]string

// Int returns a parameter as a number. It is 0 if the parameter is absent or not a number.
func (p Params) Int(name string) int64 { return toInteger[int64](p[name]) }

// Bool reports whether a parameter is true, yes or 1, as the official server reads it.
func (p Params) Bool(name string) bool {
	switch strings.ToLower(strings.TrimSpace(p[name])) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// Decode decodes a parameter that is JSON, such as reply_markup, into v. If the parameter is absent, v is not changed.
func (p Params) Decode(name string, v any) error {
	if p[name] == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(p[name]), v); err != nil {
		return fmt.Errorf("parameter %s: %w", name, err)
	}
	return nil
}

// add sets a parameter unless it is already set. So the first value counts, and the query string is read before the
// body.
func (p Params) add(name, value string) {
	if _, ok := p[name]; !ok {
		p[name] = value
	}
}

// A File is a file that the bot or a user sends.
type File struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// errUnreadable is the error for a request that cannot be read. The server answers with an empty body and closes the
// connection.
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
	default: // the official server ignores the body
		if _, err := io.Copy(io.Discard, body); err != nil {
			return nil, nil, errUnreadable{http.StatusBadRequest}
		}
	}
	return params, nil, nil
}

// unpack returns the request's body, decompressed if it has a Content-Encoding.
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
	switch { // like zlib's automatic detection, ignore the header; some clients send raw deflate
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

// addForm adds the parameters of a query string or of a urlencoded body.
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

// addJSON adds the fields of a JSON object. If text is not a JSON object, it adds nothing, and the method runs without
// parameters, as on the official server.
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
