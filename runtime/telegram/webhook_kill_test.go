package telegram_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

// With -args -webhookterms 30 -webhookkills 60, TestG7_G8_WebhookReplicas is longer than a run of all tests can wait for.
var (
	webhookTerms = flag.Int("webhookterms", 4, "how many times TestG7_G8_WebhookReplicas sends a SIGTERM to a replica")
	webhookKills = flag.Int("webhookkills", 6, "how many times TestG7_G8_WebhookReplicas kills a replica")
)

// hookVariables makes the journal bot take webhooks.
func hookVariables(listen string) []string {
	return []string{"BOT_WEBHOOK_URL=http://bot.example.com", "BOT_WEBHOOK_LISTEN=" + listen, "BOT_WEBHOOK_SECRET=" + hookSecret}
}

// A replica is a process that is started again whenever it has ended.
type replica struct {
	listen  string
	command *exec.Cmd
	log     *bytes.Buffer
}

// freeAddress returns an address that nobody listens on. Its port is out of the range from which connections get theirs,
// so that it stays free while its replica is down.
func freeAddress(t *testing.T) string {
	for range 1000 {
		address := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if listener, err := net.Listen("tcp", address); err == nil {
			listener.Close()
			return address
		}
	}
	t.Fatal("there is no free port")
	return ""
}

// awaitListening waits until the replica takes connections.
func (r *replica) awaitListening(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) { // until another process listens
		conn, err := net.Dial("tcp", r.listen)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no replica listens on %s: %v\n%s", r.listen, err, r.log)
		}
	}
}

// balance is a proxy that passes each request to the next replica. If that replica is gone, the answer is 502.
func balance(t *testing.T, replicas []*replica) *httptest.Server {
	var next atomic.Int64
	transport := &http.Transport{MaxIdleConnsPerHost: 40}
	t.Cleanup(transport.CloseIdleConnections)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target := replicas[int(next.Add(1))%len(replicas)].listen
		out, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+target+"/telegram", r.Body)
		if err != nil {
			panic(err)
		}
		out.Header, out.ContentLength = r.Header, r.ContentLength
		response, err := transport.RoundTrip(out)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer response.Body.Close()
		if wait := response.Header.Get("Retry-After"); wait != "" {
			w.Header().Set("Retry-After", wait)
		}
		w.WriteHeader(response.StatusCode)
		_, _ = io.Copy(w, response.Body)
	}))
	t.Cleanup(proxy.Close)
	return proxy
}

// TestG7_G8_WebhookReplicas delivers messages to three replicas behind a proxy, and ends replicas at random moments: with
// SIGTERM, or with SIGKILL. Every update must be handled at least once, and the messages of a chat in order.
func TestG7_G8_WebhookReplicas(t *testing.T) {
	server := tgtest.NewServer(t, tgtest.WithPatience(time.Minute))
	journal := filepath.Join(t.TempDir(), "journal")
	start := func(r *replica) {
		r.command, r.log = startJournalBot(t, server, journal, hookVariables(r.listen)...)
	}
	var replicas []*replica
	for range 3 {
		r := &replica{listen: freeAddress(t)}
		start(r)
		r.awaitListening(t)
		replicas = append(replicas, r)
		t.Cleanup(func() {
			if t.Failed() {
				_ = r.command.Process.Kill() // it may have ended
			}
		})
	}
	p := newPusher(t, balance(t, replicas).URL, hookSecret, 40)
	p.hurry = 10
	quit, pushed := make(chan struct{}), make(chan int)
	var ended sync.Once
	go func() {
		const chats = 37
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for n := 0; ; {
			select {
			case <-quit:
				pushed <- n
				return
			case <-ticker.C:
			}
			for range rand.N(24) {
				chat := 1 + n%chats
				p.push(fmt.Sprint("chat ", chat), int64(n+1), delivered(int64(n+1), chat, 1+n/chats))
				n++
			}
		}
	}()
	defer ended.Do(func() { close(quit) })
	for i, signal := range shuffledSignals() {
		r := replicas[i%len(replicas)]
		time.Sleep(rand.N(150 * time.Millisecond)) // a random moment for the kill or the stop
		if err := r.command.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := r.command.Wait(); signal == syscall.SIGTERM && err != nil {
			t.Errorf("a replica ended with %v\n%s", err, r.log)
		}
		start(r)
		r.awaitListening(t)
	}
	ended.Do(func() { close(quit) })
	n := <-pushed
	done := make(chan struct{})
	go func() {
		p.wait()
		close(done)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatal("not every update is confirmed")
	}
	for _, r := range replicas {
		if err := r.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := r.command.Wait(); err != nil {
			t.Errorf("a replica ended with %v\n%s", err, r.log)
		}
	}
	repeats := audit(t, journal, n)
	t.Logf("%d SIGTERM, %d SIGKILL, %d updates, %d handled again", *webhookTerms, *webhookKills, n, repeats)
}

// shuffledSignals returns the signals that the test sends.
func shuffledSignals() []os.Signal {
	var signals []os.Signal
	for range *webhookTerms {
		signals = append(signals, syscall.SIGTERM)
	}
	for range *webhookKills {
		signals = append(signals, syscall.SIGKILL)
	}
	rand.Shuffle(len(signals), func(i, j int) { signals[i], signals[j] = signals[j], signals[i] })
	return signals
}
