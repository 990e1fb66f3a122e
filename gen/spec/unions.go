package spec

import (
	"strings"
	"time"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// timeoutValue is the shape of a time-out: a duration, none, or {after: duration, key: hold | release, hold: duration}.
type timeoutValue struct{}

var handlerTime = period{min: time.Millisecond, max: 24 * time.Hour}

func timeoutObject() *object[Timeout] {
	return &object[Timeout]{
		name: "a timeout", doc: "The time that a handler has, and what happens to its keys when the time is up.",
		keys: []key[Timeout]{
			at("after", handlerTime, func(t *Timeout) *Value[time.Duration] { return &t.After },
				"The time, from the start of the handler. After it, the handler's context is cancelled.").needed("write after: and a duration, such as 30s"),
			at("key", choice[TimeoutKey]{what: "a rule for the keys", values: []TimeoutKey{TimeoutHold, TimeoutRelease}},
				func(t *Timeout) *Value[TimeoutKey] { return &t.Key },
				"hold: updates with the same keys wait until the handler returns, but no longer than the key hold says. "+
					"release: they do not wait for it any longer.").or(DefaultTimeoutKey),
			at("hold", handlerTime, func(t *Timeout) *Value[time.Duration] { return &t.Hold },
				"With key: hold: how long updates with the same keys wait after the time is up. Then the handler is reported as stuck. "+
					"Default: as long again as after."),
		},
		check: func(p *parser, _ *yaml.Node, t *Timeout, there map[string]*yaml.Node) bool {
			if t.Hold.IsSet() && t.Key.Value == TimeoutRelease {
				d := p.report(CodeNeedsHold, p.placeOf(there["hold"]), "delete it, or write key: hold", "hold works only with key: hold")
				relate(d, t.Key.Pos, "key is here")
			}
			return t.After.IsSet()
		},
	}
}

func (timeoutValue) read(p *parser, node *yaml.Node, to *Timeout) bool {
	if node.Kind == yaml.Mapping {
		to.Pos = p.start(node).pos
		return timeoutObject().read(p, node, to)
	}
	to.Pos = p.placeOf(node).pos
	if node.Kind == yaml.String && node.Text == "none" {
		to.None = true
		return true
	}
	if noLimit(node) {
		code, what := CodeBadDuration, "not a duration"
		if node.Text == "0s" {
			code, what = CodeDurationRange, "out of range"
		}
		p.report(code, p.placeOf(node), "for no limit, write none", "%s is %s", shorten(node.Text), what)
		return false
	}
	return handlerTime.read(p, node, &to.After)
}

func (timeoutValue) schema(defs *definitions) schema {
	return schema{{"anyOf", []any{schema{{"const", "none"}}, handlerTime.schema(defs), timeoutObject().schema(defs)}}}
}

// retryInterval is exponential, quadratic, or a duration.
type retryInterval struct{}

var (
	retryWays  = choice[RetryKind]{what: "a way to retry", values: []RetryKind{RetryExponential, RetryQuadratic}}
	retryEvery = period{min: time.Millisecond, max: time.Hour}
)

func (retryInterval) read(p *parser, node *yaml.Node, to *Value[RetryInterval]) bool {
	// A text that begins with a digit was meant as a duration.
	if node.Kind == yaml.Int || node.Kind == yaml.Float || node.Text != "" && node.Text[0] >= '0' && node.Text[0] <= '9' {
		var every Value[time.Duration]
		ok := retryEvery.read(p, node, &every)
		*to = valueAt(placeOfValue(every), RetryInterval{Kind: RetryFixed, Every: every.Value})
		return ok
	}
	kind, ok := retryWays.find(p, node)
	*to = valueAt(p.placeOf(node), RetryInterval{Kind: kind})
	return ok
}

func (retryInterval) schema(defs *definitions) schema {
	return schema{{"anyOf", []any{retryWays.schema(defs), retryEvery.schema(defs)}}}
}

// allowedUpdates is auto, or a list of update kinds.
type allowedUpdates struct{}

var (
	auto        = choice[string]{what: "auto or a list of update kinds", values: []string{"auto"}, otherwise: "write auto, or a list such as [message, poll]", guess: allowedHint}
	updateKinds = list[String]{item: updateKind, same: itself, want: "an update kind"}
)

// allowedHint says how to write what people write for a list of update kinds.
func allowedHint(text string) string {
	switch strings.ToLower(text) {
	case "all", "any", "*", "default", "true":
		return "write auto: the bot asks for the kinds that its handlers need"
	case "":
		return ""
	}
	if all := parts(text, updateKind.pattern); all != nil {
		return writeList(all)
	}
	if updateKind.pattern.MatchString(text) && strings.Trim(text, "auto") != "" {
		return "write a list: [" + text + "]"
	}
	return ""
}

func itself(text String) String { return text }

func (allowedUpdates) read(p *parser, node *yaml.Node, to *AllowedUpdates) bool {
	to.Pos = p.placeOf(node).pos
	if node.Kind == yaml.Sequence {
		return updateKinds.read(p, node, &to.Kinds)
	}
	_, to.Auto = auto.find(p, node)
	return to.Auto
}

func (allowedUpdates) schema(defs *definitions) schema {
	return schema{{"anyOf", []any{auto.schema(defs), updateKinds.schema(defs)}}}
}

// constraintsValue is a constraint, a list of constraints, or a mapping from update kinds to either.
type constraintsValue struct{}

var constraintList = list[Constraint]{
	item: constraintName{}, alone: true, same: func(c Constraint) String { return c.Name }, want: "a constraint",
}

// keyDefault is the key, in a mapping of constraints, for all update kinds that are not keys.
const keyDefault = "default"

func (constraintsValue) read(p *parser, node *yaml.Node, to *Constraints) bool {
	to.Pos = p.placeOf(node).pos
	if node.Kind != yaml.Mapping {
		return p.constraints(node, &to.Default)
	}
	to.Pos = p.start(node).pos
	if len(node.Entries) == 0 {
		p.report(CodeEmptyList, p.placeOf(node), "delete the key", "the mapping is empty; expected update kinds and constraints")
		return false
	}
	present := make(map[string]*yaml.Node, len(node.Entries))
	for entry := range p.entries(node, present) {
		name := entry.Key.Text
		if entry.Value.Kind == yaml.Null {
			p.report(CodeMissingValue, p.placeOf(entry.Key), "for no constraint, write none", "the key %s has no value", shorten(name))
			continue
		}
		if name == keyDefault {
			p.constraints(entry.Value, &to.Default)
			continue
		}
		var kind KindConstraints
		if updateKind.read(p, entry.Key, &kind.Kind) && p.constraints(entry.Value, &kind.Constraints) {
			to.ByKind = append(to.ByKind, kind)
		}
	}
	return !p.full
}

// constraints reads one or several constraints. The constraint none must be the only one.
func (p *parser) constraints(node *yaml.Node, to *[]Constraint) bool {
	if !constraintList.read(p, node, to) {
		return false
	}
	for _, constraint := range *to {
		if constraint.Name.Value == ConstraintNone && len(*to) > 1 {
			p.report(CodeNoneAlone, placeOfValue(constraint.Name), "delete none, or delete the others", "none cannot be combined with other constraints")
		}
	}
	return true
}

func (constraintsValue) schema(defs *definitions) schema {
	return defs.define("constraints", func() schema {
		one := constraintList.schema(defs)
		return schema{{"anyOf", []any{one, schema{
			{"type", "object"},
			{"minProperties", 1},
			{"propertyNames", schema{{"pattern", updateKind.pattern.String()}}},
			{"additionalProperties", one},
		}}}}
	})
}
