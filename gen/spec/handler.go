package spec

import (
	"regexp/syntax"
	"time"

	"github.com/tggen/tggen/gen/diag"
)

// A Handler is one element of the key handlers. Exactly one of Command, Callback, On, Text and Inline is set.
type Handler struct {
	// Pos is where the handler begins.
	Pos diag.Pos
	// Name is the method of Handlers: an exported Go identifier, unlike that of any other handler.
	Name String
	// Description is for people: the command's in the menu of Telegram, the usage reply, and the doc comment.
	Description String

	// Command is the trigger command, or nil.
	Command *Command
	// Callback is the trigger callback, or nil.
	Callback *Callback
	// On is the trigger on: the filter queries, any of which must match.
	On []Query
	// Text is the trigger text, or nil.
	Text *Text
	// Inline is the trigger inline, or nil.
	Inline *Inline

	// In are the kinds of chats that the handler is for. Empty: all, and updates that have no chat.
	In []Value[ChatType]
	// Where are predicates, all of which must hold.
	Where []Predicate
	// Constraints replace those of the bot, or are nil.
	Constraints *Constraints
	// Timeout replaces that of the bot, or is nil.
	Timeout *Timeout
	// Continue lets matching go on after the handler ran. Absent: false.
	Continue Value[bool]
}

// Trigger is what makes a handler run.
type Trigger string

// The triggers: the keys of a handler of which it has exactly one.
const (
	TriggerCommand  Trigger = "command"
	TriggerCallback Trigger = "callback"
	TriggerOn       Trigger = "on"
	TriggerText     Trigger = "text"
	TriggerInline   Trigger = "inline"
)

// Trigger says which trigger the handler has, and where its value is.
func (h *Handler) Trigger() (Trigger, diag.Pos) {
	switch {
	case h.Command != nil:
		return TriggerCommand, h.Command.Names[0].Pos
	case h.Callback != nil:
		return TriggerCallback, h.Callback.Source.Pos
	case h.Text != nil:
		return TriggerText, h.Text.Pos
	case h.Inline != nil:
		return TriggerInline, h.Inline.Pos
	default:
		return TriggerOn, h.On[0].Text.Pos
	}
}

// A Command is the trigger command with the keys that go with it.
type Command struct {
	// Names are the command and its aliases, without a prefix: at least one, of letters a to z, digits and _.
	Names []String
	// Args are the arguments: required ones first, then optional ones; a rest is the last.
	Args []Field
	// Prefixes are the letters that may stand before a name. Absent: [DefaultPrefixes].
	Prefixes String
	// Edited also takes edited messages. Absent: false.
	Edited Value[bool]
	// Caption also takes the captions of media. Absent: false.
	Caption Value[bool]
}

// A Callback is the trigger callback: data to be equal to, or a pattern of literals and fields.
type Callback struct {
	// Source is the pattern as written.
	Source String
	// Parts are the literals and fields in order. No two literals are neighbours, and no two fields.
	Parts []CallbackPart
}

// A CallbackPart is a literal or a field.
type CallbackPart struct {
	// Literal is the text of a literal, with {{ and }} resolved. Empty for a field.
	Literal String
	// Field is the field, or nil for a literal.
	Field *Field
}

// Fields are the fields of the pattern, in order; none when the data is matched as a whole.
func (c *Callback) Fields() []*Field {
	var fields []*Field
	for _, part := range c.Parts {
		if part.Field != nil {
			fields = append(fields, part.Field)
		}
	}
	return fields
}

// A Query is a filter query. Whether it exists is not checked here.
type Query struct {
	// Text is the query as written.
	Text String
	// Levels are its one to three levels, each with its place. A level that is left out is empty, and its place
	// is where it would be.
	Levels []String
}

// Text is the trigger text: exactly one of Pattern and Is is set.
type Text struct {
	// Pos is where the value begins.
	Pos diag.Pos
	// Pattern is what the text must match somewhere, or nil.
	Pattern *Pattern
	// Is is what the text must be equal to.
	Is String
}

// Inline is the trigger inline.
type Inline struct {
	// Pos is where the value begins.
	Pos diag.Pos
	// Pattern is what the query must match somewhere. Nil: every query.
	Pattern *Pattern
}

// A Pattern is a regular expression.
type Pattern struct {
	// Source is the expression as written.
	Source String
	// Tree is the expression as [regexp] reads it.
	Tree *syntax.Regexp
	// Groups are the named groups, in order.
	Groups []Group
}

// A Group is a named group of a regular expression.
type Group struct {
	// Name is a letter followed by letters, digits and _; unlike that of any other group.
	Name String
	// Index is the number of the group, as regexp's FindStringSubmatch counts.
	Index int
	// Optional is set when the expression can match without the group.
	Optional bool
}

// A Predicate is a method of Handlers that must hold, or must not.
type Predicate struct {
	// Name is an exported Go identifier; its place is that of the name, after the !.
	Name String
	// Negated is set by `!` before the name.
	Negated bool
}

// ChatType is the kind of a chat.
type ChatType string

// The kinds of chats.
const (
	ChatPrivate    ChatType = "private"
	ChatGroup      ChatType = "group"
	ChatSupergroup ChatType = "supergroup"
	ChatChannel    ChatType = "channel"
)

// A Field is an argument of a command, or a field of a callback pattern.
type Field struct {
	// Name is a letter followed by letters, digits and _; unlike that of any other field of the handler.
	Name String
	// Type is what the text of the field is read as.
	Type Type
	// Optional is set by `?`: the field may be left out, and the handler can tell that it was.
	Optional bool
	// Default is what the field is when it is left out, or nil. Never set when Optional is.
	Default *Literal
}

// TypeKind is the type of a field.
type TypeKind string

// The types of fields.
const (
	TypeString   TypeKind = "string"
	TypeInt      TypeKind = "int"
	TypeInt64    TypeKind = "int64"
	TypeFloat64  TypeKind = "float64"
	TypeBool     TypeKind = "bool"
	TypeDuration TypeKind = "duration"
	TypeEnum     TypeKind = "enum"
	TypeRest     TypeKind = "rest" // all text that is left, as a string
)

// A Type is the type of a field.
type Type struct {
	Kind TypeKind
	// Pos and End are the first and the last column of the type.
	Pos diag.Pos
	End int
	// Enum are the values of [TypeEnum]: at least one, no two alike; letters, digits, _ and -.
	Enum []String
	// MaxBytes is the bound of `string(20)` and `rest(20)`, 1 to 64, which only callback fields may have. Absent:
	// no bound.
	MaxBytes Value[int]
}

// A Literal is a default, of the type of its field.
type Literal struct {
	// Source is the default as written.
	Source String
	// The value, in the one field that fits the type of the field: Text for string, enum and rest, Int for int and
	// int64.
	Text     string
	Int      int64
	Float    float64
	Bool     bool
	Duration time.Duration
}
