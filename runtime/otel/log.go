package otel

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// The names of OpenTelemetry for the trace of a log line, in a format that is not its own.
const (
	traceIDKey = "trace_id"
	spanIDKey  = "span_id"
)

// LogHandler returns a handler that adds trace_id and span_id to the lines that are logged with the context of a span, as
// slog.InfoContext does, and hands them to next. The lines of the bot about an update, and those of telegram.Logger, have them already. If
// the logger has a group, they are in that group.
//
//	slog.SetDefault(slog.New(otel.LogHandler(slog.NewJSONHandler(os.Stderr, nil))))
func LogHandler(next slog.Handler) slog.Handler { return logHandler{next, false} }

type logHandler struct {
	slog.Handler
	has bool // the attributes of the logger have a trace
}

// Handle implements [slog.Handler].
func (h logHandler) Handle(ctx context.Context, r slog.Record) error {
	has := h.has
	if !has {
		r.Attrs(func(a slog.Attr) bool {
			has = a.Key == traceIDKey
			return !has
		})
	}
	if !has {
		if attrs := logAttrs(ctx); attrs != nil {
			r = r.Clone()
			r.AddAttrs(attrs...)
		}
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	has := h.has
	for _, a := range attrs {
		has = has || a.Key == traceIDKey
	}
	return logHandler{h.Handler.WithAttrs(attrs), has}
}

// WithGroup implements [slog.Handler].
func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.Handler.WithGroup(name), h.has}
}

// logAttrs returns the ids of the span of ctx. There are none if it has no span.
func logAttrs(ctx context.Context) []slog.Attr {
	at := trace.SpanContextFromContext(ctx)
	if !at.IsValid() {
		return nil
	}
	return []slog.Attr{slog.String(traceIDKey, at.TraceID().String()), slog.String(spanIDKey, at.SpanID().String())}
}
