package tgtest

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tggen/tggen/runtime/tgtest/internal/webhook"
)

// maxCertificate is the size of the largest certificate for a webhook, in bytes.
const maxCertificate = 3 << 20

// setWebhook runs setWebhook and deleteWebhook. If it refuses the parameters, the webhook that was set before is gone, as on the
// official server.
func (s *Server) setWebhook(call *Call) reply {
	b, now := call.bot, time.Now()
	var next webhookSettings
	var certificate []byte
	if call.Method == "setWebhook" && call.Params["url"] != "" {
		if now.Before(b.webhook.allowedAt) {
			return tooManyRequests(1)
		}
		b.webhook.allowedAt = now.Add(time.Second)
		next = webhookSettings{
			url:            call.Params["url"],
			maxConnections: int(clampParam(call.Params, "max_connections", webhook.DefaultConnections, 1, webhook.MaxConnections)),
			secretToken:    call.Params["secret_token"],
			ipAddress:      call.Params["ip_address"],
		}
		certificate = certificateOf(call)
	}
	drop := call.Params.Bool("drop_pending_updates")
	if next == b.webhook.webhookSettings && b.webhook.certificate == nil && certificate == nil && !drop {
		b.allow(call.Params)
		return success([]byte("true"), map[bool]string{true: "Webhook is already set", false: "Webhook is already deleted"}[next.url != ""])
	}
	if next.url != "" {
		b.endWaiting(conflictSetWebhook, now)
	}
	deleted := b.webhook.url != ""
	b.removeWebhook()
	s.changes.notify()
	if drop {
		b.queue.keepLast(0)
	}
	if next.url == "" {
		return success([]byte("true"), map[bool]string{true: "Webhook was deleted", false: "Webhook is already deleted"}[deleted])
	}
	u, refused := checkWebhook(next, certificate, s.cfg.publicWebhooks)
	if refused != "" {
		return badRequest(refused)
	}
	b.allow(call.Params)
	b.webhook.webhookSettings, b.webhook.certificate = next, certificate
	if certificate != nil {
		b.webhook.roots = x509.NewCertPool()
		if !b.webhook.roots.AppendCertsFromPEM(certificate) {
			b.removeWebhook()
			return badRequest("bad webhook: Can't create an SSL context: the certificate is not PEM")
		}
	}
	b.startPush(u)
	return success([]byte("true"), "Webhook was set")
}

// allow changes which kinds of updates are queued, if the parameter allowed_updates says so.
func (b *Bot) allow(params Params) {
	if mask, ok := parseAllowed(params["allowed_updates"]); ok {
		b.allowed = mask
	}
}

// certificateOf returns the certificate that a call of setWebhook uploads, or nil.
func certificateOf(call *Call) []byte {
	name := "certificate"
	if attached, ok := strings.CutPrefix(call.Params[name], "attach://"); ok {
		name = attached
	}
	return call.Files[name].Data
}

// checkWebhook returns the URL of a webhook, or why the server refuses the webhook.
func checkWebhook(w webhookSettings, certificate []byte, public bool) (u *url.URL, refused string) {
	u, err := webhook.ParseURL(w.url)
	if err != nil {
		return nil, "invalid webhook URL specified"
	}
	if refused := wrongSecret(w.secretToken); refused != "" {
		return nil, refused
	}
	if len(certificate) > maxCertificate {
		return nil, fmt.Sprintf("certificate size is too big (%d bytes)", len(certificate))
	}
	if public {
		if err := webhook.CheckPublic(u, w.ipAddress); err != nil {
			return nil, "bad webhook: " + err.Error()
		}
	}
	return u, ""
}

// wrongSecret returns why a secret token is invalid, or "".
func wrongSecret(secret string) string {
	if len(secret) > 256 {
		return "secret token is too long"
	}
	for _, c := range secret {
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return "secret token contains unallowed characters"
		}
	}
	return ""
}

func (s *Server) getWebhookInfo(call *Call) reply {
	b, w := call.bot, &call.bot.webhook
	var o object
	o.open()
	o.str("url", w.url)
	o.bool("has_custom_certificate", w.certificate != nil)
	o.int("pending_update_count", int64(b.queue.pending()))
	if w.errorText != "" {
		o.int("last_error_date", w.errorTime.Unix())
		o.str("last_error_message", w.errorText)
	}
	o.number("max_connections", int64(w.maxConnections))
	if w.url != "" {
		o.str("ip_address", orElse(w.ipAddress, orElse(w.loopback(), "<unknown>")))
	}
	if b.allowed != defaultAllowed() {
		o.field("allowed_updates")
		o = append(o, allowedNames(b.allowed)...)
	}
	o.close()
	return success(o, "")
}

// loopback returns the IP address of the webhook if it is on this machine, or "".
func (w webhookSettings) loopback() string {
	u, err := webhook.ParseURL(w.url)
	if err != nil {
		return ""
	}
	return webhook.Loopback(u.Hostname())
}

// orElse returns value, or otherwise if value is empty.
func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
