package load

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

// source finds declarations in gotgbot's syntax.
type source struct {
	types     map[string]*ast.TypeSpec
	functions map[string]*ast.FuncDecl // by name
	methods   map[string]*ast.FuncDecl // by receiver and name: Message.UnmarshalJSON
	constants []string                 // in the order of their declaration
}

func index(files []*ast.File) *source {
	s := &source{
		types:     map[string]*ast.TypeSpec{},
		functions: map[string]*ast.FuncDecl{}, methods: map[string]*ast.FuncDecl{},
	}
	for _, file := range files {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					s.functions[d.Name.Name] = d
				} else if receiver := receiverName(d); receiver != "" {
					s.methods[receiver+"."+d.Name.Name] = d
				}
			case *ast.GenDecl:
				s.general(d)
			}
		}
	}
	return s
}

// general adds the types and the constants of a declaration.
func (s *source) general(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			s.types[spec.Name.Name] = spec
		case *ast.ValueSpec:
			if d.Tok == token.CONST {
				for _, name := range spec.Names {
					s.constants = append(s.constants, name.Name)
				}
			}
		}
	}
}

func receiverName(d *ast.FuncDecl) string {
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// fieldDoc returns the description of a field.
func (s *source) fieldDoc(typeName, field string) string {
	body, ok := s.types[typeName].Type.(*ast.StructType)
	if !ok {
		return ""
	}
	for _, f := range body.Fields.List {
		for _, name := range f.Names {
			if name.Name == field {
				return strings.Join(strings.Fields(f.Doc.Text()), " ")
			}
		}
	}
	return ""
}

var (
	sentenceEnd = regexp.MustCompile(`\.( [A-Z]|$)`)

	listStart = regexp.MustCompile(`\b(?:[Oo]ne of|can be|either) "`)
	quoted    = regexp.MustCompile(`"([^"]*)"`)
	answer    = regexp.MustCompile(`Returned only in (\w+)`)
)

// listed returns the texts that a field can hold, according to its description. It finds them in quotes, in a sentence such
// as `currently can be "regular" or "quiz"`.
func listed(doc string) []string {
	start := listStart.FindStringIndex(doc)
	if start == nil {
		return nil
	}
	list := doc[start[1]-1:]
	if end := sentenceEnd.FindStringIndex(list); end != nil {
		list = list[:end[0]]
	}
	var values []string
	for _, match := range quoted.FindAllStringSubmatch(list, -1) {
		values = append(values, match[1])
	}
	return values
}

// onlyIn returns the only method that returns a field, according to its description; otherwise "".
func onlyIn(doc string) string {
	if match := answer.FindStringSubmatch(doc); match != nil {
		return match[1]
	}
	return ""
}

// textConstant returns the value of a text constant.
func textConstant(object types.Object) (string, bool) {
	c, ok := object.(*types.Const)
	if !ok || c.Val().Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(c.Val()), true
}
