//go:build unix

package jetstream_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjetstream "github.com/nats-io/nats.go/jetstream"
)

// freePort returns a port that nobody uses now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// connect waits until a server with JetStream answers.
func connect(t *testing.T, url string) natsjetstream.JetStream {
	t.Helper()
	for start := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
		if err == nil {
			js, err := natsjetstream.New(nc)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			_, err = js.AccountInfo(ctx)
			cancel()
			if err == nil {
				t.Cleanup(nc.Close)
				return js
			}
			nc.Close()
		}
		if time.Since(start) > time.Minute {
			t.Fatalf("no server answers: %v", err)
		}
	}
}

// TestKillInFleet has three workers on one server. It kills and stops workers and kills the server, while messages come.
func TestKillInFleet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	port := freePort(t)
	s := child{Port: port, Dir: filepath.Join(dir, "data"), Name: "a"}
	url := fmt.Sprintf("nats://127.0.0.1:%d", port)
	served := s.start(t)
	connect(t, url)
	const rate = 500
	seconds := 5 + 4**kills
	w := child{URL: url, Log: filepath.Join(dir, "log"), Rate: rate, Pause: 20 * time.Millisecond, Total: rate * seconds}
	workers := []*running{w.start(t)}
	waitFor(t, w.Log, 100, time.Minute)
	workers = append(workers, w.start(t), w.start(t)) // 1 -> 3
	for round := range *kills {
		waitFor(t, w.Log, min(w.Total, len(readJournal(t, w.Log).first)+rate), time.Minute)
		time.Sleep(rand.N(time.Second))
		victim := rand.IntN(len(workers))
		switch round % 3 {
		case 0:
			t.Log("killing a worker")
			workers[victim].kill()
			workers[victim] = w.start(t)
		case 1:
			t.Log("killing the server")
			served.kill()
			served = s.start(t)
		case 2:
			t.Log("stopping a worker for 8 seconds")
			_ = workers[victim].Process.Signal(syscall.SIGSTOP)
			time.Sleep(8 * time.Second)
			_ = workers[victim].Process.Signal(syscall.SIGCONT)
		}
	}
	waitFor(t, w.Log, w.Total/2, 2*time.Minute)
	workers[0].kill() // 3 -> 1
	workers[1].kill()
	waitFor(t, w.Log, w.Total, 3*time.Minute).check(t, w.Total)
}

// TestKillInCluster has two workers on a cluster of three servers, and kills the one that leads the stream.
func TestKillInCluster(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var servers []child
	var routes []string
	var all string
	for i := range 3 {
		c := child{Port: freePort(t), Cluster: freePort(t), Name: fmt.Sprint("s", i), Dir: filepath.Join(dir, fmt.Sprint("data", i))}
		servers = append(servers, c)
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", c.Cluster))
		all += fmt.Sprintf(",nats://127.0.0.1:%d", c.Port)
	}
	all = all[1:]
	served := make(map[string]*running)
	for i := range servers {
		servers[i].Routes = routes
		served[servers[i].Name] = servers[i].start(t)
	}
	js := connect(t, all)
	const rate = 500
	rounds := max(1, *kills/4)
	w := child{URL: all, Replicas: 3, Log: filepath.Join(dir, "log"), Rate: rate, Pause: 20 * time.Millisecond, Total: rate * (4 + 6*rounds)}
	w.start(t)
	w.start(t)
	for range rounds {
		waitFor(t, w.Log, min(w.Total, len(readJournal(t, w.Log).first)+3*rate), 2*time.Minute)
		leader := leaderOf(t, js)
		served[leader].kill()
		killed := time.Now()
		before := readJournal(t, w.Log)
		after := waitFor(t, w.Log, min(w.Total, len(before.first)+rate/2), 2*time.Minute)
		t.Logf("the leader %s was killed: %d messages in the next %v", leader, len(after.first)-len(before.first), time.Since(killed).Round(100*time.Millisecond))
		for _, c := range servers {
			if c.Name == leader {
				served[leader] = c.start(t)
			}
		}
	}
	waitFor(t, w.Log, w.Total, 3*time.Minute).check(t, w.Total)
}

// leaderOf returns the name of the server that leads the stream of the messages.
func leaderOf(t *testing.T, js natsjetstream.JetStream) string {
	t.Helper()
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(100 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		stream, err := js.Stream(ctx, "tggen-queue-bot")
		cancel()
		if err == nil && stream.CachedInfo().Cluster != nil && stream.CachedInfo().Cluster.Leader != "" {
			return stream.CachedInfo().Cluster.Leader
		}
	}
	t.Fatal("the stream has no leader")
	return ""
}
