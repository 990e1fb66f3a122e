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
	next := webhook{allowedAt: call.bot.webhook.allowedAt}
	if call.Method == "setWebhook" {
		next.url = call.Params["url"]
	}
	if next.url != "" {
		if now.Before(call.bot.webhook.allowedAt) {
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
		call.bot.allowed = mask
	}
	unchanged := next
	unchanged.allowedAt = call.bot.webhook.allowedAt
	drop := call.Params.Bool("drop_pending_updates")
	if unchanged == call.bot.webhook && !drop {
		call.bot.webhook = next
		return success([]byte("true"), map[bool]string{true: "Webhook is already set", false: "Webhook is already deleted"}[next.url != ""])
	}
	if next.url != "" {
		call.bot.endWaiting(conflictSetWebhook, now)
	}
	if drop {
		call.bot.queue.keepLast(0)
	}
	call.bot.webhook = next
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

func (s *Server) getWebhookInfo(call *Call) reply {
	var o object
	o.open()
	o.str("url", call.bot.webhook.url)
	o.bool("has_custom_certificate", false)
	o.int("pending_update_count", int64(call.bot.queue.live))
	o.number("max_connections", call.bot.webhook.maxConnections)
	if call.bot.webhook.url != "" {
		o.str("ip_address", orElse(call.bot.webhook.ipAddress, "<unknown>"))
	}
	if call.bot.allowed != defaultAllowed() {
		o.field("allowed_updates")
		o = append(o, allowedNames(call.bot.allowed)...)
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
