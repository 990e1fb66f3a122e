package inbox

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// slowID is the id of an update that takes longer than the time for a body.
const slowID = 777

// serve starts a server whose inbox hands each update to nobody but a goroutine that ends it at once.
func serve(t *testing.T, change func(*Config), most int) (*Inbox, string) {
	t.Helper()
	in := newInbox(change)
	server, err := Listen(t.Context(), ServerConfig{Address: "127.0.0.1:0", Path: "/telegram", MaxIdle: most, ReadTime: in.config.ReadTime}, in)
	if err != nil {
		t.Fatal(err)
	}
	server.Serve(func(err error) { t.Errorf("serving: %v", err) })
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			entries, err := in.Take(ctx, 10)
			if err != nil {
				return
			}
			for _, e := range entries {
				if e.Header.ID == slowID {
					time.AfterFunc(3*in.config.ReadTime, func() { in.Done(e) })
					continue
				}
				in.Done(e)
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		server.Shutdown(context.Background())
	})
	return in, server.Address().String()
}

// A conn is a client's connection.
type conn struct {
	net.Conn
	answers *bufio.Reader
}

func dial(t *testing.T, address string) *conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return &conn{c, bufio.NewReader(c)}
}

// send writes a request. It ignores errors, because the server may have answered and closed the connection.
func (c *conn) send(headers, body string) {
	_, _ = fmt.Fprintf(c, "POST /telegram HTTP/1.1\r\nHost: h\r\n%s\r\n\r\n%s", headers, body)
}

func (c *conn) status(t *testing.T) int {
	t.Helper()
	answer, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

const secretLine = "X-Telegram-Bot-Api-Secret-Token: " + testSecret + "\r\n"

// wantTaken checks that the next update is taken.
func wantTaken(t *testing.T, address string, id int) {
	t.Helper()
	c := dial(t, address)
	c.send(fmt.Sprintf("%sContent-Length: %d", secretLine, len(update(id))), update(id))
	if s := c.status(t); s != http.StatusOK {
		t.Errorf("the next update gets %d", s)
	}
}

// What is not a delivery of the server is refused before its body is there, or as soon as it breaks a bound, and the next
// update is taken.
func TestBadRequests(t *testing.T) {
	in, address := serve(t, func(c *Config) { c.ReadTime = 300 * time.Millisecond }, 100)
	const gigabyte = "Content-Length: 1000000000"
	for name, c := range map[string]struct {
		headers, body string
		status        int
	}{
		"no secret":          {gigabyte, "", 401},
		"empty secret":       {"X-Telegram-Bot-Api-Secret-Token: \r\n" + gigabyte, "", 401},
		"wrong secret":       {"X-Telegram-Bot-Api-Secret-Token: " + testSecret + "x\r\n" + gigabyte, "", 401},
		"half a secret":      {"X-Telegram-Bot-Api-Secret-Token: " + testSecret[:4] + "\r\n" + gigabyte, "", 401},
		"two secrets":        {"X-Telegram-Bot-Api-Secret-Token: x\r\n" + secretLine + gigabyte, "", 401},
		"no secret, chunked": {"Transfer-Encoding: chunked", "", 401},
		"1 GB":               {secretLine + gigabyte, "", 413},
		"1 GB in chunks":     {secretLine + "Transfer-Encoding: chunked", "40000000\r\n" + strings.Repeat("x", 1<<20+1), 413},
		"a slow body":        {secretLine + "Content-Length: 1000", "{", 408},
		"a slow chunk":       {secretLine + "Transfer-Encoding: chunked", "1\r\n{\r\n", 408},
	} {
		t.Run(name, func(t *testing.T) {
			client := dial(t, address)
			client.send(c.headers, c.body)
			if s := client.status(t); s != c.status {
				t.Errorf("status %d, want %d", s, c.status)
			}
			if _, err := client.answers.ReadByte(); err == nil {
				t.Error("the connection stays open")
			}
		})
	}
	for method, status := range map[string]string{"GET": "405", "DELETE": "405"} {
		client := dial(t, address)
		fmt.Fprintf(client, "%s /telegram HTTP/1.1\r\nHost: h\r\n%s\r\n", method, secretLine)
		if s := fmt.Sprint(client.status(t)); s != status {
			t.Errorf("%s: %s", method, s)
		}
	}
	client := dial(t, address)
	fmt.Fprintf(client, "POST /elsewhere HTTP/1.1\r\nHost: h\r\n%s%s\r\n\r\n", secretLine, gigabyte)
	if s := client.status(t); s != http.StatusNotFound {
		t.Errorf("another path gets %d", s)
	}
	wantTaken(t, address, 1)
	if in.mu.Lock(); in.bytes != 0 {
		t.Errorf("%d bytes are left", in.bytes)
	}
	in.mu.Unlock()
}

// A body that comes one byte after the other does not keep its connection: the time is for the whole body.
func TestOneByteAtATime(t *testing.T) {
	_, address := serve(t, func(c *Config) { c.ReadTime = 300 * time.Millisecond }, 100)
	client := dial(t, address)
	client.send(secretLine+"Content-Length: 1000000", "")
	stop := make(chan struct{})
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		ticker := time.NewTicker(10 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				if _, err := client.Write([]byte(" ")); err != nil {
					return
				}
			}
		}
	}()
	if s := client.status(t); s != http.StatusRequestTimeout {
		t.Errorf("status %d", s)
	}
	close(stop)
	<-sent
	wantTaken(t, address, 1)
}

// The time for a body does not bound the time of its update.
func TestSlowUpdateIsAnswered(t *testing.T) {
	in, address := serve(t, func(c *Config) { c.ReadTime = 200 * time.Millisecond }, 100)
	client := dial(t, address)
	for id := slowID; id < slowID+2; id++ { // the connection is of use afterwards
		client.send(fmt.Sprintf("%sContent-Length: %d", secretLine, len(update(id))), update(id))
		if s := client.status(t); s != http.StatusOK {
			t.Errorf("status %d", s)
		}
	}
	if s := in.Stats(); s.Refused != 0 {
		t.Errorf("%d deliveries were given up", s.Refused)
	}
}

// Whatever the length of a body is, its connection is closed without waiting for it if the request has no secret.
func TestStrangersDoNotWait(t *testing.T) {
	_, address := serve(t, func(c *Config) { c.ReadTime = time.Hour }, 100)
	for _, length := range []int{1, 100_000, 300_000, 1 << 30} {
		client := dial(t, address)
		client.send(fmt.Sprintf("Content-Length: %d", length), "")
		if s := client.status(t); s != http.StatusUnauthorized {
			t.Errorf("status %d", s)
		}
		_, err := client.answers.ReadByte()
		if e, ok := err.(net.Error); err == nil || ok && e.Timeout() {
			t.Errorf("%d bytes: the connection stays open: %v", length, err)
		}
	}
}

// A stranger who sends requests and reads no answers does not keep its connection.
func TestUnreadAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, conns, handed := newInbox(nil), newIdleConns(10), newHandedListener(nil)
		server := newHTTP(ServerConfig{Path: "/telegram", Probes: http.NotFoundHandler()}, in, conns, readTime)
		go func() { _ = server.Serve(handed) }()
		client, end := net.Pipe() // it holds nothing, so the server cannot write
		defer client.Close()
		handed.give(end)
		begin := time.Now()
		stay := time.AfterFunc(time.Hour, func() { client.Close() })
		for err := error(nil); err == nil; {
			_, err = io.WriteString(client, "GET /livez HTTP/1.1\r\nHost: h\r\n\r\n")
		}
		if took := time.Since(begin); took != readTime+in.config.AnswerWithin+readTime {
			t.Errorf("closed after %v", took)
		}
		stay.Stop()
		_ = server.Close()
	})
}

// Connections that carry no request are bounded, also if a part of a request has come: of 10,000 strangers, those that came first are
// closed.
func TestIdleConnections(t *testing.T) {
	const most, strangers = 50, 10_000
	in, address := serve(t, nil, most)
	var idle []*conn
	for i := range strangers {
		c := dial(t, address)
		if i%2 == 0 {
			_, _ = io.WriteString(c, "POST /telegram HTTP/1.1\r\nHo")
		}
		if idle = append(idle, c); len(idle) <= most {
			continue
		}
		first := idle[0]
		if _, err := first.answers.ReadByte(); err == nil {
			t.Fatalf("stranger %d got an answer", i-most)
		} else if e, ok := err.(net.Error); ok && e.Timeout() {
			t.Fatalf("the connection of stranger %d stays open", i-most)
		}
		_ = first.Close()
		idle = idle[1:]
	}
	wantTaken(t, address, 1)
	if s := in.Stats(); s.Taken != 1 || s.Refused != 0 {
		t.Errorf("%+v", s)
	}
}

// A pipeEnd is a connection that knows whether it was closed.
type pipeEnd struct {
	net.Conn
	closed bool
}

func (p *pipeEnd) Close() error {
	p.closed = true
	return nil
}

// The connection that has been idle longest is closed, and none that carries a request.
func TestIdleLongest(t *testing.T) {
	idle := newIdleConns(3)
	conns := make([]*pipeEnd, 10)
	var model []int // the idle ones, the one that is idle longest first
	for i := range conns {
		conns[i] = new(pipeEnd)
	}
	for range 10_000 {
		i := rand.IntN(len(conns))
		to := []http.ConnState{http.StateNew, http.StateActive, http.StateIdle, http.StateClosed}[rand.IntN(4)]
		model = slices.DeleteFunc(model, func(j int) bool { return j == i })
		if to == http.StateNew || to == http.StateIdle {
			model = append(model, i)
		}
		closed := -1
		if len(model) > 3 {
			closed, model = model[0], model[1:]
		}
		idle.changed(conns[i], to)
		for j, c := range conns {
			if c.closed != (j == closed) {
				t.Fatalf("connection %d: closed is %v", j, c.closed)
			}
			c.closed = false
		}
		if len(idle.conns) > len(conns) || idle.idle != len(model) {
			t.Fatalf("%d connections, %d of them idle; want %d", len(idle.conns), idle.idle, len(model))
		}
	}
}
