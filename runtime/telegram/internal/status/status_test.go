package status

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A subject gives the answers of a test. live is asked once for each probe, twice if the first answer is a fault.
type subject struct {
	live   func() string
	ready  string
	report *Report
}

func (s subject) Live() string                   { return s.live() }
func (s subject) Ready() string                  { return s.ready }
func (s subject) Report(context.Context) *Report { return s.report }

func get(h http.Handler, method, path, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, http.NoBody)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// A fault counts only if it is still there a moment later.
func TestSecondLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct {
			faults []string
			want   int
		}{
			"live":             {[]string{""}, 200},
			"not for a moment": {[]string{"silent", ""}, 200},
			"not live":         {[]string{"silent", "silent"}, 503},
		} {
			began, asked := time.Now(), 0
			s := subject{live: func() string {
				asked++
				return test.faults[asked-1]
			}}
			if got := get(Probes(s), http.MethodGet, "/livez", "").Code; got != test.want || asked != len(test.faults) {
				t.Errorf("%s: %d after %d looks, want %d", name, got, asked, test.want)
			}
			if took := time.Since(began); took != time.Duration(asked-1)*secondLook {
				t.Errorf("%s: took %v", name, took)
			}
		}
	})
}

// Only GET and HEAD of known paths are answered. Probes has no /statusz.
func TestPaths(t *testing.T) {
	s := subject{live: func() string { return "" }, ready: "starting", report: new(Report)}
	for _, test := range []struct {
		handler      http.Handler
		method, path string
		want         int
	}{
		{Handler(s), http.MethodGet, "/livez", 200},
		{Handler(s), http.MethodHead, "/livez", 200},
		{Handler(s), http.MethodGet, "/readyz", 503},
		{Handler(s), http.MethodGet, "/statusz", 200},
		{Handler(s), http.MethodPost, "/statusz", 405},
		{Handler(s), http.MethodPost, "/livez", 405},
		{Handler(s), http.MethodGet, "/", 404},
		{Handler(s), http.MethodGet, "/statusz/x", 404},
		{Probes(s), http.MethodGet, "/livez", 200},
		{Probes(s), http.MethodGet, "/statusz", 404},
	} {
		w := get(test.handler, test.method, test.path, "")
		if w.Code != test.want {
			t.Errorf("%s %s: %d, want %d", test.method, test.path, w.Code, test.want)
		}
		if store := w.Header().Get("Cache-Control"); test.want == 200 && store != "no-store" {
			t.Errorf("%s %s: Cache-Control is %q", test.method, test.path, store)
		}
	}
}

// The page escapes every text, forbids scripts, and shows all that the report has. A list of many handlers is cut off.
func TestPage(t *testing.T) {
	const hostile = `</td><script>alert("x")</script>&amp;`
	update := Update{Kind: hostile, Handler: hostile, Chat: -100}
	report := func() *Report {
		r := &Report{
			State: hostile, Bot: Bot{Username: hostile}, Source: hostile, Delivery: hostile,
			Polling: new(Polling), Webhook: &Webhook{Registration: Registration{State: hostile, Error: hostile, LastError: hostile}}, Updates: Updates{Oldest: &Oldest{Update: update, Age: Seconds(time.Minute)}},
			Store: &Store{Failing: true, Failures: 3}, Journal: &Journal{Deletions: 17},
			Queue: &Queue{Error: hostile, Leader: hostile, Backlog: 1234, DeadLetters: 56, Processes: 3, Partitions: []int{2, 5, 7}, Held: 89},
		}
		for range MaxListed + 50 {
			r.Stuck.Add(Activity{Update: update, Took: Seconds(1500 * time.Millisecond)})
		}
		return r
	}
	s := subject{live: func() string { return hostile }, ready: hostile, report: report()}
	w := get(Handler(s), http.MethodGet, "/statusz", "text/html")
	page := w.Body.String()
	if strings.Contains(page, "<script") || strings.Contains(page, "</td></td>") || strings.Contains(page, "&amp; ") {
		t.Errorf("the page has a script: %s", page)
	}
	if got, want := strings.Count(page, "&lt;script&gt;"), 15+2*MaxListed; got != want {
		t.Errorf("the page shows %d hostile texts, want %d", got, want)
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("the policy is %q", policy)
	}
	for _, want := range []string{"Stuck handlers: 150", "The 100 that have run longest:", "<td>1.5s</td>", "<td>17</td>", "<td>fails</td>", "chat -100",
		"<td>1234</td>", "<td>56</td>", "<td>2 5 7</td>", "<td>89</td>", "<td>does not work: "} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}

	s.report = report()
	var decoded struct {
		Stuck struct {
			Total    int
			Handlers []struct {
				Handler string
				Took    float64 `json:"took_seconds"`
			}
		}
		Live struct {
			OK    bool
			Fault string
		}
	}
	w = get(Handler(s), http.MethodGet, "/statusz", "*/*")
	if err := json.Unmarshal(w.Body.Bytes(), &decoded); err != nil {
		t.Fatal(err)
	}
	if l := decoded.Stuck; l.Total != 150 || len(l.Handlers) != MaxListed || l.Handlers[0].Handler != hostile || l.Handlers[0].Took != 1.5 {
		t.Errorf("the list in JSON has %d of %d", len(l.Handlers), l.Total)
	}
	if decoded.Live.OK || decoded.Live.Fault != hostile {
		t.Errorf("live: %+v", decoded.Live)
	}
}

// A pulse is late when its silence is over, and not after another beat.
func TestPulse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPulse(time.Second)
		for _, step := range []struct {
			wait time.Duration
			late bool
		}{{time.Second, false}, {1, true}, {time.Hour, true}} {
			time.Sleep(step.wait)
			if p.IsLate() != step.late {
				t.Errorf("after another %v: late is %v", step.wait, p.IsLate())
			}
		}
		p.Beat(time.Minute)
		time.Sleep(time.Minute)
		if p.IsLate() {
			t.Error("late although it beat")
		}
	})
}
