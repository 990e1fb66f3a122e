package otel_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

var encoder = attribute.DefaultEncoder()

// TestMetrics plays a bot through failures, time-outs, retries, calls and commits, and checks what each instrument has then.
func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setting{})
		defer r.stop()
		r.say(time.Second, "Ok", "Ok", "Fail", "Panic", "Reply", "Count", "Count", "nothing that a handler matches")
		r.say(10*time.Second, "Again")
		r.say(20*time.Second, "Slow", "Ok")
		r.server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 3})
		r.say(10*time.Second, "Reply")
		r.server.Fail("sendMessage", tgtest.Fault{Code: 403})
		r.say(time.Second, "Reply")
		r.server.Fail("getUpdates", tgtest.Fault{Code: 502, Times: 2})
		r.say(time.Minute, "Ok")
		bob := r.server.User("Bob")
		bob.Send("Hang")
		time.Sleep(15 * time.Second)
		bob.Send("Ok")
		bob.Send("Slow")
		time.Sleep(time.Second)
		got := r.metrics()

		for _, want := range []struct {
			instrument, attrs string
			count             int64
		}{
			{"messaging.process.duration", "messaging.system=telegram messaging.operation.name=process", 17},
			{"messaging.process.duration", "tggen.handler=Ok messaging.destination.name=message", 5},
			{"messaging.process.duration", "tggen.handler=Ok error.type", 0},
			{"messaging.process.duration", "tggen.handler=Fail error.type=_OTHER", 1},
			{"messaging.process.duration", "tggen.handler=Panic error.type=panic", 1},
			{"messaging.process.duration", "tggen.handler=Again error.type=_OTHER", 2},
			{"messaging.process.duration", "tggen.handler=Again", 3},
			{"messaging.process.duration", "tggen.handler=Slow error.type=timeout", 1},
			{"messaging.process.duration", "tggen.handler=Reply error.type=403", 1},
			{"messaging.process.duration", "tggen.handler=Reply", 3},
			{"messaging.process.duration", "tggen.handler=none", 1},
			{"messaging.process.duration", "tggen.handler=Hang", 0},
			{"messaging.client.consumed.messages", "messaging.system=telegram messaging.operation.name=receive messaging.destination.name=message", 17},
			{"tggen.update.wait.duration", "messaging.destination.name=message", 19},
			{"tggen.handlers.retries", "tggen.handler=Again error.type=_OTHER", 2},
			{"tggen.handlers.timeouts", "tggen.handler=Slow", 1},
			{"tggen.handlers.timeouts", "tggen.handler=Hang", 1},
			{"tggen.handlers.abandoned", "tggen.handler=Hang", 1},
			{"tggen.handlers.stuck", "tggen.handler=Hang", 1},
			{"tggen.backlog", "tggen.state=running", 1},
			{"tggen.backlog", "tggen.state=queued", 0},
			{"tggen.backlog", "tggen.state=retrying", 0},
			{"tggen.call.duration", "tggen.method=sendMessage", 3},
			{"tggen.call.duration", "tggen.method=sendMessage error.type=403", 1},
			{"tggen.call.duration", "tggen.method=getMe", 1},
			{"tggen.call.retries", "tggen.method=sendMessage error.type=429", 1},
			{"tggen.call.waits", "tggen.method=sendMessage error.type=429", 1},
			{"tggen.session.operation.duration", "tggen.session.operation=load", 2},
			{"tggen.session.operation.duration", "tggen.session.operation=commit", 2},
			{"tggen.poll.failures", "tggen.method=getUpdates error.type=502", 2},
			{"tggen.poll.stalled", "", 0},
		} {
			if count := total(got[want.instrument], want.attrs).count; count != want.count {
				t.Errorf("%s with %q is %d, want %d: %v", want.instrument, want.attrs, count, want.count, got[want.instrument])
			}
		}
		for instrument, want := range map[string][2]float64{ // at least and at most
			"tggen.call.waits":                    {3, 3},
			"tggen.call.duration":                 {3, 3},
			"tggen.oldest.age":                    {0.99, 1},
			"tggen.poll.age":                      {0, 1},
			"tggen.backlog.size":                  {500, 5000},
			"messaging.client.operation.duration": {60, 120},
			"messaging.process.duration":          {8, 9}, // the time-out, and the wait of a call
		} {
			if sum := total(got[instrument], "").sum; sum < want[0] || sum > want[1] {
				t.Errorf("%s is %v, want %v to %v", instrument, sum, want[0], want[1])
			}
		}
	})
}

// TestLateHandlerReturns checks that a handler that was abandoned is reported with 0 when it has returned.
func TestLateHandlerReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setting{})
		defer r.stop()
		if got := r.metrics()["tggen.handlers.abandoned"]; len(got) != 1 || got[0].count != 0 {
			t.Errorf("before: %v", got)
		}
		r.say(8*time.Second, "Hang")
		got := r.metrics()
		if total(got["tggen.handlers.abandoned"], "tggen.handler=Hang").count != 1 || total(got["tggen.handlers.stuck"], "").count != 0 {
			t.Errorf("after the time-out: %v %v", got["tggen.handlers.abandoned"], got["tggen.handlers.stuck"])
		}
		time.Sleep(time.Minute)
		got = r.metrics()
		if late := got["tggen.handlers.abandoned"]; len(late) != 2 || total(late, "").count != 0 {
			t.Errorf("at the end: %v", late)
		}
		if took := total(got["messaging.process.duration"], "tggen.handler=Hang error.type=timeout"); took.count != 1 || took.sum != 60 {
			t.Errorf("the handler took %v", got["messaging.process.duration"])
		}
	})
}

// TestDropped checks that updates that no handler wants are counted. Telegram sends them after a change of allowed_updates.
func TestDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setting{config: func(c *telegram.Config) { c.AllowedUpdates = []string{"message", "inline_query"} }})
		defer r.stop()
		r.alice.Ask("something")
		time.Sleep(time.Second)
		if got := r.metrics()["tggen.updates.dropped"]; total(got, "messaging.destination.name=inline_query").count != 1 {
			t.Errorf("dropped: %v", got)
		}
	})
}

// TestStalled checks that a bot is reported that has no room.
func TestStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setting{config: func(c *telegram.Config) {
			c.Concurrency, c.Backlog, c.Timeout = 1, 1, time.Hour
		}})
		defer r.stop()
		r.say(30*time.Second, "Hang", "Ok")
		if got := r.metrics()["tggen.poll.stalled"]; total(got, "").count != 1 {
			t.Errorf("while there is no room: %v", got)
		}
		time.Sleep(time.Minute)
		if got := r.metrics()["tggen.poll.stalled"]; len(got) != 1 || got[0].count != 0 {
			t.Errorf("when there is room again: %v", got)
		}
	})
}

// TestQueueMetrics checks the instruments of a bot with a queue.
func TestQueueMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setting{
			config: func(c *telegram.Config) {
				c.Queue = telegram.QueueConfig{Partitions: 4}
				c.Retry = telegram.Retry{Attempts: 2, Backoff: time.Second}
			},
			opts: []telegram.Option{telegram.WithQueue(queue.NewMemory())},
		})
		defer r.stop()
		r.say(10*time.Second, "Ok", "Fail")
		r.say(time.Second, "Slow")
		got := r.metrics()
		for name, want := range map[string]int64{
			"tggen.queue.backlog": 1, "tggen.queue.held": 1, "tggen.queue.dead_letters": 1, "tggen.queue.processes": 1,
			"tggen.queue.partitions": 4, "tggen.queue.leading": 1, "tggen.queue.failing": 0,
		} {
			if p := got[name]; len(p) != 1 || p[0].count != want {
				t.Errorf("%s is %v, want %d", name, p, want)
			}
		}
	})
}

// TestEveryInstrumentIsTested checks that the tests of this file name each instrument of the package documentation.
func TestEveryInstrumentIsTested(t *testing.T) {
	names := documented(t)
	if len(names) < 20 {
		t.Fatalf("the documentation has only %v", names)
	}
	source, err := os.ReadFile("metrics_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !strings.Contains(string(source), `"`+name+`"`) {
			t.Errorf("no test checks %s", name)
		}
	}
	made, err := os.ReadFile("instruments.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\("((?:messaging|tggen)\.[a-z_.]+)"`).FindAllSubmatch(made, -1) {
		if name := string(m[1]); !slices.Contains(names, name) {
			t.Errorf("doc.go does not have %s", name)
		}
	}
}

// documented returns the names of instruments in doc.go.
func documented(t *testing.T) (names []string) {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	section, _, _ := strings.Cut(string(text), "The attributes are:")
	for _, m := range regexp.MustCompile(`(?m)^//\t((?:messaging|tggen)\.[a-z_.]+)  `).FindAllStringSubmatch(section, -1) {
		names = append(names, m[1])
	}
	return names
}

// TestCardinality checks that 10,000 chats and users make no more series than one.
func TestCardinality(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setting{config: func(c *telegram.Config) { c.Sessions = nil }})
		defer r.stop()
		series := func() map[string]int {
			counts := make(map[string]int)
			for name, points := range r.metrics() {
				counts[name] = len(points)
			}
			return counts
		}
		push := func(chats int) {
			for i := range chats {
				who := fmt.Sprintf(`{"id":%d,"first_name":"A"`, 1_000_000+i)
				for _, word := range []string{"Ok", "Fail"} {
					body, err := tgtest.Encode(fmt.Sprintf(`{"message":{"message_id":%d,"date":1,"text":"%s %d","from":%s,"is_bot":false},"chat":%s,"type":"private"}}}`,
						i+1, word, i, who, who))
					if err != nil {
						t.Fatal(err)
					}
					r.server.PushBatch(body)
				}
			}
			time.Sleep(10 * time.Second)
			synctest.Wait()
		}
		push(1)
		before := series()
		push(10_000)
		if after := series(); !maps.Equal(before, after) {
			t.Errorf("one chat makes %v, and 10,000 make %v", before, after)
		}
		got := r.metrics()
		if n := total(got["messaging.process.duration"], "").count; n != 20_002 {
			t.Errorf("%d updates were handled", n)
		}
		for name, points := range got {
			for _, p := range points {
				if regexp.MustCompile(`\d{4,}`).MatchString(p.attrs) {
					t.Errorf("%s has an attribute with an id: %s", name, p.attrs)
				}
			}
		}
	})
}
