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

// A Receiver is the receiver of the author's methods.
type Receiver struct {
	Name string // the name of the variable
	Type string // the name of the type
	// Imports are the paths of the packages that its file imports, by their names there.
	Imports map[string]string
}

// Stub is the source of a method that the author has not written yet. It also returns the paths of the imports that the
// method needs and that the file of the type lacks.
func Stub(p *plan.Plan, m plan.Method, of Receiver) (source string, missing []string) {
	e, err := goparser.ParseExpr(m.Signature())
	if err != nil {
		panic(err) // plan.Wanted has parsed it
	}
	ast.Inspect(e, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x := selector.X.(*ast.Ident)
		path := plan.ImportPath(x.Name)
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

// nameOf is the name under which the file imports a package. It is empty if the file does not import it.
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
