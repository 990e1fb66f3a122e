package emit

import (
	"fmt"
	"time"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// lists declares the functions that return the allowed updates and the menus.
func (e *emitter) lists() {
	e.add("AllowedUpdates are the kinds of updates that the bot asks Telegram for.",
		jen.Func().Id("AllowedUpdates").Params().Index().String().Block(jen.Return(
			jen.Index().String().ValuesFunc(func(g *jen.Group) {
				for _, name := range e.plan.Allowed {
					g.Lit(name)
				}
			}))))
	e.add("Menus are the menus of the commands with a description, by scope and language.",
		jen.Func().Id("Menus").Params().Index().Add(telegram("Menu")).Block(jen.Return(e.menus())))
}

func (e *emitter) menus() *jen.Statement {
	var rows []jen.Code
	for _, m := range e.plan.Menus() {
		var fields []jen.Code
		if m.Scope != plan.ScopeDefault {
			fields = append(fields, jen.Id("Scope").Op(":").Add(gotgbot("BotCommandScope"+string(m.Scope))).Values())
		}
		if m.Language != "" {
			fields = append(fields, jen.Id("Language").Op(":").Lit(m.Language))
		}
		if len(m.Commands) > 0 {
			fields = append(fields, jen.Id("Commands").Op(":").Add(menuCommands(m.Commands)))
		}
		rows = append(rows, jen.Line().Values(fields...))
	}
	if len(rows) == 0 {
		return jen.Nil()
	}
	return jen.Index().Add(telegram("Menu")).Values(append(rows, jen.Line())...)
}

func menuCommands(commands []plan.MenuCommand) *jen.Statement {
	var rows []jen.Code
	for _, c := range commands {
		rows = append(rows, jen.Line().Values(jen.Dict{
			jen.Id("Command"):     jen.Lit(c.Name()),
			jen.Id("Description"): jen.Lit(c.Description),
		}))
	}
	return jen.Index().Add(gotgbot("BotCommand")).Values(append(rows, jen.Line())...)
}

// construct declares New and Run.
func (e *emitter) construct() {
	handlers := jen.Id("h").Id("Handlers")
	options := jen.Id("opts").Op("...").Add(telegram("Option"))
	e.add("New makes a bot that handles updates with h. It sends no request to Telegram.",
		jen.Func().Id("New").Params(handlers, options).Params(jen.Op("*").Add(telegram("Bot")), jen.Error()).Block(
			jen.Id("d").Op(":=").Id(newDispatcher).Call(jen.Id("h")),
			jen.Return(telegram("New").Call(e.config(), jen.Id("opts").Op("..."))),
		))
	e.add("Run runs a bot that handles updates with h until ctx ends. Then it waits for the handlers that are running, but no longer "+
		"than the stop time-out. It returns earlier if an error ends the bot.",
		jen.Func().Id("Run").Params(contextParam(), handlers, options).Error().Block(
			jen.List(jen.Id("bot"), jen.Err()).Op(":=").Id("New").Call(jen.Id("h"), jen.Id("opts").Op("...")),
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())),
			jen.Return(jen.Id("bot").Dot("Run").Call(jen.Id("ctx"))),
		))
}

// config is the telegram.Config of the spec. Where the spec leaves out a key, the runtime has the same default.
func (e *emitter) config() *jen.Statement {
	s := e.plan.Spec
	var fields []jen.Code
	set := func(name string, value jen.Code) {
		fields = append(fields, jen.Line().Id(name).Op(":").Add(value))
	}
	set("AllowedUpdates", jen.Id("AllowedUpdates").Call())
	set("Kinds", wire("Kinds").CallFunc(func(g *jen.Group) {
		for _, k := range e.plan.Kinds {
			g.Add(kindConst(k))
		}
	}))
	set("Menus", jen.Id("Menus").Call())
	if s.RegisterCommands.Value {
		set("RegisterCommands", jen.True())
	}
	if s.Workers.IsSet() {
		set("Workers", jen.Lit(s.Workers.Value))
	}
	set("Concurrency", jen.Lit(s.Concurrency.Or(spec.DefaultConcurrency)))
	if s.Backlog.Updates.IsSet() {
		set("Backlog", jen.Lit(s.Backlog.Updates.Value))
	}
	if s.Backlog.Bytes.IsSet() {
		set("BacklogBytes", jen.Lit(int(s.Backlog.Bytes.Value)))
	}
	switch s.Sink.Or(spec.DefaultSink) {
	case spec.SinkConcurrent:
		set("Sink", telegram("Concurrent"))
	case spec.SinkBatch:
		set("Sink", telegram("Batch"))
	case spec.SinkSequential:
		set("Sink", telegram("Sequential"))
	}
	if t := e.plan.Timeout; t.After > 0 {
		set("Timeout", duration(t.After))
		if t.Key == spec.TimeoutRelease {
			set("TimeoutKey", telegram("Release"))
		} else if t.Hold > 0 {
			set("Hold", duration(t.Hold))
		}
	}
	if r := e.plan.Retry; r.Attempts > 1 {
		set("Retry", retryValue(r))
	}
	if s.StopTimeout.IsSet() {
		set("StopTimeout", durationOrNone(s.StopTimeout.Value))
	}
	if s.Delivery.Or(spec.DefaultDelivery) == spec.DeliverAtLeastOnce || s.Queue != nil {
		set("Delivery", telegram("AtLeastOnce"))
	}
	switch s.Source.Or(spec.DefaultSource) {
	case spec.SourcePolling:
		set("Source", telegram("SourcePolling"))
	case spec.SourceWebhook:
		set("Source", telegram("SourceWebhook"))
	}
	if polling := polling(s.Polling); len(polling) > 0 {
		set("Polling", telegram("PollingConfig").Values(append(polling, jen.Line())...))
	}
	if webhook := webhook(s.Webhook); len(webhook) > 0 {
		set("Webhook", telegram("WebhookSettings").Values(append(webhook, jen.Line())...))
	}
	if q := s.Queue; q != nil {
		fields := []jen.Code{jen.Id("Partitions").Op(":").Lit(q.Partitions.Or(spec.DefaultPartitions))}
		if q.Attempts.IsSet() {
			fields = append(fields, jen.Id("Attempts").Op(":").Lit(q.Attempts.Value))
		}
		set("Queue", telegram("QueueConfig").Values(fields...))
	}
	if calls := callsFields(s.Calls); len(calls) > 0 {
		set("Calls", telegram("CallsConfig").Values(calls...))
	}
	if e.constrained() {
		set("Constraints", jen.Id("d").Dot("constraints"))
	}
	set("Dispatch", e.dispatchValue())
	if len(e.plan.Sessions) > 0 {
		set("Sessions", jen.Index().Add(telegram("Session")).ValuesFunc(func(g *jen.Group) {
			for _, s := range e.plan.Sessions {
				g.Id("d").Dot(sessionName(s))
			}
		}))
	}
	if e.expires() {
		set("Expire", e.expireValue())
	}
	if s.OnError.IsSet() {
		set("OnError", jen.Id("h").Dot(s.OnError.Value))
	}
	if s.OnTimeout.IsSet() {
		set("OnTimeout", jen.Id("h").Dot(s.OnTimeout.Value))
	}
	return telegram("Config").Values(append(fields, jen.Line())...)
}

// polling are the fields of a telegram.PollingConfig that the spec sets.
func polling(p spec.Polling) []jen.Code {
	var fields []jen.Code
	set := func(name string, value jen.Code) {
		fields = append(fields, jen.Line().Id(name).Op(":").Add(value))
	}
	if p.Timeout.IsSet() {
		set("Timeout", durationOrNone(p.Timeout.Value))
	}
	if p.SpeedTrafficBalance.IsSet() {
		set("SpeedTrafficBalance", jen.Lit(p.SpeedTrafficBalance.Value))
	}
	if p.MaxDelay.IsSet() {
		set("MaxDelay", duration(p.MaxDelay.Value))
	}
	if retry := retry(p.Retry); len(retry) > 0 {
		set("Retry", telegram("RetryPolicy").Values(retry...))
	}
	if p.OnConflict.Or(spec.DefaultOnConflict) == spec.ConflictFail {
		set("OnConflict", telegram("ConflictFail"))
	}
	if p.DropPending.Value {
		set("DropPending", jen.True())
	}
	return fields
}

// webhook are the fields of a telegram.WebhookSettings that the spec sets.
func webhook(w spec.Webhook) []jen.Code {
	var fields []jen.Code
	set := func(name string, value jen.Code) {
		fields = append(fields, jen.Line().Id(name).Op(":").Add(value))
	}
	if w.Listen.IsSet() {
		set("Listen", jen.Lit(w.Listen.Value))
	}
	if w.Path.IsSet() {
		set("Path", jen.Lit(w.Path.Value))
	}
	if w.Connections.IsSet() {
		set("Connections", jen.Lit(w.Connections.Value))
	}
	if w.AnswerWithin.IsSet() {
		set("AnswerWithin", duration(w.AnswerWithin.Value))
	}
	if w.Register.Or(spec.DefaultRegister) == spec.RegisterNever {
		set("Register", telegram("RegisterNever"))
	}
	return fields
}

// retry are the fields of a telegram.RetryPolicy that the spec sets.
func retry(r spec.Retry) []jen.Code {
	var fields []jen.Code
	set := func(name string, value jen.Code) { fields = append(fields, jen.Id(name).Op(":").Add(value)) }
	switch r.Interval.Value.Kind {
	case spec.RetryQuadratic:
		set("Interval", telegram("RetryQuadratic"))
	case spec.RetryFixed:
		set("Interval", telegram("RetryFixed"))
		set("Fixed", duration(r.Interval.Value.Every))
	}
	if r.MaxElapsed.IsSet() {
		set("MaxElapsed", duration(r.MaxElapsed.Value))
	}
	return fields
}

// callsFields are the fields of a telegram.CallsConfig that the spec sets.
func callsFields(c spec.Calls) []jen.Code {
	r := c.Retry
	var fields []jen.Code
	if r.Attempts.IsSet() {
		fields = append(fields, jen.Id("Attempts").Op(":").Lit(r.Attempts.Value))
	}
	if r.MaxWait.IsSet() {
		fields = append(fields, jen.Id("MaxWait").Op(":").Add(durationOrNone(r.MaxWait.Value)))
	}
	if c.Journal.Value {
		fields = append(fields, jen.Id("Journal").Op(":").True())
	}
	return fields
}

// durationOrNone is a duration for a field of the runtime whose zero means the default and whose negative values mean none.
func durationOrNone(d time.Duration) *jen.Statement {
	if d == 0 {
		return jen.Lit(-1)
	}
	return duration(d)
}

// duration is a duration in the largest unit that divides it, such as 30 * time.Second.
func duration(d time.Duration) *jen.Statement {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"}, {time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}} {
		if d != 0 && d%unit.size == 0 {
			return jen.Lit(int(d/unit.size)).Op("*").Qual("time", unit.name)
		}
	}
	return jen.Id(fmt.Sprint(int64(d)))
}

// kindConst is the runtime's constant for an update kind.
func kindConst(k *plan.Kind) *jen.Statement { return wire("Kind" + k.Field.Name) }

// retryValue is the telegram.Retry of a retry. What is the default is left out.
func retryValue(r plan.Retry) *jen.Statement {
	fields := []jen.Code{jen.Id("Attempts").Op(":").Lit(r.Attempts)}
	if r.Attempts == 1 {
		return telegram("Retry").Values(fields...)
	}
	if r.Backoff != spec.DefaultBackoff {
		fields = append(fields, jen.Id("Backoff").Op(":").Add(duration(r.Backoff)))
	}
	if r.MaxBackoff != max(spec.DefaultMaxBackoff, r.Backoff) {
		fields = append(fields, jen.Id("MaxBackoff").Op(":").Add(duration(r.MaxBackoff)))
	}
	return telegram("Retry").Values(fields...)
}
