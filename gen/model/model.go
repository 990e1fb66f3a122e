// Package model is the Bot API as gotgbot declares it, as far as [gotgbot.Update] reaches: its structs with their
// fields, its unions with their variants, and the kinds of update with the places of their chat, user and thread.
//
// Nothing in it is typed in by hand. go generate reads gotgbot's source and writes the table in api_gen.go; a test reads
// the source again and compares. To move to a new release of gotgbot, change its version in go.mod and run go generate.
// Types are spelled as in Go, without the package: "*Message", "[]PhotoSize", "int64".
//
// [gotgbot.Update]: https://pkg.go.dev/github.com/PaulSonOfLars/gotgbot/v2#Update
package model

import "sync"

//go:generate go run ./internal/apigen

// An API is the part of the Bot API that an update can hold. It does not change after [New] has built it, so it is safe
// for concurrent use.
type API struct {
	// Package is the import path of gotgbot. Version is the version of its module that the table was read from.
	Package, Version string

	// Kinds are the kinds of update, in the order of the fields of gotgbot.Update.
	Kinds []*Kind

	structs map[string]*Struct
	unions  map[string]*Union
	names   map[string]*Name
	kinds   map[string]*Kind
}

// A Struct is a struct of gotgbot.
type Struct struct {
	Name   string
	Fields []*Field // in the order of their declaration

	// Custom is set if gotgbot gives the type an UnmarshalJSON method. That method decodes the same fields as
	// encoding/json would, and decodes a field that holds a union with the union's function.
	Custom bool
}

// Field returns the field with the given JSON name, or nil.
func (s *Struct) Field(json string) *Field {
	for _, f := range s.Fields {
		if f.JSON == json {
			return f
		}
	}
	return nil
}

// A Field is a field of a [Struct].
type Field struct {
	Name     string // in Go
	JSON     string // in JSON
	Type     *Type
	Optional bool // documented as optional

	// Values are the texts that a string field can hold, in the order in which its description lists them. Nil if the
	// description lists none.
	Values []string

	// OnlyIn is the only method that returns the field, such as "getMe". An update never holds such a field. Empty
	// for all other fields.
	OnlyIn string
}

// A Union is an interface of gotgbot that holds one of several structs, by value. The JSON member Key, the discriminator,
// says which struct: if Zero is nil, Key is a text, the Value of a variant; if Zero is set, Key is a number.
//
// gotgbot decodes a union like this: if the field is missing, the value is nil. If Key has a value that no variant has, or
// is missing, or if the JSON is null or is not an object, decoding fails. Zero, Text and Array below are the exceptions.
type Union struct {
	Name     string
	Key      string     // the JSON name of the discriminator
	Variants []*Variant // in the order of gotgbot's decoder

	// Zero is the struct for a Key that is 0 or missing, and for JSON null. Nonzero is the struct for any other
	// number. Both are nil if Key is a text.
	Zero, Nonzero *Struct

	// Text and Array are the named types that a JSON string and a JSON array decode to. They are nil if the union
	// can be neither.
	Text, Array *Name
}

// A Variant is one of the structs that a [Union] holds.
type Variant struct {
	Value  string // of the discriminator; empty if the discriminator is a number
	Struct *Struct
}

// structs returns the structs of the variants.
func (u *Union) structs() []*Struct {
	structs := make([]*Struct, len(u.Variants))
	for i, v := range u.Variants {
		structs[i] = v.Struct
	}
	return structs
}

// Variant returns the variant with the given discriminator, or nil.
func (u *Union) Variant(value string) *Variant {
	for _, v := range u.Variants {
		if v.Value == value && u.Zero == nil {
			return v
		}
	}
	return nil
}

// A Name is a named type of gotgbot that is neither a struct nor an interface: a string, or a slice.
type Name struct {
	Name       string
	Underlying *Type
}

// Kind returns the kind with the given name, such as "message", or nil.
func (a *API) Kind(name string) *Kind { return a.kinds[name] }

// Struct returns the struct with the given Go name, or nil.
func (a *API) Struct(name string) *Struct { return a.structs[name] }

// Gotgbot returns the API of the version of gotgbot that this module depends on. The first call builds it.
func Gotgbot() *API { return gotgbot() }

var gotgbot = sync.OnceValue(func() *API { return New(table) })

// New builds an API from a table. It panics if the table names a type that it does not hold, or if it does not hold the
// struct Update.
func New(t Table) *API {
	a := &API{
		Package: t.Package, Version: t.Version,
		structs: map[string]*Struct{}, unions: map[string]*Union{}, names: map[string]*Name{}, kinds: map[string]*Kind{},
	}
	for _, row := range t.Structs {
		a.structs[row.Name] = &Struct{Name: row.Name, Custom: row.Custom}
	}
	for _, row := range t.Unions {
		a.unions[row.Name] = &Union{Name: row.Name, Key: row.Key}
	}
	for _, row := range t.Names {
		a.names[row[0]] = &Name{Name: row[0]}
	}
	for _, row := range t.Structs {
		s := a.structs[row.Name]
		for _, f := range row.Fields {
			s.Fields = append(s.Fields, a.field(f))
		}
	}
	for _, row := range t.Unions {
		a.fill(a.unions[row.Name], row)
	}
	for _, row := range t.Names {
		a.names[row[0]].Underlying = a.parse(row[1])
	}
	a.Kinds = a.deriveKinds()
	for _, k := range a.Kinds {
		a.kinds[k.Name] = k
	}
	return a
}

// fill sets the fields of a union that refer to other types. All types must be in the API by then.
func (a *API) fill(u *Union, row UnionRow) {
	for _, v := range row.Variants {
		u.Variants = append(u.Variants, &Variant{Value: v[0], Struct: a.parse(v[1]).Struct})
	}
	if row.Zero != "" {
		u.Zero, u.Nonzero = a.parse(row.Zero).Struct, a.parse(row.Nonzero).Struct
	}
	if row.Text != "" {
		u.Text, u.Array = a.parse(row.Text).Name, a.parse(row.Array).Name
	}
}

func (a *API) field(row FieldRow) *Field {
	return &Field{
		Name: row.Name, JSON: row.JSON, Type: a.parse(row.Type), Values: row.Values, OnlyIn: row.OnlyIn, Optional: row.Optional,
	}
}

// KindNames returns the names of all kinds, in the order of Kinds.
func (a *API) KindNames() []string {
	names := make([]string, len(a.Kinds))
	for i, k := range a.Kinds {
		names[i] = k.Name
	}
	return names
}
