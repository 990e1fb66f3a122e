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

// Shorthands for what is written again and again.

func telegram(name string) *jen.Statement { return jen.Qual(telegramPath, name) }
func dispatch(name string) *jen.Statement { return jen.Qual(dispatchPath, name) }
func wire(name string) *jen.Statement     { return jen.Qual(wirePath, name) }
func gotgbot(name string) *jen.Statement  { return jen.Qual(gotgbotPath, name) }

func contextParam() *jen.Statement { return jen.Id("ctx").Qual("context", "Context") }
func eventParam() *jen.Statement   { return jen.Id("ev").Op("*").Add(telegram("Event")) }

// method begins a method of the dispatcher.
func method(name string) *jen.Statement {
	return jen.Func().Params(jen.Id("d").Op("*").Id(dispatcher)).Id(name)
}

// comment is a doc comment of whole sentences, broken into lines.
func comment(text string) *jen.Statement { return jen.Comment(lines(text)) }

// lines is a text as line comments.
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

// goType is a type of gotgbot as it is written in the author's package.
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

// lower makes an exported name private: ReplyToMessage is replyToMessage, ID is id.
func lower(name string) string {
	i := 0
	for i < len(name) && name[i] >= 'A' && name[i] <= 'Z' {
		i++
	}
	if i > 1 && i < len(name) && name[i] >= 'a' && name[i] <= 'z' {
		i-- // the last capital begins the next word
	}
	return strings.ToLower(name[:i]) + name[i:]
}
