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

// comment is a text as a doc comment.
func comment(text string) *jen.Statement { return jen.Comment(lines(text)) }

// lines breaks a text into line comments.
func lines(text string) string {
	const width = 110
	var lines []string
	line := "//"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = "//"
		}
		line += " " + word
	}
	return strings.Join(append(lines, line), "\n")
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
