package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// bury gives up messages of a queue in a folder.
func bury(t *testing.T, dir string, n int) {
	t.Helper()
	ctx := t.Context()
	c, err := jetstream.Open(ctx, jetstream.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	q, err := c.Queue().Open(ctx, queue.Config{Name: "bot1", Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	for id := 1; id <= n; id++ {
		if err := q.Publish(ctx, nil, []queue.Message{{ID: int64(id), Data: fmt.Appendf(nil, "update %d", id)}}); err != nil {
			t.Fatal(err)
		}
		deliveries, err := q.Receive(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Dead(ctx, deliveries[0], errors.New("first line\nsecond line")); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestDead lists, shows, replays and drops letters.
func TestDead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	bury(t, dir, 105)
	call := func(command string, numbers ...string) (string, error) {
		var out strings.Builder
		err := run(t.Context(), append([]string{"dead", command, "-dir", dir, "-queue", "bot1"}, numbers...), &out)
		return out.String(), err
	}
	want := func(lines int) string {
		t.Helper()
		text, err := call("list")
		if err != nil || strings.Count(text, "\n") != lines {
			t.Fatalf("list: %q, %v, want %d lines", text, err, lines)
		}
		return text
	}
	if text := want(105); !strings.Contains(text, "\tid 1\tpartition 0\tattempts 1\tfirst line\n") || strings.Contains(text, "second") {
		t.Errorf("list: %q", text)
	}
	if text, err := call("show", "2"); err != nil || !strings.Contains(text, "cause      first line\nsecond line\n\nupdate 2\n") {
		t.Errorf("show: %q, %v", text, err)
	}
	if _, err := call("replay", "1", "2"); err != nil {
		t.Errorf("replay: %v", err)
	}
	if _, err := call("drop", "3"); err != nil {
		t.Errorf("drop: %v", err)
	}
	want(102)
	for _, command := range []string{"show", "replay", "drop"} {
		if _, err := call(command, "1"); !errors.Is(err, queue.ErrNotFound) || !strings.Contains(err.Error(), "letter 1") {
			t.Errorf("%s of a letter that is gone: %v", command, err)
		}
	}
	c, err := jetstream.Open(t.Context(), jetstream.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	q, err := c.Queue().Open(t.Context(), queue.Config{Name: "bot1", Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	for id := int64(1); id <= 2; id++ {
		deliveries, err := q.Receive(t.Context(), 1)
		if err != nil || deliveries[0].ID != id {
			t.Fatalf("the replayed message is %v, %v", deliveries, err)
		}
	}
	if _, err := call("list"); err == nil || !strings.Contains(err.Error(), "another process uses it") {
		t.Errorf("the folder of a running bot: %v", err)
	}
	if err := q.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestInvalid checks the messages of wrong calls.
func TestInvalid(t *testing.T) {
	dir := t.TempDir()
	for args, want := range map[string]string{
		"":                               "usage",
		"live list":                      "usage",
		"dead li":                        "usage",
		"dead list":                      "-queue is missing",
		"dead list -queue a 1":           "usage",
		"dead show -queue a":             "usage",
		"dead show -queue a 1 2":         "usage",
		"dead drop -queue a":             "usage",
		"dead drop -queue a x":           `"x" is not the number`,
		"dead list -x":                   "not defined: -x",
		"dead list -queue a -dir /none":  "/none",
		"dead list -queue a -dir " + dir: `finding the queue "a"`,
	} {
		if err := run(t.Context(), strings.Fields(args), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("jetstream %s: %v, want %q", args, err, want)
		}
	}
}
