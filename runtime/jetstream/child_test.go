package jetstream_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// childVariable makes the test binary a process of a test: a worker or a server, which a test kills.
const childVariable = "JETSTREAM_TEST_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childVariable); text != "" {
		var c child
		err := json.Unmarshal([]byte(text), &c)
		if err == nil {
			err = c.main()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A child says what a process of a test does.
type child struct {
	// A server:
	Port    int      // of clients; 0 if the child is a worker
	Dir     string   // of a server, or of a worker with a server in the process
	Name    string   // in the cluster
	Cluster int      // the port for the other servers
	Routes  []string // of the other servers

	// A worker:
	URL      string
	Replicas int
	Log      string // the file of what was handled
	Total    int    // the highest ID
	Rate     int    // IDs in a second
	Poison   int64  // the ID that ends the process
	Pause    time.Duration
}

const (
	childPartitions = 16
	childKeys       = 100
	childAttempts   = 5
)

func (c *child) main() error {
	go func() { // the test is over
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if c.Port != 0 {
		return c.serve()
	}
	return c.work()
}

func (c *child) serve() error {
	options := &server.Options{
		ServerName: c.Name, Host: "127.0.0.1", Port: c.Port, JetStream: true, StoreDir: c.Dir, SyncAlways: len(c.Routes) == 0, NoSigs: true, NoLog: true,
	}
	if len(c.Routes) > 0 {
		options.Cluster = server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: c.Cluster}
		for _, r := range c.Routes {
			u, err := url.Parse(r)
			if err != nil {
				return err
			}
			options.Routes = append(options.Routes, u)
		}
	}
	s, err := server.NewServer(options)
	if err != nil {
		return err
	}
	s.Start()
	s.WaitForShutdown()
	return nil
}

// work polls, if it has the lease, and handles what it receives, those with one key one after another.
func (c *child) work() error {
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	connection, err := jetstream.Open(ctx, jetstream.Config{URL: c.URL, Dir: c.Dir, Replicas: c.Replicas, Logger: log})
	if err != nil {
		return err
	}
	var q queue.Queue
	for start := time.Now(); ; {
		q, err = connection.Queue().Open(ctx, queue.Config{Name: "bot", Partitions: childPartitions, Attempts: childAttempts, Logger: log})
		if err == nil {
			break
		}
		if time.Since(start) > 45*time.Second { // a cluster elects its leaders first
			return err
		}
	}
	file, err := os.OpenFile(c.Log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	go c.poll(ctx, q)
	var mu sync.Mutex
	lanes := make(map[int][]*queue.Delivery)
	handle := func(key int) {
		for {
			mu.Lock()
			lane := lanes[key]
			if len(lane) == 0 {
				delete(lanes, key)
				mu.Unlock()
				return
			}
			d := lane[0]
			lanes[key] = lane[1:]
			mu.Unlock()
			if q.Begin(ctx, d) != nil {
				continue
			}
			if d.ID == c.Poison {
				os.Exit(3)
			}
			fmt.Fprintf(file, "%d %d %d %d\n", key, d.ID, d.Attempt, os.Getpid()) // one write, so lines do not mix
			time.Sleep(rand.N(c.Pause + 1))
			q.Done(d)
		}
	}
	for {
		deliveries, err := q.Receive(ctx, 64)
		if err != nil {
			return err
		}
		for _, d := range deliveries {
			key, _ := strconv.Atoi(string(d.Data))
			mu.Lock()
			_, busy := lanes[key]
			lanes[key] = append(lanes[key], d)
			mu.Unlock()
			if !busy {
				go handle(key)
			}
		}
	}
}

// poll publishes the IDs up to the total, from where the last lease ended.
func (c *child) poll(ctx context.Context, q queue.Queue) {
	for {
		l, err := q.Lead(ctx)
		if err != nil {
			continue
		}
		for l.Context().Err() == nil {
			last, _ := l.Last()
			if last >= int64(c.Total) {
				return
			}
			n := min(rand.IntN(100)+1, c.Total-int(last))
			var batch []queue.Message
			for i := range n {
				id := last + int64(i) + 1
				key := int(id*7919) % childKeys
				batch = append(batch, queue.Message{ID: id, Partition: key % childPartitions, Data: []byte(strconv.Itoa(key))})
			}
			if err := q.Publish(ctx, l, batch); errors.Is(err, queue.ErrLost) {
				break
			} else if err == nil && rand.IntN(4) == 0 {
				_ = q.Publish(ctx, l, batch) // a poller that does not know that it was stored
			}
			time.Sleep(time.Duration(n) * time.Second / time.Duration(c.Rate))
		}
	}
}

// A running is a child process.
type running struct {
	*exec.Cmd
	stdin io.Closer
}

// start starts a child. It ends with the test.
func (c child) start(t *testing.T) *running {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := &running{Cmd: cmd, stdin: stdin}
	t.Cleanup(r.kill)
	return r
}

// kill ends the child with SIGKILL.
func (r *running) kill() {
	if r.ProcessState == nil {
		_ = r.Process.Kill()
		_ = r.Wait()
	}
}

// A journal is what the workers of a test have handled.
type journal struct {
	lines, repeats int
	first          map[int64]bool
	reordered      []string
	attempts       map[int]int // lines by attempt
	processes      map[int]int // lines by process
}

// readJournal reads what was handled. The lines are in the order of time.
func readJournal(t *testing.T, file string) *journal {
	t.Helper()
	j := &journal{first: make(map[int64]bool), attempts: make(map[int]int), processes: make(map[int]int)}
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return j
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	highest := make(map[int]int64)
	for scanner := bufio.NewScanner(f); scanner.Scan(); {
		var key, attempt, process int
		var id int64
		if n, _ := fmt.Sscan(scanner.Text(), &key, &id, &attempt, &process); n != 4 {
			continue // the last line, which is being written
		}
		j.lines++
		j.attempts[attempt]++
		j.processes[process]++
		switch {
		case j.first[id]:
			j.repeats++
		case id < highest[key]:
			j.reordered = append(j.reordered, fmt.Sprintf("%d of key %d came after %d", id, key, highest[key]))
		}
		j.first[id] = true
		highest[key] = max(highest[key], id)
	}
	return j
}

// waitFor waits until n different messages were handled.
func waitFor(t *testing.T, file string, n int, timeout time.Duration) *journal {
	t.Helper()
	for start := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		j := readJournal(t, file)
		if len(j.first) >= n {
			return j
		}
		if time.Since(start) > timeout {
			t.Fatalf("only %d of %d messages were handled after %v", len(j.first), n, timeout)
		}
	}
}

// check checks that nothing was lost or reordered.
func (j *journal) check(t *testing.T, total int) {
	t.Helper()
	if len(j.first) != total {
		t.Errorf("%d of %d messages were handled", len(j.first), total)
	}
	if len(j.reordered) > 0 {
		t.Errorf("%d were reordered: %s", len(j.reordered), strings.Join(j.reordered[:min(len(j.reordered), 5)], ", "))
	}
	t.Logf("%d messages, %d repeats, by attempt %v, %d processes", total, j.repeats, j.attempts, len(j.processes))
}
