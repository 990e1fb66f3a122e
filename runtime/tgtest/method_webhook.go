package tgtest

import (
	"time"
)

// webhook is the webhook that the bot has set. Nothing is delivered to it.
type webhook struct {
	url            string
	maxConnections int64
	secretToken    string
	ipAddress      string
	allowedAt      time.Time // the time from which setWebhook accepts a URL again
}

func (s *Server) setWebhook(call *Call) reply {
	now := time.Now()
	next := webhook{allowedAt: s.webhook.allowedAt}
	if call.Method == "setWebhook" {
		next.url = call.Params["url"]
	}
	if next.url != "" {
		if now.Before(s.webhook.allowedAt) {
			return tooManyRequests(1)
		}
		next.allowedAt = now.Add(time.Second)
		next.maxConnections = 40
		if n := call.Params.Int("max_connections"); n != 0 {
			next.maxConnections = min(max(n, 1), 100)
		}
		next.secretToken, next.ipAddress = call.Params["secret_token"], call.Params["ip_address"]
		if description := wrongSecret(next.secretToken); description != "" {
			return badRequest(description)
		}
	}
	if mask, ok := parseAllowed(call.Params["allowed_updates"]); ok {
		s.allowed = mask
	}
	unchanged := next
	unchanged.allowedAt = s.webhook.allowedAt
	drop := call.Params.Bool("drop_pending_updates")
	if unchanged == s.webhook && !drop {
		s.webhook = next
		return success([]byte("true"), map[bool]string{true: "Webhook is already set", false: "Webhook is already deleted"}[next.url != ""])
	}
	if next.url != "" {
		s.endWaiting(conflictSetWebhook, now)
	}
	if drop {
		s.queue.keepLast(0)
	}
	s.webhook = next
	return success([]byte("true"), map[bool]string{true: "Webhook was set", false: "Webhook was deleted"}[next.url != ""])
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

func (s *Server) getWebhookInfo(*Call) reply {
	var o object
	o.open()
	o.str("url", s.webhook.url)
	o.bool("has_custom_certificate", false)
	o.int("pending_update_count", int64(s.queue.live))
	o.number("max_connections", s.webhook.maxConnections)
	if s.webhook.url != "" {
		o.str("ip_address", orElse(s.webhook.ipAddress, "<unknown>"))
	}
	if s.allowed != defaultAllowed() {
		o.field("allowed_updates")
		o = append(o, allowedNames(s.allowed)...)
	}
	o.close()
	return success(o, "")
}

// orElse returns value, or otherwise if value is empty.
func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
