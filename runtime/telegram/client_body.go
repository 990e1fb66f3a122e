package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// uploadInOne bounds, in bytes, an upload that is put together in memory, so that it can be sent with its length.
const uploadInOne = 1 << 20

// A requestBody holds the parameters of a call in the form in which they are sent.
type requestBody struct {
	data   []byte      // the whole body, or nil
	reader io.Reader   // the body if data is nil
	header http.Header // says what the body is; it must not be changed
	close  func()      // is called after the request
}

var jsonHeader = http.Header{"Content-Type": {"application/json"}}

// jsonBody encodes each parameter as a JSON value, as encoding/json does. The server takes the text of a string, and the
// JSON of any other value. So it reads the same parameters as from gotgbot's multipart.
func jsonBody(params map[string]any) ([]byte, error) {
	data, err := appendParameters(make([]byte, 0, 512), params)
	if err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	return data, nil
}

// appendParameters appends the parameters as a JSON object, in no order. A nil pointer to a string is the empty text, as
// for gotgbot.
func appendParameters(b []byte, params map[string]any) ([]byte, error) {
	b = append(b, '{')
	for name, value := range params {
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = append(wire.AppendString(b, name), ':')
		if s, ok := value.(*string); ok && s == nil {
			value = ""
		}
		var err error
		if b, err = wire.AppendValue(b, value); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return append(b, '}'), nil
}

// hasFile reports whether a parameter attaches a file. It lets each parameter attach its files to a writer that refuses
// every write, so that no file is read.
func hasFile(params map[string]any) bool {
	var probe refusal
	for name, value := range params {
		if a, ok := value.(gotgbot.Attach); ok {
			// If the error is not the refusal, it comes back when the body is written.
			_ = a.Attach(name, multipart.NewWriter(&probe))
			if probe.asked {
				return true
			}
		}
	}
	return false
}

// A refusal is a writer that refuses every write and records that there was one.
type refusal struct{ asked bool }

func (r *refusal) Write([]byte) (int, error) {
	r.asked = true
	return 0, io.ErrShortWrite
}

// multipartBody writes the parameters and their files into a pipe. A goroutine does that, and close waits for it.
func multipartBody(ctx context.Context, params map[string]any) (*requestBody, error) {
	pipe, out := io.Pipe()
	form := multipart.NewWriter(out)
	written := make(chan struct{})
	go func() {
		defer close(written)
		defer func() {
			if r := recover(); r != nil { // a Read of the author's file panicked
				out.CloseWithError(fmt.Errorf("panic: %v", r))
			}
		}()
		out.CloseWithError(writeForm(form, params)) // with nil the reader sees io.EOF
	}()
	// When ctx ends, a write that nobody reads ends, too.
	release := context.AfterFunc(ctx, func() { pipe.CloseWithError(ctx.Err()) })
	body := &requestBody{header: http.Header{"Content-Type": {form.FormDataContentType()}}, close: func() {
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
		body.data = head
	default:
		body.reader = io.MultiReader(bytes.NewReader(head), pipe)
	}
	return body, nil
}

// writeForm writes the parameters without files first. A server that reads the form in order then knows them before the
// files arrive.
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
			// Attach also sets how the JSON of the value refers to the file, so it comes before fieldText.
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

// fieldText returns a parameter as a field of a form: the text of a string, or the JSON of any other value.
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
	if data[0] == '"' { // the name of a file, or a value whose type is based on string
		var s string
		err = json.Unmarshal(data, &s)
		return s, err
	}
	return string(data), nil
}
