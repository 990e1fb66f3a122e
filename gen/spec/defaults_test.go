package spec

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/calls"
)

// TestDefaultsAreThoseOfTheSchemaAndTheRuntime checks that a key has one default. The constants of this package, the JSON
// Schema and the runtime each state it, and generated code relies on the runtime for keys that the spec does not have.
func TestDefaultsAreThoseOfTheSchemaAndTheRuntime(t *testing.T) {
	root := newValidator(t).root
	properties := func(definition string) map[string]any {
		if definition == "spec" {
			return root["properties"].(map[string]any)
		}
		return root["definitions"].(map[string]any)[definition].(map[string]any)["properties"].(map[string]any)
	}
	constant := telegramConstants(t)
	sinks := map[telegram.SinkMode]Sink{
		telegram.Sharded: SinkSharded, telegram.Concurrent: SinkConcurrent, telegram.Batch: SinkBatch, telegram.Sequential: SinkSequential,
	}
	timeoutKeys := map[telegram.TimeoutKey]TimeoutKey{telegram.Hold: TimeoutHold, telegram.Release: TimeoutRelease}
	deliveries := map[telegram.Delivery]Delivery{telegram.AtMostOnce: DeliverAtMostOnce, telegram.AtLeastOnce: DeliverAtLeastOnce}
	retries := map[telegram.RetryInterval]RetryKind{
		telegram.RetryExponential: RetryExponential, telegram.RetryQuadratic: RetryQuadratic, telegram.RetryFixed: RetryFixed,
	}
	conflicts := map[telegram.Conflict]Conflict{telegram.ConflictWait: ConflictWait, telegram.ConflictFail: ConflictFail}
	sources := map[telegram.UpdateSource]Source{telegram.SourceAuto: SourceAuto, telegram.SourcePolling: SourcePolling, telegram.SourceWebhook: SourceWebhook}
	registrations := map[telegram.WebhookRegistration]Register{telegram.RegisterChanged: RegisterChanged, telegram.RegisterNever: RegisterNever}
	var config telegram.Config

	cases := []struct {
		definition, key string
		spec            any
		// runtime is the default of the runtime. Nil: generated code always states the value.
		runtime any
	}{
		{"spec", "concurrency", DefaultConcurrency, runtime.DefaultConcurrency},
		{"spec", "backlog", DefaultBacklog, runtime.DefaultBacklog},
		{"spec", "sink", DefaultSink, sinks[config.Sink]},
		{"spec", "timeout", DefaultTimeout, nil},
		{"timeout", "key", DefaultTimeoutKey, timeoutKeys[config.TimeoutKey]},
		{"spec", "stop_timeout", DefaultStopTimeout, telegram.DefaultStopTimeout},
		{"spec", "delivery", DefaultDelivery, deliveries[config.Delivery]},
		{"spec", "source", DefaultSource, sources[config.Source]},
		{"spec", "allowed_updates", "auto", nil},
		{"spec", "constraints", DefaultConstraint, nil},
		{"spec", "match", DefaultMatch, nil},
		{"spec", "register_commands", false, config.RegisterCommands},
		{"polling", "timeout", DefaultPollTimeout, constant["defaultPollTimeout"]},
		{"polling", "speed_traffic_balance", DefaultSpeedTrafficBalance, config.Polling.SpeedTrafficBalance},
		{"polling", "max_delay", DefaultMaxDelay, constant["defaultMaxDelay"]},
		{"polling", "on_conflict", DefaultOnConflict, conflicts[config.Polling.OnConflict]},
		{"backlog", "updates", DefaultBacklog, runtime.DefaultBacklog},
		{"backlog", "bytes", sizeText(DefaultBacklogBytes), sizeText(telegram.DefaultBacklogBytes)},
		{"retry", "backoff", DefaultBackoff, runtime.DefaultBackoff},
		{"retry", "max_backoff", DefaultMaxBackoff, runtime.DefaultMaxBackoff},
		{"polling.retry", "interval", DefaultRetry, retries[config.Polling.Retry.Interval]},
		{"polling.retry", "max_elapsed", DefaultMaxElapsed, constant["defaultMaxElapsed"]},
		{"calls.retry", "attempts", DefaultCallAttempts, calls.DefaultAttempts},
		{"calls.retry", "max_wait", DefaultCallMaxWait, calls.DefaultMaxWait},
		{"calls", "journal", false, config.Calls.Journal},
		{"webhook", "listen", DefaultListen, telegram.DefaultListen},
		{"webhook", "path", DefaultWebhookPath, telegram.DefaultWebhookPath},
		{"webhook", "connections", DefaultConnections, telegram.DefaultWebhookConnections},
		{"webhook", "answer_within", DefaultAnswerWithin, constant["defaultAnswerWithin"]},
		{"webhook", "register", DefaultRegister, registrations[config.Webhook.Register]},
		{"queue", "partitions", DefaultPartitions, nil},
		{"queue", "attempts", DefaultQueueAttempts, queue.DefaultAttempts},
		{"polling", "drop_pending", false, config.Polling.DropPending},
		{"handler", "prefixes", DefaultPrefixes, nil},
		{"handler", "edited", false, nil},
		{"handler", "caption", false, nil},
		{"handler", "continue", false, nil},
		{"session", "version", DefaultSessionVersion, nil},
		{"state", "external", false, nil},
	}
	for _, c := range cases {
		if c.runtime != nil && c.runtime != c.spec {
			t.Errorf("%s %s: the default is %v in the spec, and %v in the runtime", c.definition, c.key, c.spec, c.runtime)
		}
		if got, want := properties(c.definition)[c.key].(map[string]any)["default"], schemaDefault(c.spec); got != want {
			t.Errorf("%s %s: the default is %v in the schema, want %v", c.definition, c.key, got, want)
		}
	}

	if got := strings.Count(string(Schema()), `"default": `); got != len(cases) {
		t.Errorf("the schema has %d defaults, and this test %d", got, len(cases))
	}

	// The longest time that a poll may be held is written twice as well.
	longest := constant["maxPollTimeout"]
	for wait, right := range map[time.Duration]bool{longest: true, longest + time.Second: false} {
		_, list := Parse("spec.yaml", []byte("version: 1\npolling: {timeout: "+wait.String()+"}\nhandlers: [{name: A, on: message}]\n"))
		if (len(list) == 0) != right {
			t.Errorf("polling timeout %v: %v; the runtime accepts up to %v", wait, list, longest)
		}
	}
}

// schemaDefault is a default as the schema states it, after decoding.
func schemaDefault(value any) any {
	switch value := value.(type) {
	case int:
		return float64(value)
	case time.Duration:
		return durationText(value)
	case Sink:
		return string(value)
	case TimeoutKey:
		return string(value)
	case Delivery:
		return string(value)
	case Match:
		return string(value)
	case Source:
		return string(value)
	case Conflict:
		return string(value)
	case Register:
		return string(value)
	case RetryKind:
		return string(value)
	}
	return value
}

// telegramConstants returns the durations among the constants of runtime/telegram that it does not export, by name. It reads
// them from the source.
func telegramConstants(t *testing.T) map[string]time.Duration {
	t.Helper()
	files, err := filepath.Glob("../../runtime/telegram/*.go")
	if err != nil {
		t.Fatal(err)
	}
	units := map[string]time.Duration{"Millisecond": time.Millisecond, "Second": time.Second, "Minute": time.Minute, "Hour": time.Hour}
	declaration := regexp.MustCompile(`(?m)^\s+(\w+)\s+= (\d+) \* time\.(Millisecond|Second|Minute|Hour)$`)
	found := map[string]time.Duration{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range declaration.FindAllStringSubmatch(string(source), -1) {
			n, err := strconv.Atoi(match[2])
			if err != nil {
				t.Fatal(err)
			}
			found[match[1]] = time.Duration(n) * units[match[3]]
		}
	}
	for _, name := range []string{"defaultPollTimeout", "maxPollTimeout", "defaultMaxDelay", "defaultMaxElapsed"} {
		if found[name] == 0 {
			t.Fatalf("runtime/telegram has no constant %s", name)
		}
	}
	return found
}
