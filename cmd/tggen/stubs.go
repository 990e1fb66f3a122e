package main

import (
	"cmp"
	"flag"
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/emit"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/usercode"
)

const stubsHelp = `The methods are printed to standard output as Go source, in the order of the spec:

  go tool tggen stubs >> handlers.go

Your type is the one whose value you pass to New or Run. If there is none, it is the type that has most of the methods. stubs
also sees the methods of the types that it embeds, in this package and in others. If the package is not main and passes no
value to New or Run, other packages may implement the handlers, and stubs prints nothing without -type.`

func stubs(f *flag.FlagSet) action {
	p := projectFlags(f)
	typeName := f.String("type", "", "the `NAME` of your type, if tggen finds another one")
	return func(_ []string, s streams) int {
		resolved, code := p.plan(s)
		if resolved == nil {
			return code
		}
		if *typeName == "" && !p.author.Implements() {
			fmt.Fprintf(s.err, "no type of package %s is passed to New or Run, so packages that import it may have the methods; "+
				"with -type NAME, stubs prints those that NAME lacks\n", p.author.Package)
			return exitOK
		}
		t, err := p.handlers(resolved, *typeName)
		if err != nil {
			return fail(s, err)
		}
		receiver := emit.Receiver{Name: cmp.Or(t.Receiver, strings.ToLower(t.Name[:1])), Type: t.Name, Imports: t.Imports}
		var parts, missing []string
		if t.Pos.File == "" {
			parts = append(parts, fmt.Sprintf("// %s implements Handlers.\ntype %s struct{}\n", t.Name, t.Name))
		}
		for _, m := range resolved.Methods {
			if _, has := t.Methods[m.Name.Value]; has {
				continue
			}
			source, needs := emit.Stub(resolved, m, receiver)
			parts = append(parts, source)
			missing = append(missing, needs...)
		}
		if len(parts) == 0 {
			fmt.Fprintf(s.err, "%s has every method\n", t.Name)
			return exitOK
		}
		if len(t.Embeds) > 0 {
			fmt.Fprintf(s.err, "%s embeds %s, which tggen cannot find\n", t.Name, strings.Join(t.Embeds, ", "))
			if *typeName == "" {
				fmt.Fprintf(s.err, "some methods may be there; with -type %s, stubs prints all that tggen does not find\n", t.Name)
				return exitOK
			}
		}
		if len(missing) > 0 {
			slices.Sort(missing)
			for _, path := range slices.Compact(missing) {
				fmt.Fprintf(s.err, "add the import %q\n", path)
			}
		}
		return printed(s, []byte("\n"+strings.Join(parts, "\n")))
	}
}

// handlers returns the type that implements Handlers. A type that is not declared yet has no position.
func (p *project) handlers(resolved *plan.Plan, name string) (*usercode.Type, error) {
	if name == "" {
		if t := p.author.Handlers(resolved.Wanted()); t != nil {
			return t, nil
		}
		name = "bot" // the name that init uses
	}
	if t := p.author.Types[name]; t != nil {
		return t, nil
	}
	if !token.IsIdentifier(name) || p.author.Declares(name) {
		return nil, fmt.Errorf("%s is not the name of a type: give one with -type", name)
	}
	return &usercode.Type{Name: name}, nil
}
