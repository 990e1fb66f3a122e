package usercode

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A declaration is the type, function, variable or constant that a name of the package block stands for.
type declaration struct {
	file *file
	typ  *ast.TypeSpec
	fn   *ast.FuncDecl
	// A variable has a type or a value, or both.
	varType, varValue ast.Expr
}

// declare collects the names of the package.
func (p *reader) declare() {
	p.declared = map[string]declaration{}
	for _, f := range p.files {
		p.imports(f)
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name != "init" && (d.Name.Name != "main" || p.facts.Package != "main") {
					p.add(d.Name, declaration{file: f, fn: d})
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						p.add(s.Name, declaration{file: f, typ: s})
					case *ast.ValueSpec:
						for i, name := range s.Names {
							v := declaration{file: f, varType: s.Type}
							if d.Tok == token.VAR && i < len(s.Values) {
								v.varValue = s.Values[i]
							}
							p.add(name, v)
						}
					}
				}
			}
		}
	}
}

func (p *reader) add(name *ast.Ident, d declaration) {
	if name.Name == "_" || name.Name == "" {
		return
	}
	if _, taken := p.declared[name.Name]; !taken {
		p.declared[name.Name] = d
	}
	if !d.file.broken {
		p.facts.Names = append(p.facts.Names, Name{Name: name.Name, Pos: p.pos(d.file, name.Pos())})
	}
}

// imports collects the names that the file uses for the packages that it imports.
func (p *reader) imports(f *file) {
	f.imports = map[string]string{}
	for _, spec := range f.syntax.Imports {
		full, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := importName(full)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		switch name {
		case "_":
			continue
		case ".":
			f.dot = true
			continue
		}
		f.imports[name] = full
		if spec.Name != nil && !f.broken {
			p.facts.Names = append(p.facts.Names, Name{Name: name, Pos: p.pos(f, spec.Name.Pos()), Import: true})
		}
	}
}

var (
	majorVersion  = regexp.MustCompile(`^v[0-9]+$`)
	versionSuffix = regexp.MustCompile(`\.v[0-9]+$`)
)

// importName returns the name that a package most likely has, from its import path.
func importName(full string) string {
	name := path.Base(full)
	if majorVersion.MatchString(name) && strings.Contains(full, "/") {
		name = path.Base(path.Dir(full))
	}
	return versionSuffix.ReplaceAllString(name, "")
}
