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
	// Name is the name of the method of Handlers: an exported Go identifier that no other handler has.
	Name String
	// Description says what the handler does. It is shown in the menu of commands, in the usage reply and in the doc
	// comment.
	Description Description

	// Command is the trigger command, or nil.
	Command *Command
	// Callback is the trigger callback, or nil.
	Callback *Callback
	// On is the trigger on: filter queries. At least one must match. Empty: the handler has another trigger.
	On []Query
	// Text is the trigger text, or nil.
	Text *Text
	// Inline is the trigger inline, or nil.
	Inline *Inline

	// Group is the group of the handler, or nil. What it says is part of the following fields.
	Group *HandlerGroup
	// In are the kinds of chat that the handler is for. Empty: all, including updates that have no chat.
	In []Value[ChatType]
	// Where are predicates. All of them must hold.
	Where []Predicate
	// State are states of one session. The session must be in one of them. Package plan checks whether they exist.
	State []StateRef
	// To are the states that the handler may go to. Empty: it leaves the state as it is.
	To []StateRef
	// Session are the names of the sessions without states that the handler uses.
	Session []String
	// Find are what the handler needs and methods look for, after the predicates have held.
	Find []Find
	// Constraints replace those of the bot. Nil: those of the bot apply.
	Constraints *Constraints
	// Timeout replaces that of the bot. Nil: that of the bot applies.
	Timeout *Timeout
	// Retry replaces that of the bot. Nil: that of the bot applies.
	Retry *HandlerRetry
	// Continue lets the next handlers be tried after this one ran. Absent: false.
	Continue Value[bool]
}

// InheritsIn reports whether the key in is that of the group.
func (h *Handler) InheritsIn() bool {
	return h.Group != nil && len(h.In) > 0 && len(h.Group.In) > 0 && h.In[0].Pos == h.Group.In[0].Pos
}

// InheritsState reports whether the key state is that of the group.
func (h *Handler) InheritsState() bool {
	return h.Group != nil && len(h.State) > 0 && len(h.Group.State) > 0 && h.State[0].Text.Pos == h.Group.State[0].Text.Pos
}

// inherits reports whether the predicate at index i is one of the group's.
func (h *Handler) inherits(i int) bool { return h.Group != nil && i < len(h.Group.Where) }

// Trigger is what makes a handler run.
type Trigger string

// The triggers. A handler has exactly one of these keys.
const (
	TriggerCommand  Trigger = "command"
	TriggerCallback Trigger = "callback"
	TriggerOn       Trigger = "on"
	TriggerText     Trigger = "text"
	TriggerInline   Trigger = "inline"
)

// Trigger returns the trigger of the handler, and where its value begins.
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

// A Command is the trigger command, with the keys that work only with it.
type Command struct {
	// Names are the command and its aliases, without a prefix: at least one, each of letters a to z, digits and _.
	Names []String
	// Args are the arguments. Required ones come first, then optional ones. A rest is the last.
	Args []Field
	// Prefixes are the signs that can come before a name. Absent: [DefaultPrefixes].
	Prefixes String
	// Edited is whether the handler also gets edited messages. Absent: false.
	Edited Value[bool]
	// Caption is whether the handler also gets captions of media. Absent: false.
	Caption Value[bool]
}

// A Callback is the trigger callback: a pattern of literals and fields, which callback data must match.
type Callback struct {
	// Source is the pattern as written.
	Source String
	// Parts are the literals and fields, in order. A literal is never next to a literal, and a field never next to a
	// field.
	Parts []CallbackPart
}

// A CallbackPart is a literal or a field.
type CallbackPart struct {
	// Literal is the text of a literal, with {{ and }} resolved. Empty for a field.
	Literal String
	// Field is the field, or nil for a literal.
	Field *Field
}

// Fields returns the fields of the pattern, in order. The list is empty if the data must be equal to a text.
func (c *Callback) Fields() []*Field {
	var fields []*Field
	for _, part := range c.Parts {
		if part.Field != nil {
			fields = append(fields, part.Field)
		}
	}
	return fields
}

// A Query is a filter query. Package plan checks whether it is valid.
type Query struct {
	// Text is the query as written.
	Text String
	// Levels are its one to three levels, with their places. A level that is left out is empty, and its place is where
	// it would begin.
	Levels []String
}

// Text is the trigger text: exactly one of Pattern and Is is set.
type Text struct {
	// Pos is where the value begins.
	Pos diag.Pos
	// Pattern is the expression that a part of the text must match, or nil.
	Pattern *Pattern
	// Is is the text that the whole text must be equal to.
	Is String
}

// Inline is the trigger inline.
type Inline struct {
	// Pos is where the value begins.
	Pos diag.Pos
	// Pattern is the expression that a part of the query must match. Nil: every query matches.
	Pattern *Pattern
}

// A Pattern is a regular expression.
type Pattern struct {
	// Source is the expression as written.
	Source String
	// Tree is the syntax tree of the expression.
	Tree *syntax.Regexp
	// Groups are the named groups, in order.
	Groups []Group
}

// A Group is a named group of a regular expression.
type Group struct {
	// Name is a letter, followed by letters, digits and _. No other group has it.
	Name String
	// Index is the number of the group, as regexp's FindStringSubmatch counts.
	Index int
	// Optional is set if the expression can match without the group.
	Optional bool
}

// A Predicate is a method of Handlers that must hold, or must not.
type Predicate struct {
	// Name is an exported Go identifier. Its place is after the !.
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
	// Name is a letter, followed by letters, digits and _. No other field of the handler has it.
	Name String
	// Type is the type of the field.
	Type Type
	// Optional is set by `?`. The field can be left out then, and the handler can see whether it was.
	Optional bool
	// Default is the value of the field if it is left out. Nil: it has none. If Optional is set, Default is nil.
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
	TypeRest     TypeKind = "rest" // all the text that is left, as a string
	TypeWord     TypeKind = "word" // letters, digits, _ and -, at least one; only for callback fields
)

// A Type is the type of a field.
type Type struct {
	Kind TypeKind
	// Pos and End are the first and the last column of the type.
	Pos diag.Pos
	End int
	// Enum are the values of [TypeEnum]: at least one, all different, each of letters, digits, _ and -.
	Enum []String
	// MaxBytes is the bound of `string(20)`, `rest(20)` and `word(20)`, 1 to 64 bytes. Only callback fields can have one.
	// Absent: no bound.
	MaxBytes Value[int]
	// Excluded are the characters that a text of the type `string(20, !":")` cannot contain, all of them printable ASCII.
	// Such a text is written without escapes. Absent: the text can contain any character, and is escaped.
	Excluded String
	// Range is the range of `int(0..999)` and `int64(0..)`. Only callback fields can have one. Absent: all numbers.
	Range Value[Range]
}

// Verbatim reports whether callback data has a text of the type as it is, without escapes, wherever it stands.
func (t Type) Verbatim() bool { return t.Kind == TypeWord || t.Excluded.IsSet() }

// A Range is the whole numbers from Low to High, both included. A range without an end goes to the end of 64 bits.
type Range struct{ Low, High int64 }

// A Literal is the default of a field.
type Literal struct {
	// Source is the default as written.
	Source String
	// One of these holds the value, according to the type of the field: Text for string, enum and rest, Int for int and
	// int64.
	Text     string
	Int      int64
	Float    float64
	Bool     bool
	Duration time.Duration
}
