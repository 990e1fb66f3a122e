package spec

import (
	"slices"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// triggers are the trigger keys. A handler has exactly one of them.
var triggers = []Trigger{TriggerCommand, TriggerCallback, TriggerOn, TriggerText, TriggerInline}

// withCommand are the keys of a handler that work only with command.
var withCommand = []string{"args", "prefixes", "edited", "caption"}

func handlerShape() *object[Handler] {
	return &object[Handler]{
		name: "a handler", doc: "A method that gets updates. It has exactly one trigger, and may have conditions.",
		keys: []key[Handler]{
			at("name", method{what: "a handler"}, func(h *Handler) *String { return &h.Name },
				"The name of the method of Handlers.").needed("write name: and the name of your method, such as Start"),
			at("description", describing{}, func(h *Handler) *Description { return &h.Description },
				"What the handler does: a text, or texts by language, such as {en: Say hello, de: Sag hallo}, the first of which is for all other "+
					"languages. It is shown in the menu of commands, and the first text also in the usage reply and in the doc comment."),
			at("command", list[String]{item: commandName, alone: true, same: itself, want: "a command"},
				func(h *Handler) *[]String { return &h.command().Names },
				"Trigger: a command without the slash, or a list of a command and its aliases."),
			at("args", arguments{}, func(h *Handler) *[]Field { return &h.command().Args },
				"The arguments of the command, each as name: type. The types are string, int, int64, float64, bool, duration, enum(a|b) and rest; "+
					"? makes one optional, = v gives it a default."),
			at("prefixes", prefixLetters, func(h *Handler) *String { return &h.command().Prefixes },
				"The signs that can come before the command, such as \"/!\".").or(DefaultPrefixes),
			at("edited", boolean{}, func(h *Handler) *Value[bool] { return &h.command().Edited },
				"Whether the handler also gets the command from an edited message.").or(false),
			at("caption", boolean{}, func(h *Handler) *Value[bool] { return &h.command().Caption },
				"Whether the handler also gets the command from the caption of a photo or other media.").or(false),
			at("callback", pointed[Callback]{callbackPattern{}}, func(h *Handler) **Callback { return &h.Callback },
				"Trigger: the callback data of a button. It can have fields: buy:{item:int64}:{qty:int(0..999)}. Write {{ and }} for braces, or {is: data} for data without fields. "+
					"The types are those of args, with bounds, since the data must fit 64 bytes: int(0..999) or int64(0..); string(20), of at most 20 bytes; "+
					"word(20), of letters, digits, _ and -; string(40, !\":/\"), a text without these characters. "+
					"Words, and texts that exclude characters, are in the data as they are, so that a pattern can describe data that is in chats already; "+
					"any other text before the end has escapes, which may double its length. A bounded number, a word and a text that excludes characters are read only as they are written."),
			at("on", list[Query]{item: filterQuery{}, alone: true, same: func(q Query) String { return q.Text }, want: "a filter query"},
				func(h *Handler) *[]Query { return &h.On },
				"Trigger: a filter query such as message:photo or ::url, or a list of queries, at least one of which must match."),
			at("text", pointed[Text]{textTrigger{}}, func(h *Handler) **Text { return &h.Text },
				"Trigger: a regular expression that the text of a message must match, or {is: text}. Named groups become fields."),
			at("inline", pointed[Inline]{inlineTrigger{}}, func(h *Handler) **Inline { return &h.Inline },
				"Trigger: an inline query. true: every query. A regular expression: the queries that match it."),
			at("in", chatTypes, func(h *Handler) *[]Value[ChatType] { return &h.In },
				"The kinds of chat that the handler is for. Default: all."),
			at("where", predicates, func(h *Handler) *[]Predicate { return &h.Where },
				"A predicate, which is a method of Handlers that must return true, or a list of predicates. \"!Name\" must return false."),
			at("state", stateRefs, func(h *Handler) *[]StateRef { return &h.State },
				"The states of a session in which the handler runs, such as Signup.AskName, or \"Signup.*\" for any state but the first. In another state, the next handler is "+
					"tried. The input has the session: for one state, with that state's type."),
			at("to", targetRefs, func(h *Handler) *[]StateRef { return &h.To },
				"The states that the handler may go to, with the key state. The method then returns the next state, or nil to stay. Without the key, the session stays in its state."),
			at("session", sessionNames, func(h *Handler) *[]String { return &h.Session },
				"The sessions without states that the handler uses. The input has each of them as a pointer to a copy, which is stored if the handler changed it and succeeded."),
			at("find", finds{}, func(h *Handler) *[]Find { return &h.Find },
				"What the handler needs, each as name: type, with a type of your package. For note: Note, the method FindNote looks for it, "+
					"after the predicates have held. If it finds nothing, the next handler is tried."),
			at("constraints", pointed[Constraints]{constraintsValue{}}, func(h *Handler) **Constraints { return &h.Constraints },
				"The constraints of this handler's updates, instead of the bot's."),
			at("timeout", pointed[Timeout]{timeoutValue{}}, func(h *Handler) **Timeout { return &h.Timeout },
				"The time that this handler has, instead of the bot's."),
			at("retry", pointed[HandlerRetry]{handlerRetryShape()}, func(h *Handler) **HandlerRetry { return &h.Retry },
				"How often an update is handled again after this handler has returned an error, instead of the bot's."),
			at("continue", boolean{}, func(h *Handler) *Value[bool] { return &h.Continue },
				"Whether the next handlers are tried as well, after this one ran.").or(false),
		},
		example: func(text string) string {
			name := camelCase(text)
			if name == "" {
				name = "Start"
			}
			return "write the name and a trigger, such as {name: " + name + ", command: start}"
		},
		check: checkHandler,
		rules: handlerRules(),
	}
}

var (
	chatTypes = list[Value[ChatType]]{
		item:  choice[ChatType]{what: "a kind of chat", values: []ChatType{ChatPrivate, ChatGroup, ChatSupergroup, ChatChannel}, guess: chatHint},
		alone: true, want: "a kind of chat",
		same: func(c Value[ChatType]) String { return String{string(c.Value), c.Pos, c.End} },
	}
	predicates = list[Predicate]{
		item: predicate{}, alone: true, want: "the name of a predicate",
		same: func(w Predicate) String { return w.Name },
	}
)

// command returns the command of the handler, for a key that works with it. It creates the command if the handler has no command yet.
func (h *Handler) command() *Command {
	if h.Command == nil {
		h.Command = new(Command)
	}
	return h.Command
}

// handlerRules is the part of the schema for what checkHandler checks.
func handlerRules() schema {
	var one []any
	for _, trigger := range triggers {
		one = append(one, schema{{"required", []any{string(trigger)}}})
	}
	needs := schema{}
	for _, name := range withCommand {
		needs = append(needs, member{name, []any{string(TriggerCommand)}})
	}
	return schema{{"oneOf", one}, {"dependencies", needs}}
}

// checkHandler checks the keys of a handler against each other. It returns false if the handler has no name, no
// trigger, or several triggers.
func checkHandler(p *parser, node *yaml.Node, h *Handler, present map[string]*yaml.Node) bool {
	h.Pos = p.start(node).pos
	var first *yaml.Node
	several := false
	for _, entry := range node.Entries {
		name := entry.Key.Text
		switch {
		case present[name] != entry.Key || !isTrigger(name):
		case first == nil:
			first = entry.Key
		default:
			d := p.report(CodeSeveralTriggers, p.placeOf(entry.Key), "make two handlers", "a handler has only one trigger, and this is a second one")
			several = true
			relate(d, p.placeOf(first).pos, "the first is here")
		}
	}
	meant := slices.ContainsFunc(triggers, func(t Trigger) bool { return p.meant(node, string(t)) })
	if first == nil && !node.Broken && !meant {
		texts := make([]string, len(triggers))
		for i, trigger := range triggers {
			texts[i] = string(trigger)
		}
		p.report(CodeMissingTrigger, p.start(node), "add "+diag.Or(texts), "the handler has no trigger")
	}
	if command := present[string(TriggerCommand)]; command == nil && first != nil {
		for _, name := range withCommand {
			if at := present[name]; at != nil {
				p.report(CodeNeedsCommand, p.placeOf(at), "delete it", "%s works only with the trigger command, and this handler has the trigger %s", name, first.Text)
			}
		}
	}
	if h.Command != nil && len(h.Command.Names) == 0 {
		h.Command = nil
	}
	return h.Name.IsSet() && !several && (h.Command != nil || h.Callback != nil || len(h.On) > 0 || h.Text != nil || h.Inline != nil)
}

func isTrigger(name string) bool {
	for _, trigger := range triggers {
		if string(trigger) == name {
			return true
		}
	}
	return false
}
