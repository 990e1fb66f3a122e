// Command telemetry is an echo bot that is measured and traced with OpenTelemetry. Prometheus reads what it measures from /metrics, and
// dashboard.json is a dashboard of Grafana for it. Kubernetes asks /livez and /readyz.
//
//	cd example/telemetry && BOT_TOKEN=... go run .
//	curl localhost:8081/metrics
package main

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/tggen/tggen/runtime/otel"
	"github.com/tggen/tggen/runtime/telegram"
)

//go:generate go tool tggen

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	slog.SetDefault(slog.New(otel.LogHandler(slog.NewJSONHandler(os.Stderr, nil))))
	if err := run(ctx, "localhost:8081"); err != nil {
		log.Fatal(err)
	}
}

// run runs the bot, and serves what it measures and its health at the address.
func run(ctx context.Context, address string, opts ...telegram.Option) error {
	metrics := prometheus.NewRegistry()
	reader, err := exporter.New(exporter.WithRegisterer(metrics), exporter.WithoutScopeInfo())
	if err != nil {
		return err
	}
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	defer meters.Shutdown(context.WithoutCancel(ctx))
	// One update in a hundred is traced. To send the traces somewhere, add sdktrace.WithBatcher with an exporter, such as that of
	// go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc.
	traces := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(0.01))))
	defer traces.Shutdown(context.WithoutCancel(ctx))

	observer, err := otel.New(otel.Config{MeterProvider: meters, TracerProvider: traces})
	if err != nil {
		return err
	}
	defer observer.Close()
	b, err := New(bot{}, append(opts, telegram.WithObserver(observer))...)
	if err != nil {
		return err
	}

	pages := http.NewServeMux()
	pages.Handle("/", b.Health()) // /livez, /readyz and /statusz
	pages.Handle("/metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	server := &http.Server{Addr: address, Handler: pages, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("nobody can read the metrics", "error", err) // the bot goes on
		}
	}()
	defer server.Close()
	return b.Run(ctx)
}
