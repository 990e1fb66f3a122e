package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var failuresThatPass = map[string]step{
	"500":            answer(500, `{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}`),
	"502 HTML":       answer(502, "<html>Bad Gateway</html>"),
	"504 empty":      answer(504, ""),
	"421":            answer(421, `{"ok":false,"error_code":421,"description":"Misdirected Request"}`),
	"400":            answer(400, `{"ok":false,"error_code":400,"description":"Logged out"}`),
	"200 HTML":       answer(200, "<html>Welcome to the hotel</html>"),
	"empty":          answer(200, ""),
	"truncated JSON": answer(200, ok(message(1, "a"))[:60]),
	"no code":        answer(200, `{"ok":false}`),
	"no result":      answer(200, `{"ok":true}`),
	"null":           answer(200, `null`),
	"not ok, 500":    answer(500, ok(message(1, "a"))),
	"refused":        fail(errors.New("connection refused")),
	"reset":          fail(io.ErrUnexpectedEOF),
	"429, no time":   answer(429, `{"ok":false,"error_code":429,"description":"Too Many Requests"}`),
	"redirect":       answer(302, ""),
	"reset in body": func(r *http.Request) (*http.Response, error) {
		body := io.MultiReader(strings.NewReader(`{"ok":true,"result":[`), errReader{io.ErrUnexpectedEOF})
		return &http.Response{StatusCode: 200, Body: io.NopCloser(body), ContentLength: -1, Request: r}, nil
	},
	"1 GB": func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(errReader{errors.New("was read")}), ContentLength: 1 << 30, Request: r}, nil
	},
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

// Each of these failures is retried after a growing wait, and the observer is told. No update is lost or comes twice.
func TestG9_FailuresThatPass(t *testing.T) {
	for name, failure := range failuresThatPass {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newBotServer(1000)
				var waits []time.Duration
				p := newTestPoller(t, server, func(c *PollerConfig) {
					c.Observer = pollObserver{failed: func(err error, wait time.Duration) {
						noToken(t, err.Error())
						waits = append(waits, wait)
					}}
				})
				server.push(2)
				wantIDs(t, fetch(t, p, 100), 1000, 1001)

				start := time.Now()
				server.first(failure, failure, failure, failure)
				server.push(2)
				updates := fetch(t, p, 100)
				wantIDs(t, updates, 1002, 1003)
				for i, wait := range waits {
					most := retryStep << i
					if wait < most/2 || wait > most {
						t.Errorf("wait %d is %v, want %v to %v", i, wait, most/2, most)
					}
				}
				if len(waits) != 4 || p.Stats().Failures != 4 {
					t.Errorf("%d waits, %+v", len(waits), p.Stats())
				}
				if took := time.Since(start); took < 750*time.Millisecond || took > 1500*time.Millisecond {
					t.Errorf("took %v", took)
				}

				// After a success the waits begin at the shortest one again.
				server.first(failure)
				server.push(1)
				wantIDs(t, fetch(t, p, 100), 1004)
				if last := waits[len(waits)-1]; last > retryStep {
					t.Errorf("after a success the wait is %v", last)
				}
			})
		})
	}
}

func TestG9_MaxElapsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, func(c *PollerConfig) {
			c.Retry = RetryPolicy{Interval: RetryQuadratic, MaxElapsed: time.Minute}
		})
		for range 100 {
			server.first(answer(502, "<html>"))
		}
		start := time.Now()
		_, err := p.Fetch(t.Context(), 100)
		var api *APIError
		if !errors.As(err, &api) || api.Code != 502 {
			t.Fatalf("error is %v", err)
		}
		// 100 + 200 + ... + 3400 ms is 59.5 s; the next wait would end after a minute.
		if took := time.Since(start); took != 59500*time.Millisecond {
			t.Errorf("gave up after %v", took)
		}
		if want := "gave up after 59.5s and 35 tries: getUpdates: 502 Bad Gateway"; err.Error() != want {
			t.Errorf("error is %q, want %q", err, want)
		}
	})
}

func TestG9_DefaultMaxElapsedIs15Hours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestPoller(t, roundTrip(answer(500, "")), nil)
		start := time.Now()
		if _, err := p.Fetch(t.Context(), 1); err == nil {
			t.Fatal("no error")
		}
		if took := time.Since(start); took > 15*time.Hour || took < 15*time.Hour-retryCap {
			t.Errorf("gave up after %v", took)
		}
	})
}

func TestG9_FatalErrors(t *testing.T) {
	for name, test := range map[string]struct {
		answer step
		code   int
		text   string
	}{
		"401":      {answer(401, `{"ok":false,"error_code":401,"description":"Unauthorized"}`), 401, "getUpdates: 401 Unauthorized: the server does not know the bot's token"},
		"404":      {answer(404, `{"ok":false,"error_code":404,"description":"Not Found"}`), 404, "getUpdates: 404 Not Found: the bot's token does not have the form of a token"},
		"404 HTML": {answer(404, "<html>nginx</html>"), 404, "API URL is not that of a Bot API server"},
		"409":      {answer(409, conflict), 409, "getUpdates: 409 Conflict: terminated by other getUpdates request: another process polls"},
		"echo":     {answer(404, `{"ok":false,"error_code":404,"description":"Not Found: no path /bot`+testToken+`/getUpdates"}`), 404, "Not Found: no path /bot<token>/getUpdates"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newTestPoller(t, roundTrip(test.answer), func(c *PollerConfig) { c.OnConflict = ConflictFail })
				start := time.Now()
				_, err := p.Fetch(t.Context(), 100)
				var api *APIError
				if !errors.As(err, &api) || api.Code != test.code || !strings.Contains(err.Error(), test.text) {
					t.Errorf("error is %v", err)
				}
				noToken(t, err.Error())
				if time.Since(start) != 0 {
					t.Errorf("took %v", time.Since(start))
				}
			})
		})
	}
}

func TestG9_ConflictWaitsForTheOtherPoller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, func(c *PollerConfig) { c.Retry.MaxElapsed = time.Minute })
		for range 100 { // these take longer than MaxElapsed, but a conflict does not count as a failure
			server.first(answer(409, conflict))
		}
		server.push(1)
		start := time.Now()
		wantIDs(t, fetch(t, p, 100), 1)
		if took := time.Since(start); took < 20*time.Minute || took > time.Hour {
			t.Errorf("took %v", took)
		}
	})
}

// Of two pollers with one token, the second takes over as soon as the first has stopped.
func TestG9_ConflictTakeOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		first, second := newTestPoller(t, server, nil), newTestPoller(t, server, nil)
		ctx, stop := context.WithCancel(t.Context())
		gone := make(chan error)
		go func() {
			_, err := first.Fetch(ctx, 100)
			gone <- err
		}()
		got := make(chan []*Envelope)
		go func() {
			updates, err := second.Fetch(t.Context(), 100)
			if err != nil {
				t.Error(err)
			}
			got <- updates
		}()
		time.Sleep(10 * time.Minute) // in which each poller ends the other's polls
		stop()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("the first ended with %v", err)
		}
		time.Sleep(retryCap)
		server.push(1)
		start := time.Now()
		wantIDs(t, <-got, 1)
		if time.Since(start) != 0 {
			t.Errorf("the second took over after %v", time.Since(start))
		}
	})
}

func TestG9_TooManyRequestsWaitsOnce(t *testing.T) {
	for name, step := range map[string]step{
		"parameter": answer(429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}`),
		"header": func(r *http.Request) (*http.Response, error) {
			response, err := answer(429, "<html>")(r)
			response.Header.Set("Retry-After", "7")
			return response, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newBotServer(1)
				p := newTestPoller(t, server, nil)
				server.first(step, step, step)
				server.push(1)
				start := time.Now()
				wantIDs(t, fetch(t, p, 100), 1)
				if took := time.Since(start); took != 21*time.Second {
					t.Errorf("took %v, and the server asked for 3 times 7 s", took)
				}
			})
		})
	}
}

// A 429 and a conflict come from a server that works, so they end a row of failures.
func TestG9_AnswersEndARowOfFailures(t *testing.T) {
	busy := answer(429, `{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":1}}`)
	for _, between := range []step{busy, answer(409, conflict)} {
		synctest.Test(t, func(t *testing.T) {
			server := newBotServer(1)
			var waits []time.Duration
			p := newTestPoller(t, server, func(c *PollerConfig) {
				c.Retry.Interval = RetryQuadratic
				c.Observer = pollObserver{failed: func(_ error, wait time.Duration) { waits = append(waits, wait) }}
			})
			broken := answer(500, "")
			server.first(broken, broken, broken, between, broken)
			server.push(1)
			fetch(t, p, 100)
			if got := waits[len(waits)-1]; got != retryStep {
				t.Errorf("waits %v", waits)
			}
		})
	}
}

// However long the server asks to wait, and however short max_elapsed is, the poller waits that long once and polls again.
func TestG9_TooManyRequestsNeverEndsThePolling(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for name, test := range map[string]struct {
		answers []step
		took    time.Duration
	}{
		"30 s":       {[]step{tooMany(30)}, 30 * time.Second},
		"hours":      {[]step{tooMany(40000), tooMany(50000)}, 90000 * time.Second},
		"years":      {[]step{tooMany(999999999999)}, year},
		"largest":    {[]step{tooMany(math.MaxInt64)}, year},
		"in between": {[]step{answer(502, ""), tooMany(30), answer(502, ""), tooMany(30)}, 2*time.Second + time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newBotServer(1)
				p := newTestPoller(t, server, func(c *PollerConfig) {
					c.Retry = RetryPolicy{Interval: RetryFixed, Fixed: time.Second, MaxElapsed: 10 * time.Second}
				})
				server.first(test.answers...)
				server.push(1)
				start := time.Now()
				updates, err := p.Fetch(t.Context(), 100)
				if err != nil {
					t.Fatal(err)
				}
				wantIDs(t, updates, 1)
				if took := time.Since(start); took != test.took {
					t.Errorf("took %v, want %v", took, test.took)
				}
				if n := len(server.asked()); n != len(test.answers)+1 {
					t.Errorf("%d requests, want one after each wait", n)
				}
			})
		})
	}
}

// A server that answers every poll with 429 and no time to wait is asked again after growing waits, for ever.
func TestG9_TooManyRequestsWithoutTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, func(c *PollerConfig) {
			c.Retry = RetryPolicy{Interval: RetryQuadratic, MaxElapsed: 10 * time.Second}
		})
		for range 100 {
			server.first(answer(429, `{"ok":false,"error_code":429,"description":"Too Many Requests"}`))
		}
		server.push(1)
		start := time.Now()
		wantIDs(t, fetch(t, p, 100), 1)
		if took := time.Since(start); took != 505*time.Second { // 100 + 200 + ... + 10,000 ms
			t.Errorf("took %v", took)
		}
	})
}

// A stop interrupts the wait of a 429 at once.
func TestG7_StopInterruptsTheWaitOfTooManyRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, nil)
		server.first(tooMany(999999999999))
		ctx, cancel := contextFor(t, time.Minute)
		defer cancel()
		start := time.Now()
		if _, err := p.Fetch(ctx, 100); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("took %v", took)
		}
	})
}

// The first success after failures of any kind is logged, with their number and how long they lasted. No other success is.
func TestG9_RecoveryIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		log := &logBuffer{}
		p := newTestPoller(t, server, func(c *PollerConfig) {
			c.Retry = RetryPolicy{Interval: RetryFixed, Fixed: time.Second}
			c.Logger = slog.New(slog.NewTextHandler(log, nil))
		})
		server.push(1)
		fetch(t, p, 100)
		if text := log.String(); text != "" {
			t.Errorf("polls that succeed log %s", text)
		}
		server.first(answer(502, ""), tooMany(10), answer(409, conflict))
		server.push(1)
		fetch(t, p, 100)
		const line = `level=INFO msg="polling works again" failures=3 after=12s`
		if text := log.String(); strings.Count(text, line) != 1 {
			t.Errorf("the log does not say %s once: %s", line, text)
		}
		server.push(1)
		fetch(t, p, 100)
		if text := log.String(); strings.Count(text, "works again") != 1 {
			t.Errorf("a recovery was logged without a failure: %s", text)
		}
	})
}

// tooMany returns a step that answers with 429 and the time to wait.
func tooMany(seconds int64) step {
	return answer(429, fmt.Sprintf(`{"ok":false,"error_code":429,"description":"Too Many Requests: retry after %[1]d","parameters":{"retry_after":%[1]d}}`, seconds))
}
