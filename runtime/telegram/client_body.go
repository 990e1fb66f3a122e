package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"slices"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// uploadInOne is up to how many bytes an upload is put together in memory, so that it can be sent with its length.
const uploadInOne = 1 << 20

// A requestBody is the parameters of a call, as they are sent.
type requestBody struct {
	reader      io.Reader
	contentType string
	close       func() // after the request
}

func newBody(ctx context.Context, params map[string]any) (*requestBody, error) {
	if hasFile(params) {
		return multipartBody(ctx, params)
	}
	return jsonBody(params)
}

// jsonBody sends each parameter as the JSON value it is. The server takes a string for its text and anything else for
// its JSON, so that it reads what gotgbot's multipart would have told it.
func jsonBody(params map[string]any) (*requestBody, error) {
	data := []byte("{}")
	if len(params) > 0 {
		params = withoutNil(params)
		var err error
		if data, err = json.Marshal(params); err != nil {
			return nil, fmt.Errorf("parameters: %w", err)
		}
	}
	return &requestBody{bytes.NewReader(data), "application/json", func() {}}, nil
}

// withoutNil makes the nil pointer to a string, where there is one, the empty text that gotgbot sends for it.
func withoutNil(params map[string]any) map[string]any {
	copied := false
	for name, value := range params {
		if s, ok := value.(*string); ok && s == nil {
			if !copied {
				params, copied = maps.Clone(params), true
			}
			params[name] = ""
		}
	}
	return params
}

// hasFile reports whether a parameter would attach a file: it lets each try to, on a writer that takes nothing, so
// that no file is read.
func hasFile(params map[string]any) bool {
	var probe refusal
	for name, value := range params {
		if a, ok := value.(gotgbot.Attach); ok {
			// An error is either the refusal, or comes back when the body is written.
			_ = a.Attach(name, multipart.NewWriter(&probe))
			if probe.asked {
				return true
			}
		}
	}
	return false
}

// A refusal is a writer that takes nothing and remembers that it was asked.
type refusal struct{ asked bool }

func (r *refusal) Write([]byte) (int, error) {
	r.asked = true
	return 0, io.ErrShortWrite
}

// multipartBody writes the parameters and their files into a pipe, from a goroutine that close waits for.
func multipartBody(ctx context.Context, params map[string]any) (*requestBody, error) {
	pipe, out := io.Pipe()
	form := multipart.NewWriter(out)
	written := make(chan struct{})
	go func() {
		defer close(written)
		defer func() {
			if r := recover(); r != nil { // in a Read of the author's
				out.CloseWithError(fmt.Errorf("panic: %v", r))
			}
		}()
		out.CloseWithError(writeForm(form, params)) // nil is the end of the body
	}()
	// The end of ctx also ends a write that nobody reads.
	release := context.AfterFunc(ctx, func() { pipe.CloseWithError(ctx.Err()) })
	body := &requestBody{contentType: form.FormDataContentType(), close: func() {
		release()
		pipe.Close()
		<-written
	}}

	head, err := io.ReadAll(io.LimitReader(pipe, uploadInOne))
	switch {
	case err != nil:
		body.close()
		return nil, fmt.Errorf("files: %w", err)
	case len(head) < uploadInOne:
		body.reader = bytes.NewReader(head)
	default:
		body.reader = io.MultiReader(bytes.NewReader(head), pipe)
	}
	return body, nil
}

// writeForm writes the plain parameters first, so that a server that reads the form in order knows where the files
// go before they come.
func writeForm(form *multipart.Writer, params map[string]any) error {
	names := slices.SortedFunc(maps.Keys(params), func(a, b string) int {
		_, attachA := params[a].(gotgbot.Attach)
		_, attachB := params[b].(gotgbot.Attach)
		switch {
		case attachA == attachB:
			return bytes.Compare([]byte(a), []byte(b))
		case attachB:
			return -1
		}
		return 1
	})
	for _, name := range names {
		value := params[name]
		if a, ok := value.(gotgbot.Attach); ok {
			// This also sets what the value's own JSON says of the file, so it comes first.
			if err := a.Attach(name, form); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		text, err := fieldText(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := form.WriteField(name, text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return form.Close()
}

// fieldText is a parameter as a field of a form: a string's text, or anything else's JSON.
func fieldText(value any) (string, error) {
	switch s := value.(type) {
	case string:
		return s, nil
	case *string:
		if s == nil {
			return "", nil
		}
		return *s, nil
	}
	data, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	if data[0] == '"' { // a file's name, or a string of a type of its own
		var s string
		err = json.Unmarshal(data, &s)
		return s, err
	}
	return string(data), nil
}
