package telegram

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// An answer that arrives just when ctx ends is dropped, and its updates come again.
func TestG7_AnswerWhenTheContextEnds(t *testing.T) {
	for _, delivery := range []Delivery{AtMostOnce, AtLeastOnce} {
		synctest.Test(t, func(t *testing.T) {
			server := newBotServer(1)
			ctx, stop := context.WithCancel(t.Context())
			p := newTestPoller(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				response, err := server.RoundTrip(r)
				if ctx.Err() == nil {
					response.Body = &stopAtEnd{response.Body, stop}
				}
				return response, err
			}), func(c *PollerConfig) { c.Delivery = delivery })
			server.push(2)
			if updates, err := p.Fetch(ctx, 100); err != context.Canceled || len(updates) > 0 {
				t.Errorf("%d, %v", ids(updates), err)
			}
			if err := p.Close(t.Context()); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Second) // if an offset is repeated sooner, the server sends one update only
			wantIDs(t, fetch(t, p, 100), 1, 2)
		})
	}
}

// A stopAtEnd calls stop when the whole body has been read.
type stopAtEnd struct {
	io.ReadCloser
	stop func()
}

func (s *stopAtEnd) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b)
	if err == io.EOF {
		s.stop()
	}
	return n, err
}

// When ctx ends, Fetch returns the error of ctx at once, whatever it is waiting for.
func TestG7_FetchIsInterrupted(t *testing.T) {
	wait429 := answer(429, `{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":70}}`)
	for name, test := range map[string]struct {
		change func(*PollerConfig)
		setup  func(*testing.T, *Poller, *botServer)
	}{
		"long poll": {},
		"hanging":   {setup: func(_ *testing.T, _ *Poller, s *botServer) { s.first(hang) }},
		"429":       {setup: func(_ *testing.T, _ *Poller, s *botServer) { s.first(wait429) }},
		"conflict": {setup: func(_ *testing.T, _ *Poller, s *botServer) {
			for range 100 {
				s.first(answer(409, conflict))
			}
		}},
		"back-off": {
			change: func(c *PollerConfig) { c.Retry = RetryPolicy{Interval: RetryFixed, Fixed: time.Hour} },
			setup:  func(_ *testing.T, _ *Poller, s *botServer) { s.first(answer(500, "")) },
		},
		"pacing": {
			change: func(c *PollerConfig) { c.SpeedTrafficBalance, c.MaxDelay = 1, time.Hour },
			setup: func(t *testing.T, p *Poller, s *botServer) {
				s.first(answer(200, ok()), func(r *http.Request) (*http.Response, error) {
					time.Sleep(20 * time.Second)
					return answer(200, ok(message(1, "")))(r)
				})
				fetch(t, p, 1)
			},
		},
		"full window": {
			change: func(c *PollerConfig) { c.Delivery = AtLeastOnce },
			setup: func(t *testing.T, p *Poller, s *botServer) {
				s.push(150)
				fetch(t, p, 100)
			},
		},
		"beside an unfinished update": {
			change: func(c *PollerConfig) { c.Delivery = AtLeastOnce },
			setup: func(t *testing.T, p *Poller, s *botServer) {
				s.push(1)
				fetch(t, p, 100)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newBotServer(1)
				p := newTestPoller(t, server, test.change)
				if test.setup != nil {
					test.setup(t, p, server)
				}
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() {
					updates, err := p.Fetch(ctx, 100)
					if len(updates) != 0 {
						t.Errorf("updates %d", ids(updates))
					}
					ended <- err
				}()
				time.Sleep(10 * time.Second)
				select {
				case err := <-ended:
					t.Fatalf("ended by itself: %v", err)
				default:
				}
				start := time.Now()
				stop()
				if err := <-ended; err != context.Canceled {
					t.Errorf("error is %v", err)
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("took %v to stop", took)
				}
			})
		})
	}
}
