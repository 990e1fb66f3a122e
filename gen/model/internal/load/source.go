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
	docs      map[string]string        // of types
	functions map[string]*ast.FuncDecl // by name
	methods   map[string]*ast.FuncDecl // by receiver and name: Message.UnmarshalJSON
	constants []string                 // in the order of their declaration
}

func index(files []*ast.File) *source {
	s := &source{
		types: map[string]*ast.TypeSpec{}, docs: map[string]string{},
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

// general takes the types and the constants of a declaration.
func (s *source) general(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			s.types[spec.Name.Name] = spec
			s.docs[spec.Name.Name] = d.Doc.Text()
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

// typeDoc is the description of a type, after the line with its name and its link.
func (s *source) typeDoc(name string) string {
	_, description, _ := strings.Cut(s.docs[name], "\n\n")
	return strings.Join(strings.Fields(description), " ")
}

// fieldDoc is the description of a field.
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

const optional = "Optional. "

var sentenceEnd = regexp.MustCompile(`\.( [A-Z]|$)`)

// firstSentence is the first sentence of a description, without the word Optional and without its full stop.
func firstSentence(doc string) string {
	doc = strings.TrimPrefix(doc, optional)
	if end := sentenceEnd.FindStringIndex(doc); end != nil {
		return doc[:end[0]]
	}
	return doc
}

var (
	listStart = regexp.MustCompile(`\b(?:[Oo]ne of|can be|either) "`)
	quoted    = regexp.MustCompile(`"([^"]*)"`)
	answer    = regexp.MustCompile(`Returned only in (\w+)`)
)

// listed are the texts that a field may hold by its description: those in quotes in a sentence such as
// `currently can be "regular" or "quiz"`.
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

// onlyIn is the method whose answer alone holds a field, by the field's description.
func onlyIn(doc string) string {
	if match := answer.FindStringSubmatch(doc); match != nil {
		return match[1]
	}
	return ""
}

// textConstant is the value of a text constant.
func textConstant(object types.Object) (string, bool) {
	c, ok := object.(*types.Const)
	if !ok || c.Val().Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(c.Val()), true
}
