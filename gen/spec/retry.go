package spec

import (
	"time"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// handlerRetryShape is the shape of the key retry of the bot and of a handler.
func handlerRetryShape() *object[HandlerRetry] {
	return &object[HandlerRetry]{
		name: "retry", doc: "How often an update is handled again after its handler has returned an error.",
		keys: []key[HandlerRetry]{
			at("attempts", integer{1, 100}, func(r *HandlerRetry) *Value[int] { return &r.Attempts },
				"The largest number of attempts, including the first one. After the last one, the error goes to on_error.").needed("write attempts: and a number, such as 5"),
			at("backoff", handlerTime, func(r *HandlerRetry) *Value[time.Duration] { return &r.Backoff },
				"The wait before the second attempt. It doubles with each attempt, less a random part of up to a half.").or(durationText(DefaultBackoff)),
			at("max_backoff", handlerTime, func(r *HandlerRetry) *Value[time.Duration] { return &r.MaxBackoff },
				"The longest wait between two attempts.").or(durationText(DefaultMaxBackoff)),
		},
		example: func(text string) string {
			if plainNumber.MatchString(text) {
				return "write `retry: {attempts: " + shorten(text) + "}`"
			}
			return "write `retry: {attempts: 5}`"
		},
		check: func(p *parser, node *yaml.Node, r *HandlerRetry, there map[string]*yaml.Node) bool {
			r.Pos = p.start(node).pos
			if r.MaxBackoff.IsSet() && r.MaxBackoff.Value < r.Backoff.Or(DefaultBackoff) {
				d := p.report(CodeDurationRange, placeOfValue(r.MaxBackoff), "make it longer, or backoff shorter",
					"max_backoff is %s, and backoff is %s", durationText(r.MaxBackoff.Value), durationText(r.Backoff.Or(DefaultBackoff)))
				if r.Backoff.IsSet() {
					relate(d, r.Backoff.Pos, "backoff is here")
				}
			}
			return r.Attempts.IsSet()
		},
	}
}
