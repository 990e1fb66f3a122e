package otel_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/tggen/tggen/runtime/otel"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// named returns the ended spans with the name.
func (r *rig) named(name string) (found []sdktrace.ReadOnlySpan) {
	for _, s := range r.spans.Ended() {
		if s.Name() == name {
			found = append(found, s)
		}
	}
	return found
}

// one returns the only span with the name.
func (r *rig) one(name string) sdktrace.ReadOnlySpan {
	r.t.Helper()
	found := r.named(name)
	if len(found) != 1 {
		var names []string
		for _, s := range r.spans.Ended() {
			names = append(names, s.Name())
		}
		r.t.Fatalf("there are %d spans %q: %q", len(found), name, names)
	}
	return found[0]
}

func attrsOf(s sdktrace.ReadOnlySpan) map[string]string {
	attrs := make(map[string]string)
	for _, a := range s.Attributes() {
		attrs[string(a.Key)] = a.Value.String()
	}
	return attrs
}

// describeSpan returns what the tests say about a span: its kind, its status and its attributes.
func describeSpan(s sdktrace.ReadOnlySpan) string {
	attrs := []string{s.SpanKind().String()}
	if s.Status().Code != codes.Unset {
		attrs = append(attrs, s.Status().Code.String()+":"+s.Status().Description)
	}
	for _, a := range s.Attributes() {
		attrs = append(attrs, fmt.Sprintf("%s=%s", a.Key, a.Value.String()))
	}
	slices.Sort(attrs[1:])
	return strings.Join(attrs, " ")
}

func isChild(child, parent sdktrace.ReadOnlySpan) bool {
	return child.Parent().SpanID() == parent.SpanContext().SpanID() && child.SpanContext().TraceID() == parent.SpanContext().TraceID()
}

// TestSpans checks the span of an update, and that calls, commits and the author's spans are its children.
func TestSpans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setting{})
		defer r.stop()
		author := r.provider.Tracer("author")
		r.handle["All"] = func(ctx context.Context, ev *telegram.Event) error {
			if err := r.handle["Count"](ctx, ev); err != nil {
				return err
			}
			ctx, span := author.Start(ctx, "mine")
			defer span.End()
			ev.Go(func(ctx context.Context) error {
				_, span := author.Start(ctx, "later")
				span.End()
				return nil
			})
			return r.handle["Reply"](ctx, ev)
		}
		r.say(time.Second, "All")
		update, mine, call := r.one("process All"), r.one("mine"), r.one("sendMessage")
		load, commit, later := r.one("load"), r.one("commit"), r.one("later")
		for _, c := range []struct {
			what          string
			child, parent sdktrace.ReadOnlySpan
		}{{"the author's span", mine, update}, {"the call", call, mine}, {"the load", load, update}, {"the commit", commit, update}, {"what goes on", later, update}} {
			if !isChild(c.child, c.parent) {
				t.Errorf("%s is not a child: %v", c.what, c.child.Parent())
			}
		}
		if update.Parent().IsValid() {
			t.Errorf("the update has the parent %v", update.Parent())
		}
		if commit.EndTime().After(update.EndTime()) {
			t.Error("the commit is after the update")
		}
		id := attrsOf(update)["messaging.message.id"]
		for span, want := range map[sdktrace.ReadOnlySpan]string{
			update: "consumer messaging.destination.name=message messaging.message.id=" + id +
				" messaging.operation.name=process messaging.operation.type=process messaging.system=telegram tggen.handler=All",
			call:   "client messaging.operation.name=sendMessage messaging.system=telegram",
			commit: "client tggen.session.operation=commit",
		} {
			if got := describeSpan(span); got != want {
				t.Errorf("%s is\n%s\nwant\n%s", span.Name(), got, want)
			}
		}
	})
}

// TestSpansOfFailures checks the spans of what fails, is retried or times out, and that none has what a user wrote, or a secret.
func TestSpansOfFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setting{})
		defer r.stop()
		r.say(time.Second, "Fail", "Panic")
		r.say(10*time.Second, "Again")
		r.say(10*time.Second, "Slow")
		r.server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 3})
		r.say(10*time.Second, "Reply one")
		r.server.Fail("sendMessage", tgtest.Fault{Code: 403})
		r.say(10*time.Second, "Reply")
		r.say(20*time.Second, "Hang")

		for name, want := range map[string]string{"process Fail": "_OTHER", "process Panic": "panic", "process Slow": "timeout", "process Hang": "timeout"} {
			s := r.one(name)
			if s.Status().Code != codes.Error || s.Status().Description != want || attrsOf(s)["error.type"] != want {
				t.Errorf("%s is %s", name, describeSpan(s))
			}
		}
		if s := r.one("process Hang"); s.EndTime().Sub(s.StartTime()) != 5*time.Second {
			t.Errorf("the span of a handler that hangs takes %v", s.EndTime().Sub(s.StartTime()))
		}

		again := r.named("process Again")
		if len(again) != 3 {
			t.Fatalf("there are %d attempts", len(again))
		}
		for i, s := range again {
			attempt := attrsOf(s)["tggen.attempt"]
			if i == 0 {
				if len(s.Links()) != 0 || attempt != "" {
					t.Errorf("the first attempt is %s with %v", describeSpan(s), s.Links())
				}
				continue
			}
			if len(s.Links()) != 1 || !s.Links()[0].SpanContext.Equal(again[i-1].SpanContext()) || attempt != fmt.Sprint(i+1) {
				t.Errorf("attempt %d is %s with %v", i+1, describeSpan(s), s.Links())
			}
		}
		if again[2].Status().Code != codes.Unset {
			t.Errorf("the last attempt is %s", describeSpan(again[2]))
		}

		calls := r.named("sendMessage")
		if len(calls) != 2 {
			t.Fatalf("there are %d calls", len(calls))
		}
		if events := calls[0].Events(); len(events) != 1 || events[0].Name != "retry" || fmt.Sprint(events[0].Attributes) != `[{"error.type":"429"} {"tggen.wait":3}]` {
			t.Errorf("the call that was refused has the events %v", events)
		}
		if calls[0].Status().Code != codes.Unset || calls[1].Status().Description != "403" {
			t.Errorf("the calls are %s and %s", describeSpan(calls[0]), describeSpan(calls[1]))
		}

		chat := fmt.Sprint(r.alice.ID)
		for _, s := range r.spans.Ended() {
			text := fmt.Sprint(s.Name(), describeSpan(s), s.Events())
			for _, secret := range []string{r.server.Token, r.server.URL, "alice", "Alice", "hello", "=" + chat + " "} {
				if strings.Contains(text+" ", secret) {
					t.Errorf("%q is in the span %s", secret, text)
				}
			}
		}
	})
}

// TestIDs checks that a span has the ids of its chat and user if that is asked for.
func TestIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setting{otel: func(c *otel.Config) { c.IDs = true }})
		defer r.stop()
		r.say(time.Second, "Ok")
		id := fmt.Sprint(r.alice.ID)
		if attrs := attrsOf(r.one("process Ok")); attrs["tggen.chat.id"] != id || attrs["tggen.user.id"] != id {
			t.Errorf("the span has %v, and the id is %s", attrs, id)
		}
	})
}

// TestNotSampled checks that nothing is recorded if the sampler decides against it, and that the author's spans know it.
func TestNotSampled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setting{sampler: sdktrace.NeverSample()})
		defer r.stop()
		var seen trace.SpanContext
		r.handle["Mine"] = func(ctx context.Context, ev *telegram.Event) error {
			ctx, span := r.provider.Tracer("author").Start(ctx, "mine")
			defer span.End()
			seen = trace.SpanContextFromContext(ctx)
			if err := r.handle["Count"](ctx, ev); err != nil {
				return err
			}
			return r.handle["Reply"](ctx, ev)
		}
		r.say(time.Second, "Mine")
		if n := len(r.spans.Started()); n != 0 {
			t.Errorf("%d spans were recorded", n)
		}
		if !seen.IsValid() || seen.IsSampled() {
			t.Errorf("the author's span is %v, sampled: %v", seen, seen.IsSampled())
		}
		if n := total(r.metrics()["tggen.session.operation.duration"], "").count; n != 2 {
			t.Errorf("the store was called %d times", n)
		}
	})
}

// TestHooks checks that the hooks and the contexts that are derived from that of a handler are in the trace, and end with it.
func TestHooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		contexts := make(map[string]trace.SpanContext)
		note := func(what string, ctx context.Context) {
			mu.Lock()
			defer mu.Unlock()
			contexts[what] = trace.SpanContextFromContext(ctx)
		}
		seen := func(what string) trace.SpanContext {
			mu.Lock()
			defer mu.Unlock()
			return contexts[what]
		}
		r := newRig(t, setting{config: func(c *telegram.Config) {
			c.OnError = func(ctx context.Context, ev *telegram.Event, err error) { note("error", ctx) }
			c.OnTimeout = func(ctx context.Context, ev *telegram.Event) { note("timeout", ctx) }
		}})
		defer r.stop()
		r.handle["Derived"] = func(ctx context.Context, _ *telegram.Event) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			context.AfterFunc(ctx, func() { note("ended", ctx) })
			note("derived", ctx)
			<-ctx.Done()
			return nil
		}
		r.say(time.Second, "Fail")
		if got := r.one("process Fail").SpanContext(); !seen("error").Equal(got) {
			t.Errorf("the error hook is in %v, and the update in %v", seen("error"), got)
		}
		r.say(20*time.Second, "Derived")
		update := r.one("process Derived").SpanContext()
		for _, what := range []string{"timeout", "derived", "ended"} {
			if !seen(what).Equal(update) {
				t.Errorf("%s is in %v, and the update in %v", what, seen(what), update)
			}
		}
	})
}

// TestLogs checks that the lines about an update have its trace, and have it once.
func TestLogs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own := new(logBuffer)
		r := newRig(t, setting{opts: []telegram.Option{
			telegram.WithLogger(slog.New(otel.LogHandler(slog.NewJSONHandler(own, nil)))),
		}})
		defer r.stop()
		mine := slog.New(otel.LogHandler(slog.NewJSONHandler(own, nil)))
		r.handle["Log"] = func(ctx context.Context, _ *telegram.Event) error {
			telegram.Logger(ctx).Info("by the logger of the context")
			telegram.Logger(ctx).InfoContext(ctx, "by both")
			mine.With("a", 1).InfoContext(ctx, "by the author's logger")
			mine.InfoContext(context.Background(), "without a context")
			return errBroken
		}
		r.say(time.Second, "Log")
		r.say(20*time.Second, "Hang")
		log, hang := r.one("process Log").SpanContext(), r.one("process Hang").SpanContext()
		for message, want := range map[string]trace.SpanContext{
			"by the logger of the context": log, "by both": log, "by the author's logger": log, "handler failed": log,
			"handler timed out": hang, "handler is stuck, its constraints are released": hang, "without a context": {},
		} {
			lines := own.lines(t, message)
			if len(lines) != 1 {
				t.Errorf("there are %d lines %q", len(lines), message)
				continue
			}
			var got, span any
			if want.IsValid() {
				got, span = want.TraceID().String(), want.SpanID().String()
			}
			if lines[0]["trace_id"] != got || lines[0]["span_id"] != span {
				t.Errorf("%q has the trace %v and the span %v, want %v and %v", message, lines[0]["trace_id"], lines[0]["span_id"], got, span)
			}
		}
		for line := range strings.Lines(own.String()) {
			if strings.Count(line, "trace_id") > 1 {
				t.Errorf("the trace is twice in %s", line)
			}
		}
	})
}
