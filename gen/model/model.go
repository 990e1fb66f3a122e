// Package model is the Bot API as gotgbot declares it, as far as [gotgbot.Update] reaches: its structs with their
// fields, its unions with their variants, and the kinds of update with the places of their chat, user and thread.
//
// Nothing in it is typed in by hand. The table in api_gen.go is read off gotgbot's source by go generate, and a
// test reads it again and compares, so that a new release of gotgbot is a new version in go.mod and a
// regeneration. Types are spelled as in Go, without the package: "*Message", "[]PhotoSize", "int64".
//
// [gotgbot.Update]: https://pkg.go.dev/github.com/PaulSonOfLars/gotgbot/v2#Update
package model

import "sync"

//go:generate go run ./internal/apigen

// An API is the part of the Bot API that an update can hold. It is read-only after it was built, and safe for
// concurrent use.
type API struct {
	// Package is the import path of gotgbot, and Version the version of its module that the table was read from.
	Package, Version string

	// Kinds are the kinds of update, in the order of the fields of gotgbot.Update.
	Kinds []*Kind

	// Structs, Unions and Names are the types that Update reaches, each sorted by name. Update is among the structs.
	Structs []*Struct
	Unions  []*Union
	Names   []*Name

	structs map[string]*Struct
	unions  map[string]*Union
	names   map[string]*Name
	kinds   map[string]*Kind
}

// A Struct is a struct of gotgbot.
type Struct struct {
	Name   string
	Doc    string   // the first sentence of its description
	Fields []*Field // in the order of their declaration

	// Custom says that gotgbot gives the type an UnmarshalJSON of its own. It decodes the same fields as
	// encoding/json would, those that hold a union through the union's function.
	Custom bool
}

// Field is the field with the given JSON name, or nil.
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
	Name      string // in Go
	JSON      string // on the wire
	Type      *Type
	Optional  bool   // documented as optional
	OmitEmpty bool   // tagged omitempty: every optional field is, and every slice
	Doc       string // the first sentence of its description, without the word Optional

	// Values are the texts that a string field is documented to take, in the order of the description; nil if that
	// does not list them.
	Values []string

	// OnlyIn is the method whose answer alone holds the field, such as "getMe"; such a field never comes in an
	// update. It is empty for all other fields.
	OnlyIn string
}

// A Union is an interface of gotgbot that holds one of several structs, by value. Which, its JSON says in one of
// two ways: the text at Key is the Value of a variant, or, where Zero is set, the number at Key decides.
//
// gotgbot reads a union so: a field that is missing leaves nil; a value of Key that no variant has, a missing Key,
// null, and anything but an object are errors, but for what Zero, Text and Array say below.
type Union struct {
	Name     string
	Doc      string
	Key      string     // the JSON name of the discriminator
	KeyType  *Type      // string, or int64 if Zero is set
	Variants []*Variant // in the order of gotgbot's decoder

	// Zero is the struct that is meant when the number at Key is 0, is missing, or the whole is null. Any other
	// number means Nonzero. Both are nil for a union that is decided by text.
	Zero, Nonzero *Struct

	// Text and Array are the named types that a JSON string and a JSON array decode to, for a union that may be
	// those as well; otherwise they are nil.
	Text, Array *Name
}

// A Variant is one of the structs that a [Union] holds.
type Variant struct {
	Value  string // of the discriminator; empty if the union is decided by number
	Struct *Struct
}

// structs are the structs of the variants.
func (u *Union) structs() []*Struct {
	structs := make([]*Struct, len(u.Variants))
	for i, v := range u.Variants {
		structs[i] = v.Struct
	}
	return structs
}

// Variant is the variant with the given discriminator, or nil.
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

// Kind is the kind with the given name, such as "message", or nil.
func (a *API) Kind(name string) *Kind { return a.kinds[name] }

// Struct is the struct with the given Go name, or nil.
func (a *API) Struct(name string) *Struct { return a.structs[name] }

// Union is the union with the given Go name, or nil.
func (a *API) Union(name string) *Union { return a.unions[name] }

// Name is the named type with the given Go name, or nil.
func (a *API) Name(name string) *Name { return a.names[name] }

// Gotgbot is the API of the version of gotgbot that this module depends on. It is built at the first call.
func Gotgbot() *API { return gotgbot() }

var gotgbot = sync.OnceValue(func() *API { return New(table) })

// New builds an API from a table. It panics if the table names a type that it does not hold, or if Update is not
// among its structs.
func New(t Table) *API {
	a := &API{
		Package: t.Package, Version: t.Version,
		structs: map[string]*Struct{}, unions: map[string]*Union{}, names: map[string]*Name{}, kinds: map[string]*Kind{},
	}
	for _, row := range t.Structs {
		s := &Struct{Name: row.Name, Doc: row.Doc, Custom: row.Custom}
		a.structs[s.Name] = s
		a.Structs = append(a.Structs, s)
	}
	for _, row := range t.Unions {
		u := &Union{Name: row.Name, Doc: row.Doc, Key: row.Key}
		a.unions[u.Name] = u
		a.Unions = append(a.Unions, u)
	}
	for _, row := range t.Names {
		n := &Name{Name: row[0]}
		a.names[n.Name] = n
		a.Names = append(a.Names, n)
	}
	for i, row := range t.Structs {
		for _, f := range row.Fields {
			a.Structs[i].Fields = append(a.Structs[i].Fields, a.field(f))
		}
	}
	for i, row := range t.Unions {
		a.fill(a.Unions[i], row)
	}
	for i, row := range t.Names {
		a.Names[i].Underlying = a.parse(row[1])
	}
	a.Kinds = a.deriveKinds()
	for _, k := range a.Kinds {
		a.kinds[k.Name] = k
	}
	return a
}

// fill gives a union what names other types, once they all are there.
func (a *API) fill(u *Union, row UnionRow) {
	u.KeyType = a.parse(row.KeyType)
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
		Name: row.Name, JSON: row.JSON, Type: a.parse(row.Type), Doc: row.Doc, Values: row.Values, OnlyIn: row.OnlyIn,
		Optional: row.Optional, OmitEmpty: row.OmitEmpty,
	}
}

// KindNames are the names of all kinds, in the order of Kinds.
func (a *API) KindNames() []string {
	names := make([]string, len(a.Kinds))
	for i, k := range a.Kinds {
		names[i] = k.Name
	}
	return names
}
