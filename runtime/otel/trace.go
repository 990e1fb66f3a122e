package otel

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A beginning is how the spans of updates of one kind begin.
type beginning struct {
	name string
	opts []trace.SpanStartOption
}

// beginnings has the beginning of each kind of update, so that a sampler can decide by it.
var beginnings = func() (all [wire.KindCount]beginning) {
	for k := range all {
		kind := wire.Kind(k).String()
		all[k] = beginning{processName + " " + kind, []trace.SpanStartOption{
			trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindConsumer),
			trace.WithAttributes(system, semconv.MessagingOperationName(processName), semconv.MessagingOperationTypeProcess,
				semconv.MessagingDestinationName(kind)),
		}}
	}
	return all
}()

// TraceUpdate implements [telegram.Tracer].
func (o *Observer) TraceUpdate(before context.Context, u *telegram.Envelope, attempt int) (values context.Context, end func(err error)) {
	if o.tracer == nil {
		return nil, nil
	}
	at := &beginnings[u.Kind]
	values, span := o.tracer.Start(before, at.name, at.opts...)
	if !span.IsRecording() {
		return values, nil
	}
	attrs := append(make([]attribute.KeyValue, 0, 4), semconv.MessagingMessageID(strconv.FormatInt(u.ID, 10)))
	if attempt > 1 {
		attrs = append(attrs, attemptKey.Int(attempt))
		if earlier := trace.SpanContextFromContext(before); earlier.IsValid() {
			span.AddLink(trace.Link{SpanContext: earlier})
		}
	}
	if o.ids {
		attrs = append(attrs, chatKey.Int64(u.Chat), userKey.Int64(u.User))
	}
	span.SetAttributes(attrs...)
	return values, func(err error) {
		handler := u.Handler()
		if handler != "" {
			span.SetName(processName + " " + handler)
		}
		span.SetAttributes(handlerKey.String(handlerName(handler)))
		finish(span, err)
	}
}

// TraceCall implements [telegram.Tracer].
func (o *Observer) TraceCall(ctx context.Context, method string) (traced context.Context, end func(err error)) {
	if o.tracer == nil || isUnsampled(ctx) {
		return ctx, nil
	}
	method = methodName(method)
	traced, span := o.tracer.Start(ctx, method, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(system, semconv.MessagingOperationName(method)))
	return traced, func(err error) { finish(span, err) }
}

// TraceRetry implements [telegram.Tracer].
func (o *Observer) TraceRetry(ctx context.Context, _ string, err error, wait time.Duration) {
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.AddEvent("retry", trace.WithAttributes(semconv.ErrorTypeKey.String(ErrorType(err)), waitKey.Float64(wait.Seconds())))
	}
}

// TraceStore implements [telegram.Tracer]. What the bot does by itself, such as to look for time-outs of states, has no span.
func (o *Observer) TraceStore(ctx context.Context, operation string) (traced context.Context, end func(err error)) {
	if o.tracer == nil || !trace.SpanFromContext(ctx).IsRecording() {
		return ctx, nil
	}
	traced, span := o.tracer.Start(ctx, operation, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(operationKey.String(operation)))
	return traced, func(err error) { finish(span, err) }
}

// isUnsampled reports whether a sampler has decided against the trace of ctx.
func isUnsampled(ctx context.Context) bool {
	span := trace.SpanFromContext(ctx)
	return span.SpanContext().IsValid() && !span.IsRecording()
}

// finish ends a span. The message of an error may show what a user has written, so it is left to the log.
func finish(span trace.Span, err error) {
	if failure := ErrorType(err); failure != "" {
		span.SetStatus(codes.Error, failure)
		span.SetAttributes(semconv.ErrorTypeKey.String(failure))
	}
	span.End()
}

// TraceAttrs implements [telegram.Tracer].
func (o *Observer) TraceAttrs(ctx context.Context) []slog.Attr {
	if o.tracer == nil {
		return nil
	}
	return logAttrs(ctx)
}
