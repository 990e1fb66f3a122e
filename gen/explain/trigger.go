package explain

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
)

// mismatch says why the update does not meet the trigger of a route or its key `in`. The result is empty if it does.
func (e *explainer) mismatch(r *plan.Route) string {
	why := ""
	switch {
	case r.Command != nil:
		why = e.command(r.Command)
	case r.Callback != nil:
		why = callback(r.Callback, e.payload.Interface().(*gotgbot.CallbackQuery).Data)
	case r.Text != nil:
		why = wrongText(r.Text, e.payload.Interface().(*gotgbot.Message).Text)
	case r.Inline != nil && r.Inline.Pattern != nil:
		if query := e.payload.Interface().(*gotgbot.InlineQuery).Query; !matches(r.Inline.Pattern, query) {
			why = fmt.Sprintf("the query %q does not match", query)
		}
	case r.On != nil:
		why = e.queries(r.Queries)
	}
	if why == "" && len(r.In) > 0 {
		why = e.wrongChat(r.In)
	}
	return why
}

// command says why the update is not a use of the command.
func (e *explainer) command(c *spec.Command) string {
	m := e.payload.Interface().(*gotgbot.Message)
	text, entities := m.Text, m.Entities
	if c.Caption.Value {
		text, entities = dispatch.TextOrCaption(m)
	}
	prefixes := c.Prefixes.Or(spec.DefaultPrefixes)
	read := func(username string) (string, string, bool) {
		if prefixes == spec.DefaultPrefixes {
			return dispatch.ParseCommand(text, entities, username)
		}
		return dispatch.ParsePrefixed(text, prefixes, username)
	}
	name, _, ok := read(e.in.Username)
	if !ok {
		word := text
		if fields := strings.Fields(text); len(fields) > 0 {
			word = fields[0]
		}
		_, bot, named := strings.Cut(word, "@")
		if _, _, addressed := read(bot); named && addressed {
			if e.in.Username == "" {
				return fmt.Sprintf("the command is for @%s; if that is this bot, add -bot %s", bot, bot)
			}
			return fmt.Sprintf("the command is for @%s, and the bot is @%s", bot, e.in.Username)
		}
		if prefixes == spec.DefaultPrefixes && strings.HasPrefix(text, "/") {
			return "the text does not begin with a bot_command entity"
		}
		return "the message is not a command"
	}
	if !slices.ContainsFunc(c.Names, func(n spec.String) bool { return n.Value == name }) {
		return fmt.Sprintf("the command is %s", name)
	}
	return ""
}

// wrongText says why a text does not meet the trigger.
func wrongText(t *spec.Text, text string) string {
	switch {
	case text == "":
		return "the message has no text"
	case t.Pattern != nil && !matches(t.Pattern, text):
		return "the text does not match"
	case t.Pattern == nil && text != t.Is.Value:
		return "the text is different"
	}
	return ""
}

// matches reports whether the expression matches. The spec's parser has checked that it compiles.
func matches(p *spec.Pattern, text string) bool {
	return regexp.MustCompile(p.Source.Value).MatchString(text)
}

// callback says why the data does not fit the pattern. It reads the data as the generated Parse function does.
func callback(c *spec.Callback, data string) string {
	if len(c.Fields()) == 0 {
		if data != c.Parts[0].Literal.Value {
			return fmt.Sprintf("the data is %q", data)
		}
		return ""
	}
	f := dispatch.NewFields(data)
	for i, part := range c.Parts {
		if part.Field == nil {
			f.Literal(part.Literal.Value)
			continue
		}
		name, next, parse := part.Field.Name.Value, plan.NextLiteral(c, i), parser(part.Field.Type)
		switch omissible := plan.Omissible(part.Field); {
		case part.Field.Type.Verbatim() && omissible:
			dispatch.VerbatimFieldOptional(&f, name, next, parse)
		case part.Field.Type.Verbatim():
			dispatch.VerbatimField(&f, name, next, parse)
		case omissible:
			dispatch.FieldOptional(&f, name, next, parse)
		default:
			dispatch.Field(&f, name, next, parse)
		}
	}
	if err := f.Err(); err != nil {
		return err.Error()
	}
	return ""
}

// parsers are the parsers of the runtime that take nothing but the text, under the names that [plan.Parser] returns.
var parsers = map[string]func(text string) error{
	"Int":      errorOf(dispatch.Int),
	"Int64":    errorOf(dispatch.Int64),
	"Float64":  errorOf(dispatch.Float64),
	"Bool":     errorOf(dispatch.Bool),
	"Duration": errorOf(dispatch.Duration),
	"Text":     errorOf(dispatch.Text),
}

func errorOf[T any](parse func(string) (T, error)) func(string) error {
	return func(text string) error {
		_, err := parse(text)
		return err
	}
}

// parser checks that a text is a value of the type, and returns the text.
func parser(t spec.Type) func(string) (string, error) {
	switch name := plan.Parser(t); name {
	case "OneOf":
		values := make([]string, len(t.Enum))
		for i, v := range t.Enum {
			values[i] = v.Value
		}
		return func(text string) (string, error) { return dispatch.OneOf(text, values...) }
	case "IntBetween":
		return func(text string) (string, error) {
			_, err := dispatch.IntBetween[int64](text, t.Range.Value.Low, t.Range.Value.High)
			return text, err
		}
	case "Verbatim":
		return func(text string) (string, error) { return dispatch.Verbatim(text, t.MaxBytes.Value, t.Excluded.Value) }
	case "Word":
		return func(text string) (string, error) { return dispatch.Word(text, t.MaxBytes.Value) }
	case "TextUpTo":
		return func(text string) (string, error) { return dispatch.TextUpTo(text, t.MaxBytes.Value) }
	default:
		return func(text string) (string, error) { return text, parsers[name](text) }
	}
}

// wrongChat says why the chat of the update is not of any of the types.
func (e *explainer) wrongChat(in []spec.Value[spec.ChatType]) string {
	typ := e.chatType()
	var names []string
	for _, one := range in {
		if string(one.Value) == typ {
			return ""
		}
		names = append(names, string(one.Value))
	}
	if typ == "" {
		return "there is no chat, and the handler is for " + strings.Join(names, ", ")
	}
	return fmt.Sprintf("the chat is %s, and the handler is for %s", typ, strings.Join(names, ", "))
}

// chatType is the type of the chat, or empty if the update has no chat.
func (e *explainer) chatType() string {
	source, ok := plan.ChatTypeOf(e.kind.Kind)
	if !ok {
		return ""
	}
	value := e.payload.Elem()
	switch {
	case source.Always != "":
		return string(source.Always)
	case source.Message != "":
		message, _ := value.FieldByName(source.Message).Interface().(gotgbot.MaybeInaccessibleMessage)
		return dispatch.ChatType(message)
	}
	for _, field := range source.Path {
		if value = reflect.Indirect(value); !value.IsValid() { // a nil pointer
			return ""
		}
		value = value.FieldByName(field)
	}
	return value.String()
}
