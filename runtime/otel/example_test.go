package otel_test

import (
	"context"
	"fmt"
	"log"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/tggen/tggen/runtime/otel"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A bot that is measured and traced. A real bot gives its providers an exporter.
func Example() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	reader, spans := sdkmetric.NewManualReader(), tracetest.NewSpanRecorder()
	observer, err := otel.New(otel.Config{
		MeterProvider:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)),
		TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer observer.Close()

	ctx, stop := context.WithCancel(context.Background())
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(ctx context.Context, ev *telegram.Event) error { // the generator writes this
			ev.Enter("Greet")
			defer stop()
			_, err := ev.Reply(ctx, "Hello!", nil)
			return err
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithObserver(observer))
	if err != nil {
		log.Fatal(err)
	}
	server.User("Alice").Send("hello")
	if err := bot.Run(ctx); err != nil {
		log.Fatal(err)
	}

	for _, span := range spans.Ended() {
		fmt.Println(span.SpanKind(), span.Name())
	}
	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		log.Fatal(err)
	}
	for _, m := range all.ScopeMetrics[0].Metrics {
		if took, ok := m.Data.(metricdata.Histogram[float64]); ok && m.Name == "messaging.process.duration" {
			handler, _ := took.DataPoints[0].Attributes.Value("tggen.handler")
			fmt.Println(m.Name, handler.AsString(), took.DataPoints[0].Count)
		}
	}
	// Output:
	// client sendMessage
	// consumer process Greet
	// messaging.process.duration Greet 1
}
