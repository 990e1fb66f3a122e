//go:build linux

package bench

import (
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/tggen/tggen/runtime/telegram/internal/corpus"
)

const (
	corpusSeed = 1
	corpusSize = 4_000

	// firstID has as many digits as all later ids, so that an id can be written over that of an update of the corpus.
	firstID = 100_000_000

	maxUpdates = 100 // in one reply
)

// updates returns the corpus. The server sends it again and again, each time with the next ids.
func updates() []string { return corpus.Updates(corpusSeed, corpusSize) }

// A flood is a Bot API server that does as little as possible for an update. A bot gets the updates that were granted to it,
// at once or each at its time of arrival.
type flood struct {
	updates     []string
	certificate []byte       // that the TLS listener shows, in PEM
	delay       atomic.Int64 // of the answer to a sendMessage
	refused     atomic.Int64 // the chat to which every message is refused; 0: none
	refusals    atomic.Int64 // how many were

	mu   sync.Mutex
	bots map[string]*queue
}

// A queue is the updates of one bot.
type queue struct {
	mu       sync.Mutex
	end      int64         // one past the last id granted
	changed  chan struct{} // closed when end has changed
	arrivals []int64       // when the last updates arrive, in ns since 1970; the others are there at once
}

// serve is the main function of the server's process. It prints its URL, and ends when its input is closed.
func serve() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	certificate, trusted := newCertificate()
	secure, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13})
	check(err)
	f := &flood{updates: updates(), certificate: trusted, bots: make(map[string]*queue)}
	go http.Serve(listener, f)
	go http.Serve(secure, f)
	fmt.Printf("http://%s https://%s\n", listener.Addr(), secure.Addr())
	io.Copy(io.Discard, os.Stdin)
}

func (f *flood) bot(token string) *queue {
	f.mu.Lock()
	defer f.mu.Unlock()
	q := f.bots[token]
	if q == nil {
		q = &queue{end: firstID, changed: make(chan struct{})}
		f.bots[token] = q
	}
	return q
}

func (f *flood) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	before, method := path.Split(r.URL.Path)
	token, isBot := strings.CutPrefix(strings.Trim(before, "/"), "bot")
	switch {
	case isBot && method == "getUpdates":
		f.getUpdates(w, r, f.bot(token))
	case isBot && method == "getMe":
		io.WriteString(w, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Bench","username":"bench_bot"}}`)
	case isBot && method == "sendMessage":
		f.sendMessage(w, r)
	case method == "certificate":
		w.Write(f.certificate)
	case method == "refuse":
		f.refused.Store(number(r.FormValue("chat")))
		fmt.Fprint(w, f.refusals.Swap(0))
	case method == "delay":
		f.delay.Store(number(r.FormValue("ns")))
	case method == "grant":
		f.bot(r.FormValue("token")).grant(number(r.FormValue("n")))
	case method == "pace":
		f.bot(r.FormValue("token")).pace(number(r.FormValue("n")), number(r.FormValue("rate")))
	case method == "arrivals":
		binary.Write(w, binary.LittleEndian, f.bot(r.FormValue("token")).arrivals)
	default:
		http.NotFound(w, r)
	}
}

// number parses a number in a request; it is 0 if the request has no such parameter.
func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// grant adds n updates that can be fetched at once.
func (q *queue) grant(n int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.end += n
	close(q.changed)
	q.changed = make(chan struct{})
}

// pace adds n updates that arrive at random times, rate of them a second on average.
func (q *queue) pace(n, rate int64) {
	q.mu.Lock()
	at := float64(time.Now().Add(100 * time.Millisecond).UnixNano())
	q.arrivals = make([]int64, n)
	random := rand.New(rand.NewPCG(corpusSeed, uint64(rate)))
	for i := range q.arrivals {
		at += random.ExpFloat64() / float64(rate) * 1e9
		q.arrivals[i] = int64(at)
	}
	q.mu.Unlock()
	q.grant(n)
}

// getUpdates answers a poll. Its parameters are a JSON object, in which gotgbot writes numbers as strings, or a form.
func (f *flood) getUpdates(w http.ResponseWriter, r *http.Request, q *queue) {
	offset, limit, timeout := parameters(r)
	offset = max(offset, firstID)
	if limit == 0 {
		limit = maxUpdates
	}
	n := q.await(r, offset, min(limit, maxUpdates), time.Duration(timeout)*time.Second)
	body := f.reply(offset, n)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

func parameters(r *http.Request) (offset, limit, timeout int64) {
	if r.Header.Get("Content-Type") != "application/json" {
		return number(r.FormValue("offset")), number(r.FormValue("limit")), number(r.FormValue("timeout"))
	}
	var values struct {
		Offset, Limit, Timeout json.Number
	}
	if err := json.NewDecoder(r.Body).Decode(&values); err != nil {
		panic(http.ErrAbortHandler)
	}
	return number(values.Offset.String()), number(values.Limit.String()), number(values.Timeout.String())
}

// await waits until there is an update with the id offset. It returns how many updates there are from that id on, at most
// limit.
func (q *queue) await(r *http.Request, offset, limit int64, timeout time.Duration) int64 {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		q.mu.Lock()
		end, changed := q.end, q.changed
		first := end - int64(len(q.arrivals)) // the first id with a time of arrival
		arrivals := q.arrivals
		q.mu.Unlock()
		switch {
		case offset < first:
			return min(limit, first-offset)
		case offset < end:
			return awaitArrival(arrivals[offset-first:], limit)
		}
		select {
		case <-changed:
		case <-timer.C:
			return 0
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
}

// awaitArrival waits for the first arrival, and returns how many updates have arrived by then. It spins at the end of the
// wait, because a sleep ends late.
func awaitArrival(arrivals []int64, limit int64) (n int64) {
	const spin = 80 * time.Microsecond
	now := time.Now().UnixNano()
	for left := arrivals[0] - now; left > 0; left = arrivals[0] - now {
		if sleep := left - int64(spin); sleep > 0 {
			ts := syscall.NsecToTimespec(sleep)
			syscall.Nanosleep(&ts, nil) // if it is interrupted, the loop sleeps again
		}
		now = time.Now().UnixNano()
	}
	for n < min(limit, int64(len(arrivals))) && arrivals[n] <= now {
		n++
	}
	return n
}

// reply returns the body of a reply with the n updates from id on.
func (f *flood) reply(id, n int64) []byte {
	const before = len(`{"update_id":`)
	body := make([]byte, 0, 64+int(n)*1_600)
	body = append(body, `{"ok":true,"result":[`...)
	for i := range n {
		if i > 0 {
			body = append(body, ",\n"...)
		}
		start := len(body) + before
		body = append(body, f.updates[(id+i)%int64(len(f.updates))]...)
		strconv.AppendInt(body[start:start], id+i, 10)
	}
	return append(body, `]}`...)
}
