package spec

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// Webhook is how a bot takes updates that Telegram delivers.
type Webhook struct {
	// Pos is where the value of the key begins, or the zero Pos if the key is absent.
	Pos diag.Pos
	// Listen is the address that the bot listens on: a host, which may be empty, a colon and a port; or [ListenNone].
	// Absent: [DefaultListen].
	Listen String
	// Path is the path of the requests. Absent: [DefaultWebhookPath].
	Path String
	// Connections is how many updates Telegram delivers at once: 1 to 100. Absent: [DefaultConnections].
	Connections Value[int]
	// AnswerWithin is how long a delivery waits until its update is handled: a second to ten minutes. Absent:
	// [DefaultAnswerWithin].
	AnswerWithin Value[time.Duration]
	// Register says when the bot tells Telegram the address. Absent: [DefaultRegister].
	Register Value[Register]
}

// Register is when a bot tells Telegram the address of its webhook.
type Register string

// When the address is told.
const (
	RegisterChanged Register = "changed" // when it starts, if another one is set
	RegisterNever   Register = "never"   // somebody else does it
)

// ListenNone is the address of a bot whose webhook is a part of the author's server.
const ListenNone = "none"

func webhookShape() *object[Webhook] {
	return &object[Webhook]{
		name: "webhook", doc: "How the bot takes updates that Telegram delivers. The environment variable BOT_WEBHOOK_URL holds the public address.",
		keys: []key[Webhook]{
			at("listen", address{}, func(w *Webhook) *String { return &w.Listen },
				"The address that the bot listens on, such as :8080 or 127.0.0.1:8080. none: it does not listen, and your own server passes the "+
					"requests to bot.Webhook(). The environment variable BOT_WEBHOOK_LISTEN overrides it.").or(DefaultListen),
			at("path", urlPath{}, func(w *Webhook) *String { return &w.Path },
				"The path of the requests.").or(DefaultWebhookPath),
			at("connections", integer{1, 100}, func(w *Webhook) *Value[int] { return &w.Connections },
				"How many updates Telegram delivers at once, at most.").or(DefaultConnections),
			at("answer_within", period{min: time.Second, max: 10 * time.Minute}, func(w *Webhook) *Value[time.Duration] { return &w.AnswerWithin },
				"How long a delivery waits until its update is handled. Then Telegram is told to come again, and the update goes on. Less than the "+
					"time-out of a proxy in front.").or(durationText(DefaultAnswerWithin)),
			at("register", choice[Register]{what: "a time to register", values: []Register{RegisterChanged, RegisterNever}},
				func(w *Webhook) *Value[Register] { return &w.Register },
				"When the bot tells Telegram the address. changed: when it starts, if another one is set. never: you call setWebhook yourself.").or(DefaultRegister),
		},
		example: func(text string) string {
			if addressRegexp.MatchString(text) {
				return "write `webhook: {listen: \"" + text + "\"}`"
			}
			return "write `webhook: {listen: \":8080\"}`"
		},
		check: func(p *parser, node *yaml.Node, w *Webhook, _ map[string]*yaml.Node) bool {
			w.Pos = p.start(node).pos
			return true
		},
	}
}

// address is a host, which may be empty, a colon and a port; or none.
type address struct{}

const addressPattern = `^(none|[^\s:/]*:[0-9]{1,5}|\[[0-9A-Fa-f:.%]+\]:[0-9]{1,5})$`

var addressRegexp = regexp.MustCompile(addressPattern)

func (address) read(p *parser, node *yaml.Node, to *String) bool {
	const hint = "write a host, which may be left out, a colon and a port: `listen: \":8080\"`"
	if node.Kind == yaml.Int && plainNumber.MatchString(node.Text) {
		p.report(CodeBadAddress, p.placeOf(node), "write it with a colon: \":"+shorten(node.Text)+"\"", "%s is not an address", shorten(node.Text))
		return false
	}
	if node.Kind != yaml.String {
		p.wrongType(node, "an address", hint)
		return false
	}
	text := node.Text
	if !addressRegexp.MatchString(text) {
		p.report(CodeBadAddress, p.placeOf(node), hint, "%s is not an address", quote(text))
		return false
	}
	if port, err := strconv.Atoi(text[strings.LastIndexByte(text, ':')+1:]); text != ListenNone && (err != nil || port > 65535) {
		p.report(CodeOutOfRange, p.placeOf(node), "the range of a port is 0 to 65535", "the port of %s is out of range", quote(text))
		return false
	}
	*to = valueAt(p.placeOf(node), text)
	return true
}

func (address) schema(*definitions) schema {
	return schema{{"type", "string"}, {"pattern", addressPattern}}
}

// urlPath is the path of a URL.
type urlPath struct{}

const urlPathPattern = `^/[A-Za-z0-9/._~-]*$`

var urlPathRegexp = regexp.MustCompile(urlPathPattern)

func (urlPath) read(p *parser, node *yaml.Node, to *String) bool {
	if node.Kind != yaml.String {
		p.wrongType(node, "a path", "write a slash and a name, such as /telegram")
		return false
	}
	if !urlPathRegexp.MatchString(node.Text) {
		hint := "write a slash, letters and digits, such as /telegram"
		if urlPathRegexp.MatchString("/" + node.Text) {
			hint = "write /" + node.Text
		}
		p.report(CodeBadPath, p.placeOf(node), hint, "%s is not a path", quote(node.Text))
		return false
	}
	*to = valueAt(p.placeOf(node), node.Text)
	return true
}

func (urlPath) schema(*definitions) schema {
	return schema{{"type", "string"}, {"pattern", urlPathPattern}}
}
