package spec

import (
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// triggers are the keys of a handler of which it has exactly one.
var triggers = []Trigger{TriggerCommand, TriggerCallback, TriggerOn, TriggerText, TriggerInline}

// withCommand are the keys of a handler that go with command.
var withCommand = []string{"args", "prefixes", "edited", "caption"}

func handlerShape() *object[Handler] {
	return &object[Handler]{
		name: "a handler", doc: "A method that gets updates: exactly one trigger, and conditions.",
		keys: []key[Handler]{
			at("name", method{"a handler"}, func(h *Handler) *String { return &h.Name },
				"The method of Handlers.").needed(),
			at("description", prose{256}, func(h *Handler) *String { return &h.Description },
				"What the handler does: for the menu of commands, the usage reply, and the doc comment."),
			at("command", list[String]{item: commandName, alone: true, same: itself, want: "a command"},
				func(h *Handler) *[]String { return &h.command().Names },
				"Trigger: a command, or a list of it and its aliases, without the slash."),
			at("args", arguments{}, func(h *Handler) *[]Field { return &h.command().Args },
				"The arguments of the command: name: type. Types are string, int, int64, float64, bool, duration, enum(a|b) and rest; "+
					"? makes one optional, = v gives it a default."),
			at("prefixes", prefixLetters, func(h *Handler) *String { return &h.command().Prefixes },
				"The signs that may stand before the command, such as \"/!\".").or(DefaultPrefixes),
			at("edited", boolean{}, func(h *Handler) *Value[bool] { return &h.command().Edited },
				"Whether the command also counts in an edited message.").or(false),
			at("caption", boolean{}, func(h *Handler) *Value[bool] { return &h.command().Caption },
				"Whether the command also counts in the caption of a picture and the like.").or(false),
			at("callback", pointed[Callback]{callbackPattern{}}, func(h *Handler) **Callback { return &h.Callback },
				"Trigger: the data of a button, as it is or with fields: buy:{item:int64}:{qty:int}. {{ and }} stand for braces."),
			at("on", list[Query]{item: filterQuery{}, alone: true, same: func(q Query) String { return q.Text }, want: "a filter query"},
				func(h *Handler) *[]Query { return &h.On },
				"Trigger: a filter query such as message:photo or ::url, or a list, any of which must match."),
			at("text", pointed[Text]{textTrigger{}}, func(h *Handler) **Text { return &h.Text },
				"Trigger: a regular expression that the text of a message must match, or {is: text}. Named groups become fields."),
			at("inline", pointed[Inline]{inlineTrigger{}}, func(h *Handler) **Inline { return &h.Inline },
				"Trigger: an inline query. true takes every one, a regular expression those that match."),
			at("in", list[Value[ChatType]]{
				item:  choice[ChatType]{"a kind of chat", []ChatType{ChatPrivate, ChatGroup, ChatSupergroup, ChatChannel}},
				alone: true, want: "a kind of chat",
				same: func(c Value[ChatType]) String { return String{string(c.Value), c.Pos, c.End} },
			}, func(h *Handler) *[]Value[ChatType] { return &h.In },
				"The kinds of chats that the handler is for. Default: all."),
			at("where", list[Predicate]{
				item: predicate{}, alone: true, want: "the name of a predicate",
				same: func(w Predicate) String { return w.Name },
			}, func(h *Handler) *[]Predicate { return &h.Where },
				"A method of Handlers that must hold, or a list, all of which must. \"!Name\" must not hold."),
			at("constraints", pointed[Constraints]{constraintsValue{}}, func(h *Handler) **Constraints { return &h.Constraints },
				"What the updates of this handler are kept in order by, in place of the bot's."),
			at("timeout", pointed[Timeout]{timeoutValue{}}, func(h *Handler) **Timeout { return &h.Timeout },
				"The time that this handler has, in place of the bot's."),
			at("continue", boolean{}, func(h *Handler) *Value[bool] { return &h.Continue },
				"Whether matching goes on after this handler ran.").or(false),
		},
		check: checkHandler,
		rules: handlerRules(),
	}
}

// command is the command of the handler, for a key that goes with it.
func (h *Handler) command() *Command {
	if h.Command == nil {
		h.Command = new(Command)
	}
	return h.Command
}

// handlerRules is the schema of what checkHandler checks.
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

// checkHandler checks what holds between the keys of a handler. Without a name or a trigger it is of no use.
func checkHandler(p *parser, node *yaml.Node, h *Handler, there map[string]*yaml.Node) bool {
	h.Pos = p.start(node).pos
	var first *yaml.Node
	for _, entry := range node.Entries {
		name := entry.Key.Text
		switch {
		case there[name] != entry.Key || !isTrigger(name):
		case first == nil:
			first = entry.Key
		default:
			d := p.report(CodeSeveralTriggers, p.placeOf(entry.Key), "make two handlers of it", "a second trigger: a handler has one")
			relate(d, p.placeOf(first).pos, "the first is here")
		}
	}
	if first == nil && !node.Broken {
		texts := make([]string, len(triggers))
		for i, trigger := range triggers {
			texts[i] = string(trigger)
		}
		p.report(CodeMissingTrigger, p.start(node), "give it "+diag.Or(texts), "a handler without a trigger")
	}
	if command := there[string(TriggerCommand)]; command == nil && first != nil {
		for _, name := range withCommand {
			if at := there[name]; at != nil {
				p.report(CodeNeedsCommand, p.placeOf(at), "", "%s goes with the trigger command, and this handler has %s", name, first.Text)
			}
		}
	}
	if h.Command != nil && len(h.Command.Names) == 0 {
		h.Command = nil
	}
	return h.Name.IsSet() && (h.Command != nil || h.Callback != nil || len(h.On) > 0 || h.Text != nil || h.Inline != nil)
}

func isTrigger(name string) bool {
	for _, trigger := range triggers {
		if string(trigger) == name {
			return true
		}
	}
	return false
}
