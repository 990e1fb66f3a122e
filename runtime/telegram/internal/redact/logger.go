package redact

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
)

// A handler hands log records on to another handler, without the bot's token: in messages, in the names and values
// of attributes, in errors, and in any other value whose text would show it. Everything that a bot logs goes through one,
// because an error of a handler may hold a URL with the token, as those of net/http do.
type handler struct {
	slog.Handler
	token string
}

// Logger returns a logger that does not show the token. Default: of [slog.Default].
func Logger(logger *slog.Logger, token string) *slog.Logger {
	if logger == nil {
		logger = slog.Default()
	}
	if h, ok := logger.Handler().(handler); ok && h.token == token {
		return logger
	}
	return slog.New(handler{logger.Handler(), token})
}

// Handle implements [slog.Handler].
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, Text(r.Message, h.token), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.attr(a))
		return true
	})
	return h.Handler.Handle(ctx, clean)
}

// WithAttrs implements [slog.Handler].
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(h.attrs(attrs)), h.token}
}

// WithGroup implements [slog.Handler].
func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Handler.WithGroup(Text(name, h.token)), h.token}
}

func (h handler) attrs(attrs []slog.Attr) []slog.Attr {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.attr(a)
	}
	return clean
}

func (h handler) attr(a slog.Attr) slog.Attr {
	a.Key = Text(a.Key, h.token)
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Text(a.Value.String(), h.token))
	case slog.KindGroup:
		a.Value = slog.GroupValue(h.attrs(a.Value.Group())...)
	case slog.KindAny:
		if text, shows := h.shows(a.Value.Any()); shows {
			a.Value = slog.StringValue(text)
		}
	}
	return a
}

// shows reports whether a handler that prints the value shows the token, and returns a text to print instead.
func (h handler) shows(value any) (text string, shows bool) {
	texts := []string{fmt.Sprintf("%+v", value)}
	if v := reflect.ValueOf(value); v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		texts = append(texts, string(v.Bytes())) // slog.TextHandler prints bytes as a text
	}
	texts = append(texts, asJSON(value))
	for _, text := range texts {
		if clean := Text(text, h.token); clean != text {
			return clean, true
		}
	}
	return "", false
}

// asJSON returns the value as JSON, or "" if it has no such form.
func asJSON(value any) (text string) {
	defer func() {
		if recover() != nil { // in the author's MarshalJSON
			text = ""
		}
	}()
	b, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(b)
}
