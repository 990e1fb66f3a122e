package otel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// TestHandlersAreBounded checks that handlers that a hand-written dispatch makes up add no series without end.
func TestHandlersAreBounded(t *testing.T) {
	var all updates
	seen := make(map[*series]bool)
	for i := range maxSeries {
		seen[all.find(updateKey{handler: fmt.Sprint("Handler", i), kind: wire.KindMessage})] = true
	}
	if len(seen) != maxSeries {
		t.Errorf("%d handlers have %d series", maxSeries, len(seen))
	}
	set := func(s *series) string {
		attrs := metric.NewRecordConfig(s.record).Attributes()
		return attrs.Encoded(attribute.DefaultEncoder())
	}
	many, more := all.find(updateKey{handler: "One more"}), all.find(updateKey{handler: "And another"})
	if set(many) != set(more) || !strings.Contains(set(many), other) {
		t.Errorf("further handlers have the series %s and %s", set(many), set(more))
	}
	if n := len(*all.all.Load()); n != maxSeries {
		t.Errorf("the table has %d series", n)
	}
}

// TestMethodsAreBounded checks that methods that the Bot API does not have share a series.
func TestMethodsAreBounded(t *testing.T) {
	var all calls
	for i := range 1000 {
		if all.of(fmt.Sprint("madeUp", i), "") != all.of("another", "") {
			t.Fatal("two methods that do not exist have two series")
		}
	}
	send := all.of("sendMessage", "")
	if send == all.of("another", "") || send != all.of("sendMessage", "") {
		t.Error("sendMessage has no series of its own")
	}
	if n := len(*all.all.Load()); n != 2 {
		t.Errorf("the table has %d series", n)
	}
}

// TestErrorType checks what the types of errors are.
func TestErrorType(t *testing.T) {
	for want, errs := range map[string][]error{
		"":         {nil},
		"400":      {&gotgbot.TelegramError{Code: 400}, fmt.Errorf("sending: %w", &telegram.APIError{Code: 400})},
		"599":      {&telegram.APIError{Code: 599}},
		"_OTHER":   {errors.New("alice"), &telegram.APIError{Code: 200}, &gotgbot.TelegramError{Code: 123456}, &telegram.HandlerError{Err: errors.New("x")}},
		"flood":    {&telegram.FloodError{Err: &gotgbot.TelegramError{Code: 429}}},
		"migrated": {&telegram.MigratedError{Err: &gotgbot.TelegramError{Code: 400}}},
		"panic":    {runtime.NewPanicError("x"), runtime.ErrGoexit, &telegram.HandlerError{Err: runtime.NewPanicError(context.Canceled)}},
		"timeout":  {runtime.ErrTimeout, context.DeadlineExceeded, &net.OpError{Err: os.ErrDeadlineExceeded}},
		"canceled": {fmt.Errorf("waiting: %w", context.Canceled)},
		"stopped":  {errors.Join(telegram.ErrStopped, context.Canceled)},
		"session":  {&telegram.SessionError{Err: errors.New("x")}},
		"conflict": {&telegram.SessionError{Err: session.ErrConflict}},
		"journal":  {&telegram.JournalError{Err: errors.New("x")}},
		"poison":   {&telegram.PoisonError{}},
		"usage":    {&telegram.UsageError{}},
		"callback": {&telegram.CallbackError{Err: errors.New("x")}},
		"network":  {&net.OpError{Err: errors.New("connection refused")}},
	} {
		for _, err := range errs {
			if got := ErrorType(err); got != want {
				t.Errorf("the type of %#v is %q, want %q", err, got, want)
			}
		}
	}
}

// TestMeasuringAllocatesNothing checks what an update costs that is handled without an error.
func TestMeasuringAllocatesNothing(t *testing.T) {
	o, err := New(Config{
		MeterProvider:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader())),
		TracerProvider: noop.NewTracerProvider(),
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := telegram.NewEnvelope([]byte(`{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(1000, func() {
		o.Queued(u, 0)
		o.Started(u, 0, time.Millisecond)
		if values, end := o.TraceUpdate(background, u, 1); values != nil || end != nil {
			t.Error("there is a span")
		}
		o.Finished(u, 0, time.Millisecond, nil)
		o.Called("sendMessage", time.Millisecond, nil)
	}); n != 0 {
		t.Errorf("an update allocates %v times", n)
	}
}
