package load

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strconv"
	"strings"

	"github.com/tggen/tggen/gen/model"
)

// checkUnmarshalJSON checks that an UnmarshalJSON of gotgbot does what [model.Struct.Custom] says: it decodes the same fields
// under the same names, unions with their functions, and all others as encoding/json does.
func checkUnmarshalJSON(decode *ast.FuncDecl, row model.StructRow, unionWithin func(string) (string, bool)) error {
	local, err := localFields(decode)
	if err != nil {
		return err
	}
	assigned := assignments(decode)
	for _, f := range row.Fields {
		got, want := local[f.Name], localField{f.JSON, f.Type}
		value := "t." + f.Name
		if union, slice := unionWithin(f.Type); union != "" {
			want.typeName = "json.RawMessage"
			value = "unmarshal" + union + "(" + value + ")"
			if slice {
				value = "unmarshal" + union + "Array(t." + f.Name + ")"
			}
		}
		if got != want {
			return fmt.Errorf("it decodes %s as %s %s", f.Name, got.json, got.typeName)
		}
		if assigned["v."+f.Name] != value {
			return fmt.Errorf("it sets %s to %q", f.Name, assigned["v."+f.Name])
		}
	}
	if len(local) != len(row.Fields) || len(assigned) != len(row.Fields) {
		return errors.New("it decodes fields that the struct does not have")
	}
	return nil
}

type localField struct{ json, typeName string }

// localFields returns the fields of the struct type tmp that an UnmarshalJSON declares.
func localFields(decode *ast.FuncDecl) (map[string]localField, error) {
	declaration, ok := decode.Body.List[0].(*ast.DeclStmt)
	if !ok {
		return nil, errors.New("it does not begin with a type")
	}
	spec, ok := declaration.Decl.(*ast.GenDecl).Specs[0].(*ast.TypeSpec)
	if !ok {
		return nil, errors.New("it does not begin with a type")
	}
	body, ok := spec.Type.(*ast.StructType)
	if !ok {
		return nil, errors.New("it does not begin with a struct type")
	}
	fields := map[string]localField{}
	for _, f := range body.Fields.List {
		if len(f.Names) != 1 || f.Tag == nil {
			return nil, errors.New("its struct has a field without a name or a tag")
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			return nil, err
		}
		fields[f.Names[0].Name] = localField{reflect.StructTag(tag).Get("json"), types.ExprString(f.Type)}
	}
	return fields, nil
}

// assignments returns what an UnmarshalJSON assigns to each field of v.
func assignments(decode *ast.FuncDecl) map[string]string {
	set := map[string]string{}
	for _, s := range decode.Body.List {
		s, ok := s.(*ast.AssignStmt)
		if !ok {
			continue
		}
		if target := types.ExprString(s.Lhs[0]); strings.HasPrefix(target, "v.") {
			set[target] = types.ExprString(s.Rhs[0])
		}
	}
	return set
}
