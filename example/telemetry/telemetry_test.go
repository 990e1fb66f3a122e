package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// TestTelemetry talks to the bot, and reads its pages and what it measures.
func TestTelemetry(t *testing.T) {
	page := play(t)
	for _, want := range []string{
		`messaging_process_duration_seconds_count{error_type="_OTHER",messaging_destination_name="message",messaging_operation_name="process",messaging_system="telegram",tggen_handler="Fail"} 3`,
		`tggen_handlers_retries_total{`, `tggen_handlers_timeouts_total{`, `tggen_call_duration_seconds_count{`, `tggen_call_retries_total{`,
		`tggen_handler="Echo"`, `tggen_method="sendMessage"`, "\ntggen_oldest_age_seconds ", "\ntggen_poll_age_seconds ",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("/metrics has no %s:\n%s", want, page)
		}
	}
}

// metricName finds the names of metrics in an expression of Prometheus. Its functions and labels look different.
var metricName = regexp.MustCompile(`\b(?:messaging|tggen)_[a-z_]+\b`)

// labels are those that the dashboard may use.
var labels = regexp.MustCompile(`^(?:tggen_(?:handler|method|state|session_operation)|messaging_destination_name|error_type)$`)

// TestDashboard checks that each metric and each label in an expression of the dashboard exists in what the bot exports.
func TestDashboard(t *testing.T) {
	expressions := expressionsOf(t)
	if len(expressions) < 10 {
		t.Fatalf("the dashboard has only %d expressions", len(expressions))
	}
	page := play(t)
	for _, expression := range expressions {
		found := 0
		for _, name := range metricName.FindAllString(expression, -1) {
			if labels.MatchString(name) {
				if !strings.Contains(page, name+`="`) {
					t.Errorf("%q has the label %s, which no metric has", expression, name)
				}
				continue
			}
			found++
			if !regexp.MustCompile(`(?m)^` + name + `(?:\{| )`).MatchString(page) {
				t.Errorf("%q has the metric %s, which the bot does not export", expression, name)
			}
		}
		if found == 0 {
			t.Errorf("%q has no metric", expression)
		}
	}
}

// expressionsOf returns the expressions of all panels and variables.
func expressionsOf(t *testing.T) (all []string) {
	t.Helper()
	text, err := os.ReadFile("dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard any
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				if text, ok := value.(string); ok && key == "expr" {
					all = append(all, text)
				}
				walk(value)
			}
		case []any:
			for _, value := range v {
				walk(value)
			}
		}
	}
	walk(dashboard)
	return all
}

// play talks to the bot until everything that it measures has happened, and returns /metrics.
func play(t *testing.T) (page string) {
	t.Helper()
	server := tgtest.NewServer(t)
	server.Fail("getUpdates", tgtest.Fault{Code: 502})
	address := freeAddress(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, address, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL),
			telegram.WithConfig(func(c *telegram.Config) { c.Timeout, c.Retry.Backoff = 3*time.Second, time.Millisecond }))
	}()
	alice, bob := server.User("Alice"), server.User("Bob")
	bob.Send("/slow")
	bob.Send("That took a while.")
	alice.Send("/start")
	alice.Expect("Hello! Send me something.")
	alice.Send("/fail")
	server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 1})
	alice.Send("Is anybody there?")
	alice.Expect("Is anybody there?")
	bob.Expect("That took a while.")
	for _, path := range []string{"/livez", "/readyz", "/statusz"} {
		get(t, address, path)
	}
	page = get(t, address, "/metrics")
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the bot ended with %v", err)
	}
	return page
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func get(t *testing.T, address, path string) string {
	t.Helper()
	answer, err := http.Get("http://" + address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %s, %v: %s", path, answer.Status, err, body)
	}
	return string(body)
}
