package emit

import (
	"bytes"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
)

// imports decides under which names the file imports packages. A package gets another name if the author's package
// declares its usual one.
func (e *emitter) imports() {
	for path, name := range map[string]string{
		telegramPath: "telegram", dispatchPath: "dispatch", wirePath: "wire", gotgbotPath: "gotgbot",
		"context": "context", "encoding/json": "json", "fmt": "fmt", "errors": "errors", "regexp": "regexp", "time": "time",
	} {
		if e.plan.Author.Declares(name) {
			e.file.ImportAlias(path, name+"pkg")
		} else {
			e.file.ImportName(path, name)
		}
	}
}

// grouped puts the imports of the standard library first, followed by an empty line.
func grouped(source []byte) []byte {
	head, rest, _ := bytes.Cut(source, []byte("import (\n"))
	block, rest, ok := bytes.Cut(rest, []byte("\n)\n"))
	if !ok {
		return source
	}
	var standard, others [][]byte
	for line := range bytes.SplitSeq(block, []byte("\n")) {
		if bytes.Contains(line, []byte(".")) {
			others = append(others, line)
		} else {
			standard = append(standard, line)
		}
	}
	block = bytes.Join(append(append(standard, nil), others...), []byte("\n"))
	return slices.Concat(head, []byte("import (\n"), block, []byte("\n)\n"), rest)
}

// signature is the code of the parameters and results of a method of the author's type.
func signature(m plan.Method) *jen.Statement {
	e, err := goparser.ParseExpr(m.Signature())
	if err != nil {
		panic(err) // plan.Wanted has parsed it
	}
	fn := e.(*ast.FuncType)
	return jen.Params(fields(fn.Params)...).Add(results(fn))
}

// results is the code of the results of a function type.
func results(fn *ast.FuncType) *jen.Statement {
	switch {
	case fn.Results == nil:
		return jen.Null()
	case len(fn.Results.List) == 1:
		return typeExpr(fn.Results.List[0].Type)
	}
	return jen.Params(fields(fn.Results)...)
}

// fields is the code of the parameters of a function type.
func fields(list *ast.FieldList) []jen.Code {
	var all []jen.Code
	for _, f := range list.List {
		one := typeExpr(f.Type)
		if len(f.Names) == 1 {
			one = jen.Id(f.Names[0].Name).Add(one)
		}
		all = append(all, one)
	}
	return all
}

// typeExpr is the code of a type of a signature. The packages that it names are imported.
func typeExpr(e ast.Expr) *jen.Statement {
	switch t := e.(type) {
	case *ast.Ident:
		return jen.Id(t.Name)
	case *ast.SelectorExpr:
		return jen.Qual(plan.ImportPath(t.X.(*ast.Ident).Name), t.Sel.Name)
	case *ast.StarExpr:
		return jen.Op("*").Add(typeExpr(t.X))
	case *ast.ArrayType:
		return jen.Index().Add(typeExpr(t.Elt))
	case *ast.FuncType:
		return jen.Func().Params(fields(t.Params)...).Add(results(t))
	}
	panic(fmt.Sprintf("emit: a signature has no %T", e))
}
