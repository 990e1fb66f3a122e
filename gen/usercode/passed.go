package usercode

import (
	"go/ast"
	"slices"
)

// handlersAt is the index of the parameter of New and Run, the generated functions, that takes the author's value.
var handlersAt = map[string]int{"New": 0, "Run": 1}

// findPassed looks for a call of Run or New and takes the type of the value that is passed as the handlers. It looks in the
// program first, and then in its tests.
func (p *reader) findPassed() {
	for _, tests := range []bool{false, true} {
		for _, f := range p.files {
			if f.test != tests {
				continue
			}
			for _, d := range f.syntax.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && p.facts.passed == "" {
					p.facts.passed = p.passedIn(fn)
				}
			}
		}
	}
}

// passedIn returns the type of the value that the function passes to Run or New, or "".
func (p *reader) passedIn(fn *ast.FuncDecl) string {
	name := ""
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || name != "" {
			return name == ""
		}
		if callee, ok := call.Fun.(*ast.Ident); ok {
			_, own := p.declared[callee.Name]
			if at, wanted := handlersAt[callee.Name]; wanted && !own && at < len(call.Args) {
				name = p.typeOf(call.Args[at], 0, fn, 0)
			}
		}
		return true
	})
	return name
}

// typeOf returns the name of the type of an expression, if it is a type of the package, and "" if the type is not known. If the
// expression is a call with several results, result is the index of the one that is meant.
func (p *reader) typeOf(e ast.Expr, result int, within *ast.FuncDecl, depth int) string {
	if depth > 4 {
		return ""
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return p.typeOf(e.X, result, within, depth+1)
	case *ast.UnaryExpr:
		return p.typeOf(e.X, result, within, depth+1)
	case *ast.CompositeLit:
		return p.named(e.Type)
	case *ast.CallExpr:
		callee, ok := e.Fun.(*ast.Ident)
		if !ok {
			return ""
		}
		d, own := p.declared[callee.Name]
		switch {
		case own && d.fn != nil:
			return p.resultOf(d.fn.Type, result)
		case own && d.typ != nil:
			return p.named(callee) // a conversion
		case !own && callee.Name == "new" && len(e.Args) == 1:
			return p.named(e.Args[0])
		}
	case *ast.Ident:
		return p.typeOfVariable(e.Name, within, depth)
	}
	return ""
}

func (p *reader) resultOf(fn *ast.FuncType, result int) string {
	if fn.Results == nil {
		return ""
	}
	for _, field := range fn.Results.List {
		if count := max(len(field.Names), 1); result >= count {
			result -= count
			continue
		}
		return p.named(field.Type)
	}
	return ""
}

// typeOfVariable returns the type of a variable. It looks for the first declaration or assignment of the name in the function
// from which the type is known, and then for a variable of the package.
func (p *reader) typeOfVariable(name string, within *ast.FuncDecl, depth int) string {
	found := ""
	ast.Inspect(within, func(n ast.Node) bool {
		if found != "" {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncType:
			found = p.parameter(n, name)
		case *ast.AssignStmt:
			at := slices.IndexFunc(n.Lhs, func(e ast.Expr) bool { x, ok := e.(*ast.Ident); return ok && x.Name == name })
			switch {
			case at < 0:
			case len(n.Rhs) == len(n.Lhs):
				found = p.typeOf(n.Rhs[at], 0, within, depth+1)
			case len(n.Rhs) == 1:
				found = p.typeOf(n.Rhs[0], at, within, depth+1)
			}
		case *ast.ValueSpec:
			at := slices.IndexFunc(n.Names, func(x *ast.Ident) bool { return x.Name == name })
			switch {
			case at < 0:
			case n.Type != nil:
				found = p.named(n.Type)
			case len(n.Values) == len(n.Names):
				found = p.typeOf(n.Values[at], 0, within, depth+1)
			case len(n.Values) == 1:
				found = p.typeOf(n.Values[0], at, within, depth+1)
			}
		}
		return true
	})
	if d := p.declared[name]; found == "" && d.typ == nil && d.fn == nil {
		if d.varType != nil {
			return p.named(d.varType)
		}
		if d.varValue != nil {
			return p.typeOf(d.varValue, 0, within, depth+1)
		}
	}
	return found
}

func (p *reader) parameter(fn *ast.FuncType, name string) string {
	for _, field := range fn.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return p.named(field.Type)
			}
		}
	}
	return ""
}
