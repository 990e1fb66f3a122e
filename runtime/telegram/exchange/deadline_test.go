package exchange

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A connection is used again after the deadline of its last exchange has passed, whether it can be looked at by a system
// call or not, and with and without a new deadline.
func TestDeadlineOfAnEarlierExchange(t *testing.T) {
	t.Run("RoundTrip", func(t *testing.T) { testDeadlineOfAnEarlierExchange(t, (*Transport).RoundTripBefore) })
	t.Run("Post", func(t *testing.T) { testDeadlineOfAnEarlierExchange(t, postBefore) })
}

func testDeadlineOfAnEarlierExchange(t *testing.T, roundTrip func(*Transport, *http.Request, time.Time) (*http.Response, error)) {
	onBoth(t, func(t *testing.T, secure bool) {
		onEachDialWay(t, func(t *testing.T, ways Config) {
			url, config, connections := newServer(t, secure, echo)
			config.Dial = ways.Dial
			transport := newTransport(t, config)
			const short = 200 * time.Millisecond
			for _, deadline := range []time.Duration{short, 0, short, time.Minute, short, 0} {
				var at time.Time
				if deadline > 0 {
					at = time.Now().Add(deadline)
				}
				response, err := roundTrip(transport, post(t, t.Context(), url), at)
				if err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
				if deadline == short {
					<-time.After(time.Until(at) + time.Millisecond)
				}
			}
			if n := connections.Load(); n != 1 {
				t.Errorf("%d connections", n)
			}
		})
	})
}

// The deadline bounds a request that the fallback makes, and the body of its answer. After the body was closed, nothing of
// the deadline is left.
func TestDeadlineOfTheFallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got context.Context
		s := &scripted{serve: after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")}
		own := &http.Transport{DialContext: s.dial}
		defer own.CloseIdleConnections()
		transport := New(Config{Fallback: roundTrip(func(r *http.Request) (*http.Response, error) {
			got = r.Context()
			return own.RoundTrip(r)
		})})
		r := post(t, t.Context(), "http://api.example")
		r.GetBody = nil
		start := time.Now()
		response, err := transport.RoundTripBefore(r, start.Add(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 10)
		for err == nil {
			_, err = response.Body.Read(buf)
		}
		if took := time.Since(start); took != time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v after %v", err, took)
		}
		response.Body.Close()

		r = post(t, t.Context(), "http://api.example")
		r.GetBody = nil
		if response, err = transport.RoundTripBefore(r, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got.Err() == nil {
			t.Error("the context lives on")
		}
		s.all.Wait()
	})
}

// A dial that the deadline ended says so.
func TestDeadlineOfADial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := New(Config{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		_, err := transport.RoundTripBefore(post(t, t.Context(), "http://api.example"), time.Now().Add(time.Second))
		var e *Error
		if !errors.As(err, &e) || !e.NotSent() || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// A request whose deadline has passed already fails, and costs no idle connection.
func TestDeadlineThatHasPassed(t *testing.T) {
	onEachWay(t, func(t *testing.T, way func(*Transport) http.RoundTripper) {
		onEachDialWay(t, func(t *testing.T, config Config) {
			url, ways, _ := newServer(t, false, echo)
			ways.Dial = config.Dial
			transport := newTransport(t, ways)
			const idle = 5
			for range idle {
				c, err := transport.dial(t.Context(), key{false, strings.TrimPrefix(url, "http://")})
				if err != nil {
					t.Fatal(err)
				}
				transport.pool.put(c)
			}
			roundTrip := (*Transport).RoundTripBefore
			if _, ok := way(transport).(byPost); ok {
				roundTrip = postBefore
			}
			_, err := roundTrip(transport, post(t, t.Context(), url), time.Now().Add(-time.Second))
			var e *Error
			if !errors.As(err, &e) || !e.NotSent() || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			if n := idleCount(transport); n != idle {
				t.Errorf("%d connections are left of %d", n, idle)
			}
			call(t, way(transport), post(t, t.Context(), url))
		})
	})
}

// Package net ends a dial at the deadline of its context by a timer of its own, which may be first.
func TestDialThatEndsBeforeItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deadline := time.Now().Add(time.Second)
		ctx := lateContext{t.Context(), deadline}
		transport := New(Config{Dial: func(context.Context, string, string) (net.Conn, error) {
			time.Sleep(time.Until(deadline))
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
		}, DialTimeout: -1})
		if _, err := transport.RoundTrip(post(t, ctx, "http://api.example")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// A lateContext does not end at its deadline.
type lateContext struct {
	context.Context
	deadline time.Time
}

func (c lateContext) Deadline() (time.Time, bool) { return c.deadline, true }
