package plan

import (
	"fmt"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec"
)

// window is how many updates a poll can show, counted from the first unconfirmed one. It is the largest limit of
// getUpdates: https://core.telegram.org/bots/api#getupdates
const window = 100

// checkSettings finds keys that have no effect beside others.
func (r *resolver) checkSettings() {
	if c := r.spec.Concurrency; c.Value > window && r.spec.Delivery.Value == spec.DeliverAtLeastOnce && r.spec.Queue == nil {
		why := "shows no more, counted from the first unconfirmed one"
		if r.spec.Source.Value == spec.SourceWebhook {
			why = "delivers no more at once"
		}
		fault(r, CodeWindow, c, fmt.Sprintf("set it to %d or less", window),
			"with at_least_once at most %d updates are in hand: Telegram %s", window, why)
	}
	if w := r.spec.Webhook; w.Pos != (diag.Pos{}) && r.spec.Source.Value == spec.SourcePolling {
		r.found = append(r.found, diag.Diagnostic{
			Pos: w.Pos, Code: CodeNeedsWebhook, Message: "a bot that polls has no webhook",
			Hint:    "leave webhook out, or use `source: auto`: then the environment variable BOT_WEBHOOK_URL decides",
			Related: []diag.Related{{Pos: r.spec.Source.Pos, Message: "the source"}},
		})
	}
	if p := r.spec.Polling; p.Pos != (diag.Pos{}) && r.spec.Source.Value == spec.SourceWebhook {
		r.found = append(r.found, diag.Diagnostic{
			Pos: p.Pos, Code: CodeNeedsPolling, Message: "a bot with a webhook does not poll",
			Hint:    "leave polling out, or use `source: auto`: then the environment variable BOT_WEBHOOK_URL decides",
			Related: []diag.Related{{Pos: r.spec.Source.Pos, Message: "the source"}},
		})
	}
	if j := r.spec.Calls.Journal; j.Value && r.spec.Queue == nil && r.spec.Delivery.Or(spec.DefaultDelivery) != spec.DeliverAtLeastOnce {
		fault(r, CodeNeedsDelivery, j, "write `delivery: at_least_once`, or leave journal out",
			"the journal is of no use with at_most_once: no update comes again after a crash")
	}
	sink := r.spec.Sink.Or(spec.DefaultSink)
	if sink == spec.SinkSharded {
		return
	}
	for _, c := range r.constraints() {
		r.found = append(r.found, diag.Diagnostic{
			Pos: c.Pos, Code: CodeNeedsSharded, Message: fmt.Sprintf("the sink %s ignores constraints", sink),
			Hint:    "leave the constraints out, or use `sink: sharded`",
			Related: []diag.Related{{Pos: r.spec.Sink.Pos, Message: "the sink"}},
		})
	}
	if r.spec.Workers.IsSet() && sink == spec.SinkSequential {
		fault(r, CodeNeedsSharded, r.spec.Workers, "leave workers out", "the sink sequential has one worker")
	}
	if r.spec.Concurrency.IsSet() && sink == spec.SinkSequential {
		fault(r, CodeNeedsSharded, r.spec.Concurrency, "leave concurrency out", "the sink sequential runs one handler at a time")
	}
}
