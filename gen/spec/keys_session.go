package spec

import (
	"time"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

var (
	sessionTTL   = period{min: time.Second, max: 10 * 365 * 24 * time.Hour}
	stateAfter   = period{min: time.Second, max: 10 * 365 * 24 * time.Hour}
	sessionNames = list[String]{item: method{what: "a session", list: true}, alone: true, same: itself, want: "the name of a session"}
	stateRefs    = list[StateRef]{item: stateRef{}, alone: true, same: func(s StateRef) String { return s.Text }, want: "a state"}
	targetRefs   = list[StateRef]{item: stateRef{short: true}, alone: true, same: func(s StateRef) String { return s.State }, want: "a state"}
)

func sessionList() list[*Session] {
	return list[*Session]{item: pointed[Session]{sessionShape()}, want: "a session"}
}

func sessionShape() *object[Session] {
	return &object[Session]{
		name: "a session", doc: "What the bot remembers for each user, chat or other key: fields, or the state of a dialogue.",
		keys: []key[Session]{
			at("name", method{what: "a session"}, func(s *Session) *String { return &s.Name },
				"The name of the session. For Signup, the input of a handler has the field Signup.").needed("write name: and a name that begins with a capital letter, such as Signup"),
			at("key", sessionKey{}, func(s *Session) *Constraint { return &s.Key },
				"What has a session of its own: chat, user, chat_user, topic, or a method of Handlers that is a constraint. Each handler that uses the session needs "+
					"a constraint that keeps updates with the same key in order.").needed("write key: user, or chat, chat_user, topic"),
			at("ttl", sessionTTL, func(s *Session) *Value[time.Duration] { return &s.TTL },
				"How long the session is kept after the last change. With states it is needed; without states the default is forever."),
			at("version", integer{1, 1_000_000}, func(s *Session) *Value[int] { return &s.Version },
				"A number that counts up when the fields or the states change. From 2 on, the method MigrateX of Handlers reads the data of older versions.").or(DefaultSessionVersion),
			at("fields", sessionFields{}, func(s *Session) *[]SessionField { return &s.Fields },
				"The data of a session without states, each as name: type. The types are string, int, int64, float64, bool and duration, which can have a default (= v), "+
					"and types of your package."),
			at("states", list[*State]{item: pointed[State]{stateValue{}}, same: func(s *State) String { return s.Name }, want: "a state"},
				func(s *Session) *[]*State { return &s.States },
				"The states of a dialogue, each as a name, or with its fields: AskAge: [name: string]. The first is the initial one."),
		},
		example: func(text string) string {
			return "write the name, the key and the fields, such as {name: Prefs, key: user, fields: [lang: string]}"
		},
		check: checkSession,
		rules: schema{
			{"oneOf", []any{schema{{"required", []any{"fields"}}}, schema{{"required", []any{"states"}}}}},
			{"dependencies", schema{{"states", []any{"ttl"}}}},
		},
	}
}

func checkSession(p *parser, node *yaml.Node, s *Session, present map[string]*yaml.Node) bool {
	s.Pos = p.start(node).pos
	fields, states := present["fields"], present["states"]
	switch {
	case fields != nil && states != nil:
		d := p.report(CodeFieldsAndStates, p.placeOf(states), "give the states fields, such as AskAge: [name: string], or make two sessions",
			"a session has either fields or states")
		relate(d, p.placeOf(fields).pos, "the fields are here")
	case fields == nil && states == nil && !node.Broken:
		p.report(CodeMissingKey, p.start(node), "write fields: [lang: string], or states: [Idle, AskName]", "the session has neither fields nor states")
	}
	if len(s.States) > 0 {
		p.checkStates(s, node, states)
	}
	return s.Name.IsSet() && (len(s.Fields) > 0 || len(s.States) > 0) && (fields == nil || states == nil)
}

// checkStates checks the states of a session against each other.
func (p *parser) checkStates(s *Session, node, states *yaml.Node) {
	first := s.States[0]
	if value := valueOf(node, "states"); len(s.States) == 1 && len(value.Items) == 1 {
		p.report(CodeFewStates, placeOfValue(first.Name), "add a state, or write fields instead of states", "a session with states has at least two")
	}
	if !s.TTL.IsSet() && !p.meant(node, "ttl") && valueOf(node, "ttl") == nil {
		p.report(CodeMissingKey, p.placeOf(states), "write ttl: 24h: after that time without a change, the session goes back to "+shorten(first.Name.Value),
			"a session with states needs the key ttl")
	}
	switch {
	case len(first.Fields) > 0:
		p.report(CodeInitialState, placeOfValue(first.Fields[0].Name), "put a state without fields before it",
			"%s is the initial state, so it has no fields: nobody has set them yet", shorten(first.Name.Value))
	case first.After.IsSet():
		p.report(CodeInitialState, placeOfValue(first.After), "delete it", "%s is the initial state, and nobody enters it, so no time runs", shorten(first.Name.Value))
	case first.External.Value:
		p.report(CodeInitialState, placeOfValue(first.External), "delete it", "%s is the initial state, so nothing has to enter it", shorten(first.Name.Value))
	}
	for _, state := range s.States {
		if state.After.IsSet() && s.TTL.IsSet() && state.After.Value >= s.TTL.Value {
			d := p.report(CodeAfter, placeOfValue(state.After), "make it shorter than the ttl",
				"%s would end after %s, but the session is forgotten after %s", shorten(state.Name.Value), durationText(state.After.Value), durationText(s.TTL.Value))
			relate(d, s.TTL.Pos, "the ttl")
		}
		if state.After.IsSet() && s.Key.Method {
			d := p.report(CodeAfter, placeOfValue(state.After), "use the key chat, user, chat_user or topic", "a state can end after a time only if the key tells where the session is")
			relate(d, s.Key.Name.Pos, "the key is a method of yours")
		}
	}
}

// valueOf is the value of a key of a mapping, or nil.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for _, entry := range mapping.Entries {
		if entry.Key.Text == key {
			return entry.Value
		}
	}
	return nil
}

func stateShape() *object[State] {
	return &object[State]{
		name: "a state", doc: "A state of a session.",
		keys: []key[State]{
			at("fields", sessionFields{}, func(s *State) *[]SessionField { return &s.Fields }, "The data of the state, as those of a session."),
			at("external", boolean{}, func(s *State) *Value[bool] { return &s.External },
				"Whether code outside handlers enters the state, with the generated function UpdateX. Then no handler has to enter or leave it.").or(false),
			at("after", stateAfter, func(s *State) *Value[time.Duration] { return &s.After },
				"How long the session stays in the state. Then it goes to the state that to names. It is shorter than the ttl."),
			at("to", method{what: "a state"}, func(s *State) *String { return &s.To },
				"The state after that time. It has no fields."),
			at("handler", hook, func(s *State) *String { return &s.Handler },
				"The method of Handlers that runs after that time, before the session leaves the state. Default: none runs."),
		},
		elsewhere: func(name string) string {
			if fieldName.MatchString(name) && stateShape().find(name) == nil && !isHabit("a state", name) {
				return "write fields as a list: [" + shorten(name) + ": string]"
			}
			return ""
		},
		check: func(p *parser, node *yaml.Node, s *State, present map[string]*yaml.Node) bool {
			after := present["after"]
			switch {
			case after == nil && present["to"] != nil:
				p.report(CodeAfter, p.placeOf(present["to"]), "add after: 10m; handlers name the states they go to in their own key to", "to works only with after")
			case after == nil && present["handler"] != nil:
				p.report(CodeAfter, p.placeOf(present["handler"]), "add after: 10m, and to: with a state", "handler works only with after")
			case after != nil && present["to"] == nil:
				p.report(CodeAfter, p.placeOf(after), "add to: and the state to go to, which has no fields", "after needs the key to")
			}
			return true
		},
		rules: schema{{"dependencies", schema{{"after", []any{"to"}}, {"to", []any{"after"}}, {"handler", []any{"after"}}}}},
	}
}

func isHabit(mapping, name string) bool {
	_, ok := habitFor(mapping, name)
	return ok
}
