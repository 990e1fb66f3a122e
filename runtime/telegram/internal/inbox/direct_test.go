package inbox

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A line is a client of a directConn over a pipe, in a synctest bubble.
type line struct {
	net.Conn
	answers *bufio.Reader
	server  *Server
	ended   chan struct{} // closed when the server has closed the connection, or net/http has it
}

func newLine(t *testing.T, in *Inbox) *line {
	t.Helper()
	server := &Server{
		http: &http.Server{}, listener: newHandedListener(nil), handed: newHandedListener(nil), inbox: in, path: "/telegram", readTime: readTime, conns: newIdleConns(10),
	}
	return server.line(t)
}

// line connects one more client.
func (s *Server) line(t *testing.T) *line {
	t.Helper()
	client, end := net.Pipe()
	return s.connect(t, client, end)
}

func (s *Server) connect(t *testing.T, client, end net.Conn) *line {
	c := &directConn{Conn: end, server: s, place: s.conns.add(end)}
	l := &line{client, bufio.NewReader(client), s, make(chan struct{})}
	s.direct.Go(func() {
		defer close(l.ended)
		c.serve()
	})
	t.Cleanup(func() { client.Close() })
	return l
}

// delivery returns the bytes of a usual delivery.
func delivery(body string) string {
	return fmt.Sprintf("POST /telegram HTTP/1.1\r\nHost: h\r\n%sContent-Length: %d\r\n\r\n%s", secretLine, len(body), body)
}

// write sends a text in the background. It fails if the server closes the connection.
func (l *line) write(text string) { go func() { _, _ = io.WriteString(l, text) }() }

// answer reads an answer: its status, Retry-After, and whether the connection ends.
func (l *line) answer(t *testing.T) string {
	t.Helper()
	r, err := http.ReadResponse(l.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := time.Parse(http.TimeFormat, r.Header.Get("Date")); err != nil || !d.Equal(time.Now().Truncate(time.Second)) || r.ContentLength != 0 {
		t.Errorf("date %q: %v, %d bytes", r.Header.Get("Date"), err, r.ContentLength)
	}
	text := fmt.Sprint(r.StatusCode)
	if again := r.Header.Get("Retry-After"); again != "" {
		text += " " + again
	}
	if r.Close {
		text += " close"
	}
	return text
}

// wantClosed checks that the server closes the connection after a time.
func (l *line) wantClosed(t *testing.T, after time.Duration) {
	t.Helper()
	begin := time.Now()
	if n, err := l.answers.ReadByte(); err == nil {
		t.Errorf("got byte %q", n)
	}
	if took := time.Since(begin); took != after {
		t.Errorf("closed after %v, want %v", took, after)
	}
	<-l.ended
}

// However the bytes of deliveries arrive, each update is taken once and whole, and answered in order.
func TestDirectPieces(t *testing.T) {
	long := strings.TrimSuffix(update(3), "}") + strings.Repeat(" ", 3*bufferSize) + "}"
	text := delivery(update(1)) + delivery(update(2)) + delivery(long) + delivery(update(4))
	for _, piece := range []int{1, 2, 7, 100, 300, bufferSize, 1 << 20} {
		synctest.Test(t, func(t *testing.T) {
			in := newInbox(nil)
			l := newLine(t, in)
			go func() {
				for from := 0; from < len(text); from += piece {
					time.Sleep(100 * time.Microsecond)
					_, _ = io.WriteString(l, text[from:min(from+piece, len(text))])
				}
			}()
			for id := 1; id <= 4; id++ {
				e := take(t, in, 1)[0]
				if e.Header.ID != int64(id) || id == 3 && e.Raw != long {
					t.Errorf("pieces of %d bytes: %+v", piece, e)
				}
				in.Done(e)
				if a := l.answer(t); a != "200" {
					t.Errorf("pieces of %d bytes: answer %q", piece, a)
				}
			}
			l.Close()
			<-l.ended
			if in.bytes != 0 || in.requests != 0 || in.waiting != 0 {
				t.Errorf("%d bytes, %d requests and %d waiting are left", in.bytes, in.requests, in.waiting)
			}
		})
	}
}

// A client has 10 s for a request, and an idle connection 11 minutes, or half a minute less.
func TestDirectTimes(t *testing.T) {
	usual := delivery(update(1))
	for name, c := range map[string]struct {
		text   string
		after  time.Duration
		answer string
	}{
		"nothing":        {"", readTime, ""},
		"half a head":    {usual[:40], readTime, ""},
		"half a body":    {usual[:len(usual)-10], readTime, "408 close"},
		"all":            {usual, idleTime, "200"},
		"two":            {usual + usual, idleTime, "200 200"},
		"half of second": {usual + usual[:50], readTime, "200"},
		"half of body 2": {usual + usual[:len(usual)-1], readTime, "200 408 close"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := newInbox(func(c *Config) { c.Kinds = 0 }) // no kind is wanted, so that all is answered at once
				l := newLine(t, in)
				begin := time.Now()
				l.write(c.text)
				got, err := io.ReadAll(l.answers)
				if took := time.Since(begin); err != nil || took != c.after {
					t.Errorf("closed after %v, want %v: %v", took, c.after, err)
				}
				<-l.ended
				var answers []string
				for _, a := range strings.SplitAfter(string(got), "\r\n\r\n") {
					if a != "" {
						answers = append(answers, a[len("HTTP/1.1 "):len("HTTP/1.1 ")+3])
					}
					if strings.Contains(a, "Connection: close") {
						answers = append(answers, "close")
					}
				}
				if strings.Join(answers, " ") != c.answer {
					t.Errorf("answers %q, want %q", answers, c.answer)
				}
			})
		})
	}
}

// A connection stays open for as long as requests come, however long that is.
func TestDirectStaysOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(t, newInbox(func(c *Config) { c.Kinds = 0 }))
		for id := range 30 {
			l.write(delivery(update(id + 1)))
			if a := l.answer(t); a != "200" {
				t.Errorf("answer %q", a)
			}
			time.Sleep(idleTime - rearm - time.Second)
		}
	})
}

// A body that is cut off is invalid.
func TestDirectCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(nil)
		l := newLine(t, in)
		text := delivery(update(1))
		_, _ = io.WriteString(l, text[:len(text)-1])
		l.Close()
		<-l.ended
		if s := in.Stats(); s.Invalid != 1 || s.Taken != 0 || in.bytes != 0 || in.requests != 0 {
			t.Errorf("%+v, %d bytes, %d requests", s, in.bytes, in.requests)
		}
	})
}

// A delivery that was refused leaves its connection of use.
func TestDirectRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(nil)
		in.Refuse()
		l := newLine(t, in)
		for _, size := range []int{100, 3 * bufferSize, largeBody} {
			l.write(delivery(strings.Repeat("x", size)))
			if a := l.answer(t); !comesLater(a) {
				t.Errorf("%d bytes: answer %q", size, a)
			}
		}
	})
}

// A slow update is answered in time, and its deliveries join it. When its client goes away, the delivery does not wait any more.
// What the client sends meanwhile is read later.
func TestDirectSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(nil)
		l := newLine(t, in)
		begin := time.Now()
		l.write(delivery(update(1)))
		e := take(t, in, 1)[0]
		if a := l.answer(t); a != "503 2" || time.Since(begin) != in.config.AnswerWithin {
			t.Errorf("answer %q after %v", a, time.Since(begin))
		}
		other := l.server.line(t)
		l.write(delivery(update(1)) + delivery(update(1)))
		other.write(delivery(update(1)))
		time.Sleep(unwatched / 2)
		if synctest.Wait(); in.waiting != 2 {
			t.Errorf("%d deliveries wait", in.waiting)
		}
		time.Sleep(unwatched)
		other.write(delivery(update(2)))
		synctest.Wait()
		other.Close()
		<-other.ended
		if synctest.Wait(); in.waiting != 1 {
			t.Errorf("%d deliveries wait after a client has gone", in.waiting)
		}
		in.Done(e)
		for range 2 {
			if a := l.answer(t); a != "200" {
				t.Errorf("answer %q", a)
			}
		}
		l.wantClosed(t, idleTime)
		if in.Stats().Taken != 1 {
			t.Errorf("taken %d times", in.Stats().Taken)
		}
	})
}

// What is not a usual delivery goes to net/http, with all that was read.
func TestHandOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		usual := delivery(update(1))
		for _, text := range []string{
			"GET /livez HTTP/1.1\r\nHost: h\r\n\r\n", "\x16\x03\x01\n", strings.Replace(usual, testSecret, "wrong", 1), strings.Replace(usual, "Host", "Hast", 1),
			delivery(strings.Repeat("x", largeBody+1))[:200], strings.Replace(usual, "Host:", "X: "+strings.Repeat("x", bufferSize)+"\r\nHost:", 1),
		} {
			l := newLine(t, newInbox(func(c *Config) { c.Kinds = 0 }))
			l.write(usual + text)
			if a := l.answer(t); a != "200" {
				t.Errorf("answer %q", a)
			}
			conn, err := l.server.handed.Accept()
			if err != nil {
				t.Fatal(err)
			}
			<-l.ended
			got := make([]byte, len(text))
			if _, err := io.ReadFull(iotest.OneByteReader(conn), got); err != nil || string(got) != text {
				t.Errorf("%q was handed over, want %q: %v", got, text, err)
			}
			if len(l.server.conns.conns) != 0 {
				t.Error("the connection is still counted here")
			}
			conn.Close()
		}
	})
}

// A connection goes on after it was handed over, with what is usual too.
func TestHandedOver(t *testing.T) {
	_, address := serve(t, nil, 100)
	client := dial(t, address)
	for id := range 3 {
		client.send(secretLine+"Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(update(2*id)), update(2*id)))
		if s := client.status(t); s != http.StatusOK {
			t.Errorf("a chunked body: status %d", s)
		}
		client.send(fmt.Sprintf("%sContent-Length: %d", secretLine, len(update(2*id+1))), update(2*id+1))
		if s := client.status(t); s != http.StatusOK {
			t.Errorf("status %d", s)
		}
	}
}

// A panic of an observer closes its connection, and is logged.
func TestDirectPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := newInbox(func(c *Config) { c.Kinds, c.Dropped = 0, func(wire.Header) { panic("an observer's") } })
		l := newLine(t, in)
		var text bytes.Buffer
		l.server.http.ErrorLog = log.New(&text, "", 0)
		l.write(delivery(update(1)))
		l.wantClosed(t, 0)
		if !strings.Contains(text.String(), "an observer's") || in.requests != 0 {
			t.Errorf("log %q, %d requests", &text, in.requests)
		}
	})
}

// A shutdown waits for the delivery that is in hand, but not longer than its time.
func TestShutdownWaits(t *testing.T) {
	for _, takes := range []time.Duration{time.Millisecond, shutdownTime / 2, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			in := newInbox(nil)
			l := newLine(t, in)
			idle := l.server.line(t)
			l.write(delivery(update(1)))
			e := take(t, in, 1)[0]
			time.Sleep(5 * time.Second)
			begin := time.Now()
			time.AfterFunc(takes, func() { in.Done(e) })
			answers := make(chan string)
			go func() {
				text, _ := io.ReadAll(l.answers)
				answers <- string(text)
			}()
			l.server.Shutdown(t.Context())
			if took := time.Since(begin); took != min(takes, shutdownTime) {
				t.Errorf("the shutdown took %v, and the update %v", took, takes)
			}
			idle.wantClosed(t, 0)
			got := <-answers
			if finishes := takes < shutdownTime; finishes != strings.Contains(got, "200 OK") || finishes != strings.Contains(got, "Connection: close") {
				t.Errorf("answer %q to an update that takes %v", got, takes)
			}
			if len(l.server.conns.conns) != 0 {
				t.Errorf("%d connections are left", len(l.server.conns.conns))
			}
		})
	}
}

// A shutdown ends the listener and the connections, whoever serves them.
func TestShutdown(t *testing.T) {
	in := newInbox(func(c *Config) { c.Kinds = 0 })
	server, err := Listen(t.Context(), ServerConfig{Address: "127.0.0.1:0", Path: "/telegram", MaxIdle: 100}, in)
	if err != nil {
		t.Fatal(err)
	}
	server.Serve(func(err error) { t.Errorf("serving: %v", err) })
	address := server.Address().String()
	fresh, idle, handed := dial(t, address), dial(t, address), dial(t, address)
	for _, c := range []*conn{idle, handed} {
		headers := fmt.Sprintf("%sContent-Length: %d", secretLine, len(update(1)))
		if c == handed {
			headers += "\r\nTrailer: X"
		}
		c.send(headers, update(1))
		if s := c.status(t); s != http.StatusOK {
			t.Errorf("status %d", s)
		}
	}
	server.Shutdown(context.Background())
	for _, c := range []*conn{fresh, idle, handed} {
		if _, err := c.answers.ReadByte(); err == nil {
			t.Error("an idle connection gets something")
		}
	}
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("the server still listens")
	}
}
