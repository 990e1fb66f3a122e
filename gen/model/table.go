package model

// A Table is the Bot API as plain data: what api_gen.go holds. Its types are spelled as in Go.
type Table struct {
	Package, Version string
	Structs          []StructRow
	Unions           []UnionRow
	Names            [][2]string // name, underlying type
}

// A StructRow is a [Struct] as plain data.
type StructRow struct {
	Name   string
	Custom bool
	Fields []FieldRow
}

// A FieldRow is a [Field] as plain data.
type FieldRow struct {
	Name, JSON, Type string
	Optional         bool
	Values           []string
	OnlyIn           string
}

// A UnionRow is a [Union] as plain data.
type UnionRow struct {
	Name, Key                  string
	Variants                   [][2]string // value, struct
	Zero, Nonzero, Text, Array string
}
