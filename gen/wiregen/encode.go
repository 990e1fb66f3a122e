package wiregen

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/dave/jennifer/jen"
)

// encodedMethods are the methods of the Bot API whose parameters have an encoder: those that the methods of
// telegram.Event call.
var encodedMethods = []string{
	"AnswerCallbackQuery", "DeleteMessage", "EditMessageCaption", "EditMessageReplyMarkup", "EditMessageText",
	"SendChatAction", "SendMessage", "SetMessageReaction",
}

// interfaces are the values that gotgbot's interfaces hold, as far as they are encoded without reflection.
var interfaces = map[reflect.Type][]reflect.Type{
	reflect.TypeFor[gotgbot.ReplyMarkup](): {
		reflect.TypeFor[gotgbot.ForceReply](), reflect.TypeFor[gotgbot.InlineKeyboardMarkup](),
		reflect.TypeFor[gotgbot.ReplyKeyboardMarkup](), reflect.TypeFor[gotgbot.ReplyKeyboardRemove](),
	},
}

// An encoders writes the encoders. They are made for gotgbot's types as the reflect package shows them, because gen/model
// has only what an update can hold, and does not say which fields are left out when they are empty.
type encoders struct {
	g       *generator
	structs map[string]reflect.Type // that have an encoder, by name
	slices  map[string]reflect.Type // by the name of their method
	options []reflect.Type          // the structs of optional parameters
	values  []reflect.Type          // the types of parameters that are not basic
}

// encoder writes an encoder for the parameters of each method in encodedMethods, and for the types in them.
func (g *generator) encoder(f *jen.File) error {
	e := &encoders{g: g, structs: map[string]reflect.Type{}, slices: map[string]reflect.Type{}}
	for _, name := range encodedMethods {
		if err := e.method(f, name); err != nil {
			return err
		}
	}
	done := map[string]bool{}
	for len(done) < len(e.structs)+len(e.slices) { // to write an encoder may add others
		for _, name := range sortedKeys(e.structs) {
			if !done[name] {
				done[name] = true
				if err := e.structEncoder(f, e.structs[name]); err != nil {
					return err
				}
			}
		}
		for _, name := range sortedKeys(e.slices) {
			if !done[name] {
				done[name] = true
				if err := e.sliceEncoder(f, name, e.slices[name]); err != nil {
					return err
				}
			}
		}
	}
	if err := e.valueEncoder(f); err != nil {
		return err
	}
	e.descriptions(f)
	return nil
}

// A parameter is a parameter of a method: its name in the Bot API, and where gotgbot has it.
type parameter struct {
	name   string
	field  reflect.StructField // of the options; or else:
	arg    int                 // the index of the argument
	always bool                // it is sent even if it is empty
}

// method writes the encoder of the parameters of a method.
func (e *encoders) method(f *jen.File, name string) error {
	m, ok := reflect.TypeFor[*gotgbot.Bot]().MethodByName(name + "WithContext")
	if !ok {
		return fmt.Errorf("gotgbot has no method %s", name)
	}
	parameters, err := ask(m)
	if err != nil {
		return err
	}
	options := m.Type.In(m.Type.NumIn() - 1).Elem()
	e.options = append(e.options, options)
	args := []jen.Code{jen.Id("b").Index().Byte()}
	body := []jen.Code{jen.Id("e").Op(":=").Id("encoder").Values(jen.Dict{jen.Id("b"): jen.Append(jen.Id("b"), jen.LitRune('{'))})}
	var optional []jen.Code
	for _, p := range parameters {
		if p.field.Name == "" {
			arg := camel(p.name)
			args = append(args, jen.Id(arg).Add(e.goType(m.Type.In(p.arg))))
			encode, err := e.value(m.Type.In(p.arg), jen.Id(arg))
			if err != nil {
				return fmt.Errorf("%s: %s: %w", name, p.name, err)
			}
			body = append(body, jen.Id("e").Dot("name").Call(jen.Lit(p.name)), encode)
			continue
		}
		at := jen.Id("opts").Dot(p.field.Name)
		encode, err := e.value(p.field.Type, at)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", name, p.name, err)
		}
		if t := p.field.Type; t.Kind() != reflect.String && t.Kind() != reflect.Int64 && t.Kind() != reflect.Bool && !slices.Contains(e.values, t) {
			e.values = append(e.values, t)
		}
		optional = append(optional, e.member(p.name, p.field.Type, at, encode, p.always)...)
	}
	if len(optional) > 0 {
		args = append(args, jen.Id("opts").Op("*").Add(e.goType(options)))
		body = append(body, jen.If(jen.Id("opts").Op("!=").Nil()).Block(optional...))
	}
	body = append(body, jen.Return(jen.Id("e").Dot("end").Call()))
	f.Commentf("Append%s appends the parameters of the method as a JSON object, as [gotgbot.Bot.%s] sends them.", name, name)
	f.Func().Id("Append"+name).Params(args...).Params(jen.Index().Byte(), jen.Error()).Block(body...)
	f.Line()
	return nil
}

// member writes a member of an object: its name, and its value, unless it is left out because it is empty.
func (e *encoders) member(name string, t reflect.Type, at, encode jen.Code, always bool) []jen.Code {
	write := []jen.Code{jen.Id("e").Dot("name").Call(jen.Lit(name)), encode}
	if always {
		return write
	}
	filled := jen.Add(at)
	switch t.Kind() {
	case reflect.String:
		filled.Op("!=").Lit("")
	case reflect.Int64, reflect.Float64:
		filled.Op("!=").Lit(0)
	case reflect.Bool:
	default:
		filled.Op("!=").Nil()
	}
	return []jen.Code{jen.If(filled).Block(write...)}
}

// structEncoder writes the method that encodes a struct.
func (e *encoders) structEncoder(f *jen.File, t reflect.Type) error {
	body := []jen.Code{jen.Id("e").Dot("open").Call(jen.LitRune('{'))}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || field.Anonymous || !plain(name) || name == "" || options != "" && options != "omitempty" {
			return fmt.Errorf("%v.%s is encoded in a way that has no code", t, field.Name)
		}
		at := jen.Id("v").Dot(field.Name)
		encode, err := e.value(field.Type, at)
		if err != nil {
			return fmt.Errorf("%v.%s: %w", t, field.Name, err)
		}
		omit := options == "omitempty" && field.Type.Kind() != reflect.Struct
		if omit && field.Type.Kind() == reflect.Slice {
			body = append(body, jen.If(jen.Len(at).Op(">").Lit(0)).Block(jen.Id("e").Dot("name").Call(jen.Lit(name)), encode))
			continue
		}
		body = append(body, e.member(name, field.Type, at, encode, !omit)...)
	}
	param := "v"
	if t.NumField() == 0 {
		param = "_"
	}
	body = append(body, jen.Id("e").Dot("close").Call(jen.LitRune('}')))
	f.Func().Params(jen.Id("e").Op("*").Id("encoder")).Id("encode" + t.Name()).
		Params(jen.Id(param).Op("*").Add(e.goType(t))).Block(body...)
	f.Line()
	return nil
}

// sliceEncoder writes the method that encodes a slice.
func (e *encoders) sliceEncoder(f *jen.File, name string, t reflect.Type) error {
	encode, err := e.value(t.Elem(), jen.Id("list").Index(jen.Id("i")))
	if err != nil {
		return err
	}
	f.Func().Params(jen.Id("e").Op("*").Id("encoder")).Id(name).Params(jen.Id("list").Add(e.goType(t))).Block(
		jen.If(jen.Id("list").Op("==").Nil()).Block(jen.Id("e").Dot("null").Call(), jen.Return()),
		jen.Id("e").Dot("open").Call(jen.LitRune('[')),
		jen.For(jen.Id("i").Op(":=").Range().Id("list")).Block(jen.Id("e").Dot("element").Call(), encode),
		jen.Id("e").Dot("close").Call(jen.LitRune(']')),
	)
	f.Line()
	return nil
}

// value is the code that encodes a value of a type.
func (e *encoders) value(t reflect.Type, at *jen.Statement) (jen.Code, error) {
	call := func(method string, arg jen.Code) jen.Code { return jen.Id("e").Dot(method).Call(arg) }
	if t.Implements(reflect.TypeFor[json.Marshaler]()) || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]()) {
		return call("json", at), nil
	}
	switch t.Kind() {
	case reflect.String:
		return call("string", at), nil
	case reflect.Int64:
		return call("int64", at), nil
	case reflect.Bool:
		return call("bool", at), nil
	case reflect.Struct:
		e.structs[t.Name()] = t
		return call("encode"+t.Name(), jen.Op("&").Add(at)), nil
	case reflect.Pointer:
		if t.Elem().Kind() != reflect.Struct {
			return call("json", at), nil
		}
		e.structs[t.Elem().Name()] = t.Elem()
		return jen.If(jen.Add(at).Op("==").Nil()).Block(call("null", nil)).Else().Block(call("encode"+t.Elem().Name(), at)), nil
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return nil, fmt.Errorf("there is no code for bytes")
		}
		name := "encode"
		elem := t
		for ; elem.Kind() == reflect.Slice; elem = elem.Elem() {
			name += "ListOf"
		}
		name += strings.ToUpper(elem.Name()[:1]) + elem.Name()[1:]
		e.slices[name] = t
		return call(name, at), nil
	case reflect.Interface:
		var cases []jen.Code
		for _, variant := range interfaces[t] {
			encode, err := e.value(variant, jen.Id("v"))
			if err != nil {
				return nil, err
			}
			cases = append(cases, jen.Case(e.goType(variant)).Block(encode))
		}
		if len(cases) == 0 {
			return call("json", at), nil
		}
		return jen.Switch(jen.Id("v").Op(":=").Add(at).Assert(jen.Type())).Block(
			append(cases, jen.Default().Block(call("json", jen.Id("v"))))...), nil
	}
	return call("json", at), nil
}

// valueEncoder writes the function that encodes a parameter in a map as gotgbot makes it.
func (e *encoders) valueEncoder(f *jen.File) error {
	types := slices.Clone(e.values)
	for _, list := range interfaces {
		types = append(types, list...)
	}
	types = slices.DeleteFunc(types, func(t reflect.Type) bool { return t.Kind() == reflect.Interface })
	slices.SortFunc(types, func(a, b reflect.Type) int { return strings.Compare(a.String(), b.String()) })
	types = slices.CompactFunc(types, func(a, b reflect.Type) bool { return a == b })
	var cases []jen.Code
	for _, t := range types {
		code, err := e.value(t, jen.Id("v"))
		if err != nil {
			return err
		}
		cases = append(cases, jen.Case(e.goType(t)).Block(code))
	}
	f.Comment("typed encodes a parameter of one of the types that have an encoder. It returns false for other types.")
	f.Func().Params(jen.Id("e").Op("*").Id("encoder")).Id("typed").Params(jen.Id("value").Any()).Bool().Block(
		jen.Switch(jen.Id("v").Op(":=").Id("value").Assert(jen.Type())).Block(
			append(cases, jen.Default().Block(jen.Return(jen.False())))...),
		jen.Return(jen.True()),
	)
	f.Line()
	return nil
}

// descriptions writes the list of the structs as they are now, so that a program with another gotgbot can see it.
func (e *encoders) descriptions(f *jen.File) {
	types := slices.Clone(e.options)
	for _, name := range sortedKeys(e.structs) {
		types = append(types, e.structs[name])
	}
	var rows []jen.Code
	for _, t := range types {
		var fields strings.Builder
		for i := range t.NumField() {
			field := t.Field(i)
			fmt.Fprintf(&fields, "%s %s %s\n", field.Name, field.Tag.Get("json"), strings.ReplaceAll(field.Type.String(), "gotgbot.", ""))
		}
		rows = append(rows, jen.Line().Values(jen.Qual("reflect", "TypeFor").Types(e.goType(t)).Call(), jen.Lit(fields.String())))
	}
	f.Comment("encodedTypes are the structs that the encoders encode, as they were when the encoders were generated.")
	f.Func().Id("encodedTypes").Params().Index().Id("encodedType").Block(
		jen.Return(jen.Index().Id("encodedType").Values(append(rows, jen.Line())...)),
	)
}

func (e *encoders) goType(t reflect.Type) jen.Code {
	switch t.Kind() {
	case reflect.Slice:
		return jen.Index().Add(e.goType(t.Elem()))
	case reflect.Pointer:
		return jen.Op("*").Add(e.goType(t.Elem()))
	}
	if t.PkgPath() != "" {
		return e.g.named(t.Name())
	}
	return jen.Id(t.String())
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// camel turns "chat_id" into "chatID".
func camel(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		if w == "id" {
			words[i+1] = "ID"
		} else {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}
