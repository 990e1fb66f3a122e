package emit

import (
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/types"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/plan"
)

// A Receiver is the author's type, as its methods name it.
type Receiver struct {
	Name string // of the value
	Type string
	// Imports are the paths of the packages that its file imports, by their names there.
	Imports map[string]string
}

// Stub is the source of a method that the author has yet to write, with the paths of the imports that it needs and the
// file of the type does not have.
func Stub(p *plan.Plan, m plan.Method, of Receiver) (source string, missing []string) {
	e, err := goparser.ParseExpr(m.Signature())
	if err != nil {
		panic(err) // plan has read it
	}
	ast.Inspect(e, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x := selector.X.(*ast.Ident)
		path := plan.Imports()[x.Name]
		if name := of.nameOf(path); name != "" {
			x.Name = name
		} else if !slices.Contains(missing, path) {
			missing = append(missing, path)
		}
		return false
	})
	signature := strings.TrimPrefix(types.ExprString(e), "func")
	return fmt.Sprintf("%s\nfunc (%s *%s) %s%s {\n\tpanic(\"%s is not written yet\")\n}\n",
		lines(MethodDoc(p, m)), of.Name, of.Type, m.Name.Value, signature, m.Name.Value), missing
}

func (r Receiver) nameOf(path string) string {
	var names []string
	for name, imported := range r.Imports {
		if imported == path {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return slices.Min(names)
}
