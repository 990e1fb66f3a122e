package jetstream_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/session/sessiontest"
)

// startServer starts a server that listens on loopback and returns its URL.
func startServer(t *testing.T) string {
	t.Helper()
	return runServer(t).ClientURL()
}

// runServer starts a server that listens on loopback. It stops with the test.
func runServer(t *testing.T) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the server does not start")
	}
	return s
}

func openStore(t *testing.T, config jetstream.Config) session.Store {
	t.Helper()
	c, err := jetstream.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	store, err := c.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// TestStore holds the store to what package session promises, each of its tests with streams of its own on one server.
func TestStore(t *testing.T) {
	url := startServer(t)
	names := map[string]string{}
	sessiontest.RunPersistent(t, func(t *testing.T, at sessiontest.Place) session.Store {
		if names[at.Dir] == "" {
			names[at.Dir] = "place" + string(rune('A'+len(names)/26)) + string(rune('A'+len(names)%26))
		}
		return openStore(t, jetstream.Config{URL: url, Name: names[at.Dir], Now: at.Now})
	})
}

// TestServerInProcess writes to a server in the process, which another process cannot open meanwhile, and reads what it wrote after
// a restart.
func TestServerInProcess(t *testing.T) {
	config := jetstream.Config{Dir: filepath.Join(t.TempDir(), "a", "b")}
	ctx := t.Context()
	commit := func() {
		t.Helper()
		c, err := jetstream.Open(ctx, config)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		store, err := c.Store(ctx)
		if err != nil {
			t.Fatal(err)
		}
		records, err := store.Load(ctx, []string{"a/b"})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Commit(ctx, []session.Write{records[0].Put(append(records[0].Data, 'x'), time.Time{})}); err != nil {
			t.Fatal(err)
		}
		if records, err = store.Scan(ctx, "a/", "", 10); err != nil || len(records) != 1 || records[0].Key != "a/b" {
			t.Fatalf("scanned %v, %v", records, err)
		}
		t.Logf("%q", records[0].Data)
		if second, err := jetstream.Open(ctx, config); err == nil {
			second.Close()
			t.Error("the folder was opened twice")
		}
	}
	commit()
	commit()
	c, err := jetstream.Open(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	store, err := c.Store(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if records, err := store.Load(ctx, []string{"a/b"}); err != nil || string(records[0].Data) != "xx" {
		t.Errorf("loaded %q, %v", records[0].Data, err)
	}
	c.Close()
	c.Close()
	if _, err := store.Load(ctx, []string{"a/b"}); err == nil {
		t.Error("a closed store loads")
	}
}

// TestOpenFails opens what cannot be opened.
func TestOpenFails(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for name, config := range map[string]jetstream.Config{
		"no server":        {URL: "nats://127.0.0.1:1"},
		"name with a star": {Dir: t.TempDir(), Name: "a*"},
		"no folder":        {Dir: "/dev/null/x"},
	} {
		if c, err := jetstream.Open(ctx, config); err == nil {
			c.Close()
			t.Errorf("%s: opened", name)
		}
	}
}

// TestTooManyPending opens a connection with more messages in hand than the marks of a partition could name.
func TestTooManyPending(t *testing.T) {
	if _, err := jetstream.Open(t.Context(), jetstream.Config{Dir: t.TempDir(), Pending: 4097}); err == nil {
		t.Error("it is opened")
	}
}

// TestSilentStore stops the server. A call fails soon, although its context would let it wait for much longer, so that it can be made again.
func TestSilentStore(t *testing.T) {
	t.Parallel()
	s := runServer(t)
	store := openStore(t, jetstream.Config{URL: s.ClientURL()})
	records, err := store.Load(t.Context(), []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	s.Shutdown()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	start := time.Now()
	if _, err := store.Load(ctx, []string{"a"}); err == nil || time.Since(start) > time.Minute {
		t.Errorf("Load returned %v after %v", err, time.Since(start))
	}
	if err := store.Commit(ctx, []session.Write{records[0].Put([]byte("1"), time.Time{})}); err == nil || time.Since(start) > time.Minute {
		t.Errorf("Commit returned %v after %v", err, time.Since(start))
	}
}
