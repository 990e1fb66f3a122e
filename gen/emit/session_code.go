package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// This file declares how a session is stored: its configuration, its encoder and its decoder, and its functions for code outside
// handlers.

// sessionName is the dispatcher's field with a session. newSessionName is the function that makes it.
func sessionName(s *plan.Session) string    { return "session" + s.Name.Value }
func newSessionName(s *plan.Session) string { return "new" + s.Name.Value + "Session" }

// newSession declares the function that makes the session. A line above it describes the layout of its data for the next run.
func (e *emitter) newSession(s *plan.Session) {
	var fields []jen.Code
	set := func(name string, value jen.Code) {
		fields = append(fields, jen.Line().Id(name).Op(":").Add(value))
	}
	set("Name", jen.Lit(s.Name.Value))
	if s.Version.Value > 1 {
		set("Version", jen.Lit(s.Version.Value))
	}
	if s.TTL.IsSet() {
		set("TTL", duration(s.TTL.Value))
	}
	set("Key", keyFunction(s))
	if len(s.States) > 0 {
		set("States", jen.Index().Add(dispatch("State")).ValuesFunc(func(g *jen.Group) {
			for _, state := range s.States {
				values := []jen.Code{jen.Id("Name").Op(":").Lit(state.Name.Value)}
				if state.Next != nil {
					values = append(values, jen.Id("After").Op(":").Add(duration(state.After.Value)))
				}
				g.Line().Id(state.Constant()).Op(":").Values(values...)
			}
			g.Line()
		}))
	}
	set("Encode", jen.Id("encode"+s.Name.Value))
	set("Decode", jen.Id("decode"+s.Name.Value))
	handlers := jen.Id("_")
	if s.Key.Method {
		handlers = jen.Id("h")
	}
	if s.Version.Value > 1 {
		handlers = jen.Id("h")
		migrate := jen.Id("h").Dot(s.Migration().Value)
		if len(s.States) == 0 {
			migrate = jen.Func().Params(jen.Id("version").Int(), jen.Id("_").String(), jen.Id("data").Qual("encoding/json", "RawMessage")).
				Params(jen.Id(s.Type()), jen.Error()).Block(jen.Return(migrate.Call(jen.Id("version"), jen.Id("data"))))
		}
		set("Migrate", migrate)
	}
	session := func() *jen.Statement { return dispatch("Session").Types(jen.Id(s.Type())) }
	e.file.Line()
	e.file.Comment(lines(fmt.Sprintf("%s makes the session %s. The line below tells the next run of tggen how the stored data look.", newSessionName(s), s.Name.Value)) +
		"\n//\n" + plan.LayoutPrefix + s.Layout())
	e.file.Func().Id(newSessionName(s)).Params(handlers.Id("Handlers")).Op("*").Add(session()).Block(
		jen.Return(dispatch("NewSession").Call(dispatch("SessionConfig").Types(jen.Id(s.Type())).Values(append(fields, jen.Line())...))))
}

// keyFunction is the function that computes the key of a session.
func keyFunction(s *plan.Session) *jen.Statement {
	if s.Key.Method {
		return dispatch("FunctionKey").Call(jen.Id("h").Dot(s.Key.Name.Value))
	}
	return dispatch(keyNames[s.Key.Name.Value] + "Key")
}

// keyNames are the names of the built-in keys in package dispatch.
var keyNames = map[string]string{
	spec.ConstraintChat: "Chat", spec.ConstraintUser: "User", spec.ConstraintChatUser: "ChatUser", spec.ConstraintTopic: "Topic",
}

// keyParams are the parameters of a function that takes the key of a session, and keyText is the key that they make.
func keyParams(s *plan.Session) []string {
	switch s.Key.Name.Value {
	case spec.ConstraintChat:
		return []string{"chat"}
	case spec.ConstraintUser:
		return []string{"user"}
	case spec.ConstraintChatUser:
		return []string{"chat", "user"}
	case spec.ConstraintTopic:
		return []string{"chat", "topic"}
	}
	return nil
}

func keyParam(s *plan.Session) *jen.Statement {
	names := keyParams(s)
	if names == nil {
		return jen.Id("key").String()
	}
	ids := make([]jen.Code, len(names))
	for i, name := range names {
		ids[i] = jen.Id(name)
	}
	return jen.List(ids...).Int64()
}

func keyText(s *plan.Session) *jen.Statement {
	names := keyParams(s)
	if names == nil {
		return jen.Id("key")
	}
	return dispatch("Format" + keyNames[s.Key.Name.Value]).CallFunc(func(g *jen.Group) {
		for _, name := range names {
			g.Id(name)
		}
	})
}

// keyDoc says what the parameters of the key are.
func keyDoc(s *plan.Session) string {
	switch s.Key.Name.Value {
	case spec.ConstraintChat:
		return "a chat"
	case spec.ConstraintUser:
		return "a user"
	case spec.ConstraintChatUser:
		return "a user in a chat"
	case spec.ConstraintTopic:
		return "a topic of a chat; 0 is what is in no topic"
	}
	return "a text that " + s.Key.Name.Value + " returned"
}

// access declares the functions for code outside handlers.
func (e *emitter) access(s *plan.Session) {
	name, value := s.Name.Value, jen.Id(s.Type())
	bot := jen.Id("bot").Op("*").Add(telegram("Bot"))
	find := func(failed ...jen.Code) []jen.Code {
		return []jen.Code{
			jen.List(jen.Id("session"), jen.Err()).Op(":=").Add(dispatch("SessionOf")).Types(value.Clone()).Call(jen.Id("bot"), jen.Lit(name)),
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(append(failed, jen.Err())...)),
		}
	}
	none := jen.Nil()
	if len(s.States) == 0 {
		none = value.Clone().Values()
	}
	e.add(fmt.Sprintf("Load%s returns the session %s of %s, for code outside handlers.", name, name, keyDoc(s)),
		jen.Func().Id("Load"+name).Params(contextParam(), bot.Clone(), keyParam(s)).Params(value.Clone(), jen.Error()).Block(append(find(none),
			jen.Return(jen.Id("session").Dot("Load").Call(jen.Id("ctx"), jen.Id("bot"), keyText(s))))...))

	f := jen.Id("f").Func().Params(jen.Op("*").Add(value.Clone())).Error()
	doc := fmt.Sprintf("Update%s changes the session %s of %s, for code outside handlers. f gets a copy. It may be called several times, since the session may change meanwhile. "+
		"An error of f changes nothing.", name, name, keyDoc(s))
	change := jen.Func().Params(jen.Id("value").Add(value.Clone())).Params(value.Clone(), jen.Bool(), jen.Error()).Block(
		jen.Err().Op(":=").Id("f").Call(jen.Op("&").Id("value")),
		jen.Return(jen.Id("value"), jen.Err().Op("==").Nil(), jen.Err()))
	if len(s.States) > 0 {
		f = jen.Id("f").Func().Params(value.Clone()).Params(value.Clone(), jen.Error())
		doc = fmt.Sprintf("Update%s changes the session %s of %s, for code outside handlers. f returns the next state, or nil to change nothing. It may be called several times, since the "+
			"session may change meanwhile. An error of f changes nothing.", name, name, keyDoc(s))
		change = jen.Func().Params(jen.Id("state").Add(value.Clone())).Params(value.Clone(), jen.Bool(), jen.Error()).Block(
			jen.List(jen.Id("to"), jen.Err()).Op(":=").Id("f").Call(jen.Id("state")),
			jen.Return(jen.Id("to"), jen.Id("to").Op("!=").Nil(), jen.Err()))
	}
	e.add(doc, jen.Func().Id("Update"+name).Params(contextParam(), bot.Clone(), keyParam(s), f).Error().Block(append(find(),
		jen.Return(jen.Id("session").Dot("Update").Call(jen.Id("ctx"), jen.Id("bot"), keyText(s), change)))...))
}

// encodeSession declares the function that encodes the value of a session. It writes the fields in the order of the spec, so that the same value
// gives the same bytes.
func (e *emitter) encodeSession(s *plan.Session) {
	name := "encode" + s.Name.Value
	results := []jen.Code{jen.Id("state").Int(), jen.Id("data").Index().Byte(), jen.Err().Error()}
	body := func(g *jen.Group, state jen.Code, fields []plan.SessionField) {
		if len(fields) == 0 {
			g.Return(state, jen.Nil(), jen.Nil())
			return
		}
		g.Id("o").Op(":=").Add(dispatch("NewEncoder")).Call()
		for _, f := range fields {
			g.Id("o").Dot(codecMethod(f)).Call(jen.Lit(f.Field.Name.Value), jen.Id("s").Dot(f.Name))
		}
		g.List(jen.Id("data"), jen.Err()).Op("=").Id("o").Dot("Encode").Call()
		g.Return(state, jen.Id("data"), jen.Err())
	}
	e.add(fmt.Sprintf("%s is the data of a value of the session %s as JSON.", name, s.Name.Value),
		jen.Func().Id(name).Params(jen.Id("s").Id(s.Type())).Params(results...).BlockFunc(func(g *jen.Group) {
			if len(s.States) == 0 {
				body(g, jen.Lit(0), s.Data)
				return
			}
			g.Switch(jen.Id("s").Op(":=").Id("s").Assert(jen.Type())).BlockFunc(func(g *jen.Group) {
				for _, state := range s.States {
					g.Case(jen.Id(state.Type())).BlockFunc(func(g *jen.Group) { body(g, jen.Id(state.Constant()), state.Data) })
				}
				g.Default().Block(jen.Return(jen.Lit(0), jen.Nil(), dispatch("NotAState").Call(jen.Lit(s.Name.Value), jen.Id("s"))))
			})
		}))
}

// codecMethod is the method of dispatch.Encoder and dispatch.Decoder for a field.
func codecMethod(f plan.SessionField) string {
	if f.Go.IsSet() {
		return "JSON"
	}
	return map[spec.TypeKind]string{
		spec.TypeString: "String", spec.TypeInt: "Int", spec.TypeInt64: "Int64", spec.TypeFloat64: "Float64", spec.TypeBool: "Bool", spec.TypeDuration: "Duration",
	}[f.Type.Kind]
}

// decodeSession declares the function that decodes the value of a session. A member that is not known is left out, and a field that is missing
// has its default.
func (e *emitter) decodeSession(s *plan.Session) {
	name := "decode" + s.Name.Value
	body := func(g *jen.Group, typ string, fields []plan.SessionField) {
		if len(fields) == 0 {
			g.Return(jen.Id(typ).Values(), jen.Nil())
			return
		}
		g.Id("s").Op(":=").Id(typ).ValuesFunc(func(g *jen.Group) {
			for _, f := range fields {
				if f.Default != nil {
					g.Id(f.Name).Op(":").Add(literal(plan.Field{Name: f.Name, Field: &f.Field}))
				}
			}
		})
		g.Id("o").Op(":=").Add(dispatch("NewDecoder")).Call(jen.Id("data"))
		g.For(jen.Id("o").Dot("Next").Call()).Block(jen.Switch(jen.Id("o").Dot("Name").Call()).BlockFunc(func(g *jen.Group) {
			for _, f := range fields {
				g.Case(jen.Lit(f.Field.Name.Value)).Block(jen.Id("o").Dot(codecMethod(f)).Call(jen.Op("&").Id("s").Dot(f.Name)))
			}
		}))
		g.Return(jen.Id("s"), jen.Id("o").Dot("Err").Call())
	}
	state, none := jen.Id("state"), jen.Nil()
	if len(s.States) == 0 {
		state = jen.Id("_")
	}
	data := jen.Id("_")
	if len(s.Data) > 0 {
		data = jen.Id("data")
	}
	for _, st := range s.States {
		if len(st.Data) > 0 {
			data = jen.Id("data")
		}
	}
	e.add(fmt.Sprintf("%s is the value of the session %s with the given data. A field that is missing has its default.", name, s.Name.Value),
		jen.Func().Id(name).Params(state.Int(), data.Index().Byte()).Params(jen.Id(s.Type()), jen.Error()).BlockFunc(func(g *jen.Group) {
			if len(s.States) == 0 {
				body(g, s.Type(), s.Data)
				return
			}
			g.Switch(jen.Id("state")).BlockFunc(func(g *jen.Group) {
				for _, st := range s.States {
					g.Case(jen.Id(st.Constant())).BlockFunc(func(g *jen.Group) { body(g, st.Type(), st.Data) })
				}
			})
			g.Return(none, jen.Qual("fmt", "Errorf").Call(jen.Lit("session "+s.Name.Value+" has no state %d"), jen.Id("state")))
		}))
}
