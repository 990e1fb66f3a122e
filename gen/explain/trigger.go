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

// mismatch says why the trigger of a route, or its kinds of chats, do not fit the update; empty if they do.
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
			return fmt.Sprintf("the command is for @%s, and the bot is @%s", bot, e.in.Username)
		}
		if prefixes == spec.DefaultPrefixes && strings.HasPrefix(text, "/") {
			return "the text begins with no bot_command entity"
		}
		return "the message is no command"
	}
	if !slices.ContainsFunc(c.Names, func(n spec.String) bool { return n.Value == name }) {
		return fmt.Sprintf("the command is %s", name)
	}
	return ""
}

func wrongText(t *spec.Text, text string) string {
	switch {
	case text == "":
		return "the message has no text"
	case t.Pattern != nil && !matches(t.Pattern, text):
		return "the text does not match"
	case t.Pattern == nil && text != t.Is.Value:
		return "the text is another"
	}
	return ""
}

// matches compiles what the spec was checked to have: a regular expression.
func matches(p *spec.Pattern, text string) bool {
	return regexp.MustCompile(p.Source.Value).MatchString(text)
}

// callback reads the data as the generated codec does.
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
		until := ""
		if i+1 < len(c.Parts) {
			until = c.Parts[i+1].Literal.Value
		}
		name, parse := part.Field.Name.Value, parser(part.Field.Type)
		if part.Field.Optional || part.Field.Default != nil {
			dispatch.FieldOptional(&f, name, until, parse)
		} else {
			dispatch.Field(&f, name, until, parse)
		}
	}
	if err := f.Err(); err != nil {
		return err.Error()
	}
	return ""
}

// parser tells whether a text is of a type.
func parser(t spec.Type) func(string) (string, error) {
	return func(text string) (string, error) {
		var err error
		switch t.Kind {
		case spec.TypeInt:
			_, err = dispatch.Int(text)
		case spec.TypeInt64:
			_, err = dispatch.Int64(text)
		case spec.TypeFloat64:
			_, err = dispatch.Float64(text)
		case spec.TypeBool:
			_, err = dispatch.Bool(text)
		case spec.TypeDuration:
			_, err = dispatch.Duration(text)
		case spec.TypeEnum:
			values := make([]string, len(t.Enum))
			for i, v := range t.Enum {
				values[i] = v.Value
			}
			_, err = dispatch.OneOf(text, values...)
		default:
			if t.MaxBytes.IsSet() {
				_, err = dispatch.TextUpTo(text, t.MaxBytes.Value)
			}
		}
		return text, err
	}
}

// wrongChat looks for the type of the chat where the generated code does.
func (e *explainer) wrongChat(in []spec.Value[spec.ChatType]) string {
	typ := ""
	if len(e.kind.Chat) > 0 {
		typ = e.chatType()
	}
	var names []string
	for _, one := range in {
		if string(one.Value) == typ {
			return ""
		}
		names = append(names, string(one.Value))
	}
	if typ == "" {
		return "there is no chat, and it is for " + strings.Join(names, ", ")
	}
	return fmt.Sprintf("the chat is %s, and it is for %s", typ, strings.Join(names, ", "))
}

func (e *explainer) chatType() string {
	path := e.kind.Chat[0]
	value := e.payload.Elem()
	switch {
	case len(path) == 1: // the number of a private chat
		return string(spec.ChatPrivate)
	case path[1].Union != nil:
		message, _ := value.FieldByName(path[0].Name).Interface().(gotgbot.MaybeInaccessibleMessage)
		return dispatch.ChatType(message)
	}
	for _, step := range path[:len(path)-1] {
		if value = reflect.Indirect(value.FieldByName(step.Name)); !value.IsValid() {
			return ""
		}
	}
	return value.FieldByName("Type").String()
}
