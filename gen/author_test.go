package gen_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/usercode"
	"github.com/tggen/tggen/templates"
)

// full returns the spec of the full template, for a package that declares the given names.
func full(t *testing.T, names ...string) gen.Input {
	t.Helper()
	files, err := templates.Files("full")
	if err != nil {
		t.Fatal(err)
	}
	in := gen.Input{SpecFile: "spec.yaml", Author: &usercode.Facts{Package: "shop"}}
	for i, name := range names {
		in.Author.Names = append(in.Author.Names, usercode.Name{Name: name, Pos: diag.Pos{File: "shop.go", Line: i + 1, Column: 1}})
	}
	for _, f := range files {
		if f.Name == "spec.yaml" {
			in.Spec = f.Content
		}
	}
	return in
}

// generate makes a bot, and fails the test if there are diagnostics.
func generate(t *testing.T, in gen.Input) *gen.Result {
	t.Helper()
	result, found, err := gen.Generate(in)
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	return result
}

func parse(t *testing.T, result *gen.Result) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), gen.Output, result.Source, 0)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestTakenNames lets the author's package declare, one at a time, the names that the output declares and some that it could
// declare. Generation must fail for the first and succeed for the others.
func TestTakenNames(t *testing.T) {
	result := generate(t, full(t))
	declared := map[string]bool{}
	for _, d := range parse(t, result).Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				declared[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					declared[s.Name.Name] = true
				case *ast.ValueSpec:
					declared[s.Names[0].Name] = true
				}
			}
		}
	}
	delete(declared, "_")
	candidates := map[string]bool{}
	for name := range declared {
		candidates[name] = true
	}
	for _, h := range result.Plan.Handlers {
		name := h.Name.Value
		for _, one := range []string{name, name + "Input", name + "Args", name + "Data", name + "Groups", name + "Button", "Parse" + name + "Data", "parse" + name + "Args"} {
			candidates[one] = true
		}
	}
	if len(declared) < 40 || len(candidates) <= len(declared) {
		t.Fatalf("%d names and %d candidates: the test does not look where it should", len(declared), len(candidates))
	}
	for name := range candidates {
		_, found := gen.Plan(full(t, name))
		if reported := len(found) == 1 && found[0].Code == plan.CodeNameTaken && strings.HasPrefix(found[0].Message, name+" "); reported != declared[name] {
			t.Errorf("%s is declared: %v, and the diagnostics are %v", name, declared[name], found)
		}
	}
}

// TestTakenImports lets the author's package declare the names of all packages that the output imports. The output must then
// import them under other names.
func TestTakenImports(t *testing.T) {
	result := generate(t, full(t))
	var names []string
	for _, spec := range parse(t, result).Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		names = append(names, path[strings.LastIndex(path, "/")+1:])
		if strings.HasSuffix(path, "gotgbot/v2") {
			names[len(names)-1] = "gotgbot"
		}
	}
	result = generate(t, full(t, names...))
	file := parse(t, result)
	if file.Name.Name != "shop" || len(file.Imports) != len(names) {
		t.Errorf("package %s with %d imports, want shop with %d", file.Name.Name, len(file.Imports), len(names))
	}
	for _, spec := range file.Imports {
		if spec.Name == nil {
			t.Errorf("%s is imported under its own name", spec.Path.Value)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok {
			for _, name := range names {
				if x.Name == name {
					t.Errorf("%s.%s means the author's %s", x.Name, selector.Sel.Name, name)
				}
			}
		}
		return true
	})
}

// TestHeader checks that the output does not depend on the path by which the spec is named.
func TestHeader(t *testing.T) {
	const spec = "version: 1\nhandlers:\n  - {name: Echo, on: message}\n"
	var outputs []string
	for _, file := range []string{"spec.yaml", "bots/echo/spec.yaml", "../spec.yaml"} {
		outputs = append(outputs, string(generate(t, gen.Input{SpecFile: file, Spec: []byte(spec)}).Source))
	}
	if outputs[0] != outputs[1] || outputs[0] != outputs[2] || !strings.HasPrefix(outputs[0], gen.Header+"spec.yaml; DO NOT EDIT.\n") {
		t.Errorf("the outputs begin with %q, %q, %q", outputs[0][:60], outputs[1][:60], outputs[2][:60])
	}
}

// TestSignatures checks that the signatures that the author's methods are compared with are those of the generated
// interface.
func TestSignatures(t *testing.T) {
	in := full(t)
	in.Spec = bytes.Replace(in.Spec, []byte("    version: 1 "), []byte("    version: 2 "), 1) // asks for a migration
	in.Spec = append(in.Spec, "\n  - {name: Found, on: poll, find: [votes: int, \"voters\": \"[]*string\"]}\n"...)
	result := generate(t, in)
	object := parse(t, result).Scope.Lookup("Handlers")
	if object == nil {
		t.Fatal("the output has no interface Handlers")
	}
	methods := object.Decl.(*ast.TypeSpec).Type.(*ast.InterfaceType).Methods.List
	if len(methods) != len(result.Plan.Methods) {
		t.Fatalf("the interface has %d methods, and the plan %d", len(methods), len(result.Plan.Methods))
	}
	roles := map[plan.Role]bool{}
	for i, m := range result.Plan.Methods {
		roles[m.Role] = true
		if got := types.ExprString(methods[i].Type); methods[i].Names[0].Name != m.Name.Value || got != m.Signature() {
			t.Errorf("%s %s is in the interface as %s %s", m.Name.Value, m.Signature(), methods[i].Names[0].Name, got)
		}
	}
	if len(roles) != int(plan.RoleMigration)+1 {
		t.Errorf("the spec has methods of %d roles, want all roles", len(roles))
	}
}
