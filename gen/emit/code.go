package emit

import (
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/model"
)

// Import paths of what generated code uses.
const (
	telegramPath = "github.com/tggen/tggen/runtime/telegram"
	dispatchPath = telegramPath + "/dispatch"
	wirePath     = telegramPath + "/wire"
	gotgbotPath  = "github.com/PaulSonOfLars/gotgbot/v2"
)

// Shorthands.

func telegram(name string) *jen.Statement { return jen.Qual(telegramPath, name) }
func dispatch(name string) *jen.Statement { return jen.Qual(dispatchPath, name) }
func wire(name string) *jen.Statement     { return jen.Qual(wirePath, name) }
func gotgbot(name string) *jen.Statement  { return jen.Qual(gotgbotPath, name) }

func contextParam() *jen.Statement { return jen.Id("ctx").Qual("context", "Context") }
func eventParam() *jen.Statement   { return jen.Id("ev").Op("*").Add(telegram("Event")) }

// method is the beginning of a method of the dispatcher.
func method(name string) *jen.Statement {
	return jen.Func().Params(jen.Id("d").Op("*").Id(dispatcher)).Id(name)
}

// goType is a type of gotgbot, as code of the author's package writes it.
func goType(t *model.Type) *jen.Statement {
	switch t.Shape {
	case model.ShapeSlice:
		return jen.Index().Add(goType(t.Elem))
	case model.ShapePointer:
		return jen.Op("*").Add(goType(t.Elem))
	case model.ShapeStruct:
		return gotgbot(t.Struct.Name)
	case model.ShapeUnion:
		return gotgbot(t.Union.Name)
	case model.ShapeName:
		return gotgbot(t.Name.Name)
	}
	return jen.Id(t.String())
}

// lower makes an exported name private: ReplyToMessage becomes replyToMessage, and ID becomes id.
func lower(name string) string {
	i := 0
	for i < len(name) && name[i] >= 'A' && name[i] <= 'Z' {
		i++
	}
	if i > 1 && i < len(name) && name[i] >= 'a' && name[i] <= 'z' {
		i-- // the last capital is the first letter of the next word
	}
	return strings.ToLower(name[:i]) + name[i:]
}
