package telegram

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestNewPollerRefuses(t *testing.T) {
	for name, config := range map[string]PollerConfig{
		"no token":           {},
		"token with newline": {Token: testToken + "\n"},
		"token with slash":   {Token: testToken + "/x"},
		"no scheme":          {Token: testToken, APIURL: "api.telegram.org"},
		"other scheme":       {Token: testToken, APIURL: "ftp://api.telegram.org"},
		"no host":            {Token: testToken, APIURL: "https://"},
		"query":              {Token: testToken, APIURL: "https://api.telegram.org?x=" + testToken},
		"not a URL":          {Token: testToken, APIURL: "https://" + testToken + "@[::1:80"},
		"timeout over 50 s":  {Token: testToken, PollingConfig: PollingConfig{Timeout: 51 * time.Second}},
		"half a second":      {Token: testToken, PollingConfig: PollingConfig{Timeout: time.Second / 2}},
		"delivery":           {Token: testToken, Delivery: AtLeastOnce + 1},
		"conflict":           {Token: testToken, PollingConfig: PollingConfig{OnConflict: ConflictFail + 1}},
		"balance over 1":     {Token: testToken, PollingConfig: PollingConfig{SpeedTrafficBalance: 1.5}},
		"negative balance":   {Token: testToken, PollingConfig: PollingConfig{SpeedTrafficBalance: -0.5}},
		"negative delay":     {Token: testToken, PollingConfig: PollingConfig{MaxDelay: -1}},
	} {
		if _, err := NewPoller(config); err == nil {
			t.Errorf("%s was accepted", name)
		} else {
			noToken(t, err.Error())
		}
	}
}

func TestPollerDoesNotShowTheToken(t *testing.T) {
	config := PollerConfig{Token: testToken, APIURL: "http://localhost:8081"}
	p, err := NewPoller(config)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	for _, logger := range []*slog.Logger{slog.New(slog.NewTextHandler(&log, nil)), slog.New(slog.NewJSONHandler(&log, nil))} {
		logger.Info("", "poller", p, "config", config)
	}
	text := fmt.Sprintf("%v %+v %#v %s %v %+v %#v %s", p, p, p, p, config, config, config, config) + log.String()
	noToken(t, text)
	if !strings.Contains(text, "localhost:8081") {
		t.Errorf("the server is not named in %q", text)
	}
}

func TestPollerAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			change func(*PollerConfig)
			want   string
		}{
			{nil, `{"limit":100,"timeout":30}`},
			{func(c *PollerConfig) { c.AllowedUpdates = []string{} }, `{"limit":100,"timeout":30,"allowed_updates":[]}`},
			{func(c *PollerConfig) { c.AllowedUpdates, c.Timeout = []string{"message", "poll"}, 7*time.Second },
				`{"limit":100,"timeout":7,"allowed_updates":["message","poll"]}`},
			{func(c *PollerConfig) { c.Timeout = -1 }, `{"limit":100,"timeout":0}`},
		} {
			p := newTestPoller(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				var body bytes.Buffer
				_, _ = body.ReadFrom(r.Body)
				if body.String() != test.want {
					t.Errorf("asked %s, want %s", body.String(), test.want)
				}
				if want := "https://api.telegram.org/bot" + testToken + "/getUpdates"; r.URL.String() != want || r.Method != "POST" {
					t.Errorf("%s %s", r.Method, r.URL)
				}
				if r.Header.Get("Content-Type") != "application/json" || r.ContentLength != int64(len(test.want)) {
					t.Errorf("%v, length %d", r.Header, r.ContentLength)
				}
				return answer(200, ok(message(1, "")))(r)
			}), test.change)
			fetch(t, p, 100)
		}
	})
}
