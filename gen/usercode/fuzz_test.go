package usercode

import (
	"testing"
	"unicode/utf8"
)

// FuzzRead reads packages in any state in which an editor can leave them. Everything that is found must be in the file.
func FuzzRead(f *testing.F) {
	for _, source := range []string{
		"", "package main", "package", "package main\n\ntype (", "package main\n\nfunc (",
		"package main\n\nfunc (b *bot) Start(ctx context.Context, in *StartInp",
		"package main\n\nfunc (b *bot[T, U]) Start(func(int) (a, b string), ...any) {}\n\ntype bot[T, U any] struct{ base; *x.Y; F int }",
		"package main\n\nimport (\n\tx \"a\"\n\t. \"b\"\n\t_ `c`\n)\n\nvar a, b = f()\n\nfunc main() { h, err := f(); Run(a, h); New(&bot{}); New() }",
		"package main\n\ntype a = b\n\ntype b = a\n\ntype c interface{ a; M(); ~int | b }\n\nvar v = v\n\nfunc main() { New(v); New(new(a)) }",
		"<<<<<<< HEAD\npackage main\n=======\npackage shop\n>>>>>>> theirs\n", "package main\n\nconst (\n\tA = iota\n\tB\n)\n\nfunc New() func",
		"//line x.go:7\npackage main\n\n/* \xff */ type é struct{ M func() }",
	} {
		f.Add([]byte(source))
	}
	wanted, err := Parse("func(ctx context.Context, in *StartInput) error", map[string]string{"context": "context"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		p := newReader()
		p.parse("a.go", source)
		p.parse("a_test.go", []byte("package main\n\nfunc t() { New(x) }\n"))
		p.read()
		for _, n := range p.facts.Names {
			if n.Name == "" || n.Pos.Line < 1 || n.Pos.Column < 1 || n.Pos.File == "a.go" && n.Pos.Column > utf8.RuneCount(source) {
				t.Errorf("the name %q is at %v", n.Name, n.Pos)
			}
		}
		for name, typ := range p.facts.Types {
			if name == "" || typ.Name != name {
				t.Errorf("the type %q has the name %q", name, typ.Name)
			}
			for _, m := range typ.Methods {
				m.Signature.Differs(wanted)
			}
		}
		p.facts.Handlers(map[string]Signature{"Start": wanted})
	})
}
