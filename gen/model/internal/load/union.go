package load

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/tggen/tggen/gen/model"
)

// union reads an interface, and the function that decodes it, such as unmarshalMessageOrigin.
func (r *reader) union(object *types.TypeName, i *types.Interface) error {
	row := model.UnionRow{Name: object.Name()}
	function := "unmarshal" + row.Name
	decode := r.source.functions[function]
	if decode == nil {
		return fmt.Errorf("%s: there is no function %s", row.Name, function)
	}
	if err := r.decoder(&row, decode); err != nil {
		return fmt.Errorf("%s: %w", function, err)
	}
	if err := r.complete(row, i); err != nil {
		return fmt.Errorf("%s: %w", function, err)
	}
	r.table.Unions = append(r.table.Unions, row)
	for _, v := range row.Variants {
		if err := r.named(v[1]); err != nil {
			return err
		}
	}
	for _, name := range []string{row.Text, row.Array} {
		if name == "" {
			continue
		}
		if err := r.named(name); err != nil {
			return err
		}
	}
	return nil
}

// decoder reads the body of a union's function. It has one of these two forms:
//
//	t := struct{ Type string }{}           t := struct{ Date int64 }{}
//	switch t.Type {                        if t.Date == 0 {
//	case "user":                                   s := InaccessibleMessage{}
//	        s := MessageOriginUser{}               return s, nil
//	        return s, nil                  }
//	}                                      s := Message{}
//	return nil, fmt.Errorf("unknown")      return s, nil
//
// In the first form, a switch on the kind of JSON may come before it:
//
//	case string: return RichTextString(s), nil
//	case []any:  return RichTextArray(vs), nil
func (r *reader) decoder(row *model.UnionRow, decode *ast.FuncDecl) error {
	var keyType string
	for i, statement := range decode.Body.List {
		var err error
		switch statement := statement.(type) {
		case *ast.AssignStmt:
			err = discriminator(row, &keyType, statement)
		case *ast.TypeSwitchStmt:
			err = alternatives(row, statement)
		case *ast.SwitchStmt:
			err = variants(row, statement)
		case *ast.IfStmt:
			err = zero(row, statement, decode.Body.List[i+1:])
		}
		if err != nil {
			return err
		}
	}
	switch {
	case row.Key == "":
		return errors.New("it reads no field to decide by")
	case len(row.Variants) == 0:
		return errors.New("it chooses no struct")
	case (keyType == "string") == (row.Zero != ""):
		return fmt.Errorf("the model does not support the way it decides by a field of type %s", keyType)
	case (row.Text == "") != (row.Array == ""):
		return errors.New("it accepts a text or an array, and not both")
	}
	return nil
}

// discriminator reads t := struct{ Type string }{}. The field has no tag. encoding/json ignores letter case in names, and
// the Bot API spells names in lower case, so the key is the name in lower case.
func discriminator(row *model.UnionRow, keyType *string, s *ast.AssignStmt) error {
	body, ok := literalType(s).(*ast.StructType)
	if !ok {
		return nil
	}
	if len(body.Fields.List) != 1 || len(body.Fields.List[0].Names) != 1 || body.Fields.List[0].Tag != nil {
		return errors.New("it does not decide by exactly one field without a tag")
	}
	f := body.Fields.List[0]
	row.Key = strings.ToLower(f.Names[0].Name)
	*keyType = types.ExprString(f.Type)
	return nil
}

// variants reads switch t.Type { case "user": ... }.
func variants(row *model.UnionRow, s *ast.SwitchStmt) error {
	for _, clause := range s.Body.List {
		clause := clause.(*ast.CaseClause)
		name := localStruct(clause.Body)
		if len(clause.List) != 1 || name == "" {
			return errors.New("a case of its switch is not one text that chooses one struct")
		}
		literal, ok := clause.List[0].(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return errors.New("a case of its switch is not a text")
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			return err
		}
		row.Variants = append(row.Variants, [2]string{value, name})
	}
	return nil
}

// alternatives reads switch probe.(type) { case string: ... case []any: ... }.
func alternatives(row *model.UnionRow, s *ast.TypeSwitchStmt) error {
	for _, clause := range s.Body.List {
		clause := clause.(*ast.CaseClause)
		name := converted(clause.Body)
		if len(clause.List) != 1 || name == "" {
			return errors.New("a case of its type switch does not return one conversion")
		}
		switch probe := types.ExprString(clause.List[0]); probe {
		case "string":
			row.Text = name
		case "[]any":
			row.Array = name
		default:
			return fmt.Errorf("its type switch has a case %s", probe)
		}
	}
	return nil
}

// zero reads if t.Date == 0 { ... }, and the statements after it.
func zero(row *model.UnionRow, s *ast.IfStmt, rest []ast.Stmt) error {
	condition, ok := s.Cond.(*ast.BinaryExpr)
	if !ok || condition.Op != token.EQL || types.ExprString(condition.Y) != "0" {
		return nil
	}
	if _, ok := condition.X.(*ast.SelectorExpr); !ok {
		return nil // len(d) == 0
	}
	row.Zero, row.Nonzero = localStruct(s.Body.List), localStruct(rest)
	if row.Zero == "" || row.Nonzero == "" {
		return errors.New("its if does not choose between two structs")
	}
	row.Variants = [][2]string{{"", row.Zero}, {"", row.Nonzero}}
	return nil
}

// localStruct returns MessageOriginUser for statements that begin with s := MessageOriginUser{} and end with
// return s, nil. For other statements it returns "".
func localStruct(body []ast.Stmt) string {
	if len(body) < 2 {
		return ""
	}
	define, ok := body[0].(*ast.AssignStmt)
	if !ok {
		return ""
	}
	end, ok := body[len(body)-1].(*ast.ReturnStmt)
	if !ok || types.ExprString(end.Results[0]) != types.ExprString(define.Lhs[0]) {
		return ""
	}
	name, ok := literalType(define).(*ast.Ident)
	if !ok {
		return ""
	}
	return name.Name
}

// converted returns RichTextString for statements that end with return RichTextString(s), nil. For other statements it
// returns "".
func converted(body []ast.Stmt) string {
	if len(body) == 0 {
		return ""
	}
	end, ok := body[len(body)-1].(*ast.ReturnStmt)
	if !ok {
		return ""
	}
	call, ok := end.Results[0].(*ast.CallExpr)
	if !ok {
		return ""
	}
	return types.ExprString(call.Fun)
}

// literalType returns the type T of x := T{}, or nil.
func literalType(s *ast.AssignStmt) ast.Expr {
	if len(s.Rhs) != 1 {
		return nil
	}
	literal, ok := s.Rhs[0].(*ast.CompositeLit)
	if !ok {
		return nil
	}
	return literal.Type
}

// complete checks that the function can return every struct of the union: every exported type that implements it, except
// the one that gotgbot merges the others into.
func (r *reader) complete(row model.UnionRow, i *types.Interface) error {
	known := map[string]bool{"Merged" + row.Name: true, row.Text: true, row.Array: true}
	for _, v := range row.Variants {
		known[v[1]] = true
	}
	for _, name := range r.scope.Names() {
		object, ok := r.scope.Lookup(name).(*types.TypeName)
		if !ok || types.IsInterface(object.Type()) || !object.Exported() {
			continue
		}
		if types.Implements(object.Type(), i) && !known[name] {
			return fmt.Errorf("it never returns a %s", name)
		}
	}
	return nil
}
