package tgtest_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// base64Lines returns data as the lines of a PEM block.
func base64Lines(data []byte) string {
	text := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for len(text) > 64 {
		b.WriteString(text[:64] + "\n")
		text = text[64:]
	}
	return b.String() + text + "\n"
}

// TestSetWebhookChecks checks which webhooks are refused, with and without the rules of api.telegram.org.
func TestSetWebhookChecks(t *testing.T) {
	const set = "Webhook was set"
	for params, want := range map[string][2]string{ // by default, and with WithPublicWebhooks
		`{"url":"https://bot.example"}`:                                    {set, set},
		`{"url":"bot.example:8443/x"}`:                                     {set, set},
		`{"url":"https://bot.example:80/x"}`:                               {set, set},
		`{"url":"https://bot.example:88/x"}`:                               {set, set},
		`{"url":"http://bot.example"}`:                                     {set, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"},
		`{"url":"https://bot.example:8080"}`:                               {set, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"},
		`{"url":"https://127.0.0.1"}`:                                      {set, "Bad Request: bad webhook: IP address 127.0.0.1 is reserved"},
		`{"url":"https://localhost"}`:                                      {set, "Bad Request: bad webhook: IP address 127.0.0.1 is reserved"},
		`{"url":"https://bot.example","ip_address":"10.0.0.1"}`:            {set, "Bad Request: bad webhook: IP address 10.0.0.1 is reserved"},
		`{"url":"https://bot.example","ip_address":"8.8.8.8"}`:             {set, set},
		`{"url":"https://bot.example","ip_address":"somewhere"}`:           {set, "Bad Request: bad webhook: Invalid IP address specified"},
		`{"url":"https://[2001:db8::1]/"}`:                                 {set, "Bad Request: bad webhook: IPv6-only addresses are not allowed"},
		`{"url":"ftp://bot.example"}`:                                      {"Bad Request: invalid webhook URL specified", "Bad Request: invalid webhook URL specified"},
		`{"url":"https://"}`:                                               {"Bad Request: invalid webhook URL specified", "Bad Request: invalid webhook URL specified"},
		`{"url":"https://bot.example:99999"}`:                              {"Bad Request: invalid webhook URL specified", "Bad Request: invalid webhook URL specified"},
		`{"url":"https://bot.example:0"}`:                                  {"Bad Request: invalid webhook URL specified", "Bad Request: invalid webhook URL specified"},
		`{"url":"https://bot.example/%zz"}`:                                {"Bad Request: invalid webhook URL specified", "Bad Request: invalid webhook URL specified"},
		`{"url":"https://bot.example","secret_token":"a.b"}`:               {"Bad Request: secret token contains unallowed characters", "Bad Request: secret token contains unallowed characters"},
		`{"url":"https://bot.example","secret_token":"Aa0_-"}`:             {set, set},
		`{"url":"x.io","secret_token":"` + strings.Repeat("a", 257) + `"}`: {"Bad Request: secret token is too long", "Bad Request: secret token is too long"},
		`{"url":"x.io","secret_token":"` + strings.Repeat("a", 256) + `"}`: {set, set},
	} {
		for i, opts := range [][]tgtest.Option{nil, {tgtest.WithPublicWebhooks()}} {
			srv := tgtest.NewServer(t, opts...)
			got := call(t, srv, "setWebhook", params).body
			if !strings.Contains(got, `"description":"`+want[i]+`"`) {
				t.Errorf("%s: %s, want %s", params, got, want[i])
			}
			isSet := srv.State().Webhook != ""
			if isSet != (want[i] == set) {
				t.Errorf("%s: a webhook is set: %v", params, isSet)
			}
			srv.Close()
		}
	}
}

// TestSetWebhookRefusedDeletesTheOldOne sets a webhook with wrong parameters. As on the official server, the old one is gone.
func TestSetWebhookRefusedDeletesTheOldOne(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		srv.DeliverTo(&hook{})
		setHook(t, srv, anyHook)
		time.Sleep(time.Second)
		if got := call(t, srv, "setWebhook", `{"url":"https://bot.example","secret_token":"?"}`); got.status != 400 {
			t.Errorf("setWebhook: %s", got.body)
		}
		if got := call(t, srv, "setWebhook", `{"url":"https://bot.example"}`); got.status != 429 || got.header.Get("Retry-After") != "1" {
			t.Errorf("setWebhook within a second: %s", got.body)
		}
		if got := call(t, srv, "getUpdates", ``); got.status != 200 {
			t.Errorf("a poll: %s", got.body)
		}
	})
}

// TestSetWebhookWithUnreadableCertificate uploads a file that is no certificate, and one that is too large.
func TestSetWebhookWithUnreadableCertificate(t *testing.T) {
	for want, content := range map[string]string{
		"the certificate is not PEM":                  "nonsense",
		"certificate size is too big (3145729 bytes)": strings.Repeat("x", 3<<20+1),
	} {
		inMemory(t, func(t *testing.T, srv *tgtest.Server) {
			setHook(t, srv, `{"url":"https://bot.example"}`)
			time.Sleep(time.Second)
			_, err := newBot(t, srv).SetWebhook("https://bot.example", &gotgbot.SetWebhookOpts{
				Certificate: gotgbot.InputFileByReader("cert.pem", strings.NewReader(content)),
			})
			if err == nil || !strings.Contains(err.Error(), want) || srv.State().Webhook != "" {
				t.Errorf("setWebhook: %v, want %s", err, want)
			}
		})
	}
}

// TestSetWebhookAgain sets the same webhook again while an update is under way, which changes nothing.
func TestSetWebhookAgain(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		h := &hook{answer: func(_ http.ResponseWriter, _ *http.Request, _ gotgbot.Update) { time.Sleep(5 * time.Second) }}
		srv.DeliverTo(h)
		setHook(t, srv, anyHook)
		srv.PushBatch(text(t, "x"))
		time.Sleep(time.Second)
		if got := call(t, srv, "setWebhook", anyHook); !strings.Contains(got.body, "Webhook is already set") {
			t.Errorf("setWebhook: %s", got.body)
		}
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.want(t, "x")
		setHook(t, srv, `{"url":"https://bot.example/hook","allowed_updates":["poll"]}`)
		srv.PushBatch(text(t, "y"))
		time.Sleep(time.Second)
		h.want(t, "x")
		setHook(t, srv, `{"url":"https://bot.example/hook","max_connections":3,"allowed_updates":[]}`)
		srv.PushBatch(text(t, "z"))
		if err := srv.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.want(t, "x", "z")
	})
}
