package spec

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tggen/tggen/gen/diag"
)

// DefaultSessionVersion is the version of a session that says none.
const DefaultSessionVersion = 1

// A Session is an element of the key sessions: what the bot remembers for each user, chat or other key. It has either Fields or
// States.
type Session struct {
	// Pos is where the session begins.
	Pos diag.Pos
	// Name is an exported Go identifier.
	Name String
	// Key says what has a session of its own: chat, user, chat_user, topic, or a constraint function of the author's. If it is
	// wrong, Key.Name is absent.
	Key Constraint
	// TTL is how long a session is kept after its last change. Absent: forever. It is set if there are states.
	TTL Value[time.Duration]
	// Version counts up when the fields or the states change. Absent: [DefaultSessionVersion].
	Version Value[int]
	// Fields are the data of a session without states.
	Fields []SessionField
	// States are the states, at least two. The first is the initial one.
	States []*State
}

// Migration is the name of the method that reads the data of older versions, at the place of the version: MigrateSignup.
func (s *Session) Migration() String {
	return String{Value: "Migrate" + s.Name.Value, Pos: s.Version.Pos, End: s.Version.End}
}

// A SessionField is a field of a session or of a state.
type SessionField struct {
	// Field has the name, the type and the default of a field with a type of the spec.
	Field
	// Go is the Go type of any other field: a type of the author's package, or pointers to or slices of one or of a basic type.
	// Type is zero then, and there is no default.
	Go String
}

// TypeText is the type as the spec writes it, without a default.
func (f SessionField) TypeText() string {
	if f.Go.IsSet() {
		return f.Go.Value
	}
	return string(f.Type.Kind)
}

// TypeName is the name in the Go type of the field: Item for []*Item. It is empty for a type of the spec.
func (f SessionField) TypeName() string { return typeNameRegexp.FindString(f.Go.Value) }

// A State is a state of a session.
type State struct {
	// Name is an exported Go identifier. No other state of the session has it.
	Name String
	// Fields are the data of the state. The initial state has none.
	Fields []SessionField
	// External is whether code outside handlers enters the state, too. Absent: false.
	External Value[bool]
	// After is how long the session stays in the state. After it, Handler runs, if it is set, and the session goes to the state
	// To. Absent: there is no such limit.
	After Value[time.Duration]
	To    String
	// Handler is the name of a method of Handlers.
	Handler String
}

// A StateRef names a state of a session, as Signup.AskName does, or all its states except the first, as Signup.* does.
type StateRef struct {
	// Text is the whole text.
	Text String
	// Session is the name of the session. It is absent in a short form, which names a state alone.
	Session String
	// State is the name of the state, or *.
	State String
}

// AnyState is the State of a [StateRef] to all states except the first.
const AnyState = "*"

// The forms of the types of session fields.
var (
	ownTypeRegexp = regexp.MustCompile(`^(\*|\[\])*[A-Z][A-Za-z0-9_]*$`)
	manyRegexp    = regexp.MustCompile(`^(\*|\[\])+([a-z][a-z0-9]*)$`)
)

// basicTypes are the basic types of Go that a session can have pointers to and slices of.
var basicTypes = []string{
	"string", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "bool", "byte", "rune",
}

// isGoType reports whether a text is a type that encoding/json encodes, as far as its form tells.
func isGoType(text string) bool {
	match := manyRegexp.FindStringSubmatch(text)
	return ownTypeRegexp.MatchString(text) || match != nil && slices.Contains(basicTypes, match[2])
}

// sessionTypes are the types of the spec that session fields can have.
var sessionTypes = []string{string(TypeString), string(TypeInt), string(TypeInt64), string(TypeFloat64), string(TypeBool), string(TypeDuration)}

// sessionTypeHint says what to write instead of a type that no session field can have.
func sessionTypeHint(text string) string {
	name := typeNameRegexp.FindString(text)
	switch other := otherTypes[strings.ToLower(text)]; {
	case text == string(TypeRest), text == string(TypeWord):
		return "write string"
	case text == string(TypeEnum), strings.HasPrefix(text, string(TypeEnum)):
		return "declare a type of your own, such as type Size string, and write Size"
	case strings.HasPrefix(text, "map["), strings.HasPrefix(text, "struct"), text == "any", strings.HasPrefix(text, "interface"):
		return "declare a type of your package, such as type Cart map[string]int, and write Cart"
	case strings.Contains(text, "."):
		return "declare a type of your package, such as type " + GoName(strings.ToLower(name)) + " = " + shorten(text)
	case slices.Contains(sessionTypes, string(other)):
		return "did you mean " + string(other) + "?"
	}
	if hint := diag.DidYouMean(text, sessionTypes); hint != "" {
		return hint
	}
	hint := "write " + diag.Or(sessionTypes) + ", or a type of your package, which begins with a capital letter"
	if better := camelCase(name); fieldName.MatchString(text) && better != "" {
		hint += ", such as " + better
	}
	return hint
}
