package plan

import (
	"fmt"
	"path"
	"slices"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/usercode"
)

// checkPackages finds files of two packages in the author's folder. Go does not compile them, and it is not known which of the
// packages the generated file belongs to.
func (r *resolver) checkPackages(author *usercode.Facts) {
	i := slices.IndexFunc(author.Packages, func(n usercode.Name) bool { return n.Name == author.Package })
	for _, other := range author.Packages {
		if i < 0 || other.Name == author.Package {
			continue
		}
		most := author.Packages[i]
		r.found = append(r.found, diag.Diagnostic{
			Pos: other.Pos, End: other.Pos.Column + len([]rune(other.Name)) - 1, Code: CodePackages,
			Message: fmt.Sprintf("this file is of package %s, and %s is of package %s", other.Name, path.Base(most.Pos.File), most.Name),
			Hint:    fmt.Sprintf("a folder holds one package: write package %s here, or move the file to a folder of its own", most.Name),
			Related: []diag.Related{{Pos: most.Pos, Message: "package " + most.Name}},
		})
	}
}

// checkAuthor finds what does not fit in the author's package: names that the generated file declares as well, and
// methods with the wrong signature. A method that is missing is left to the compiler: the author may not have written
// it yet.
func (r *resolver) checkAuthor(in Input) {
	if in.Author == nil {
		return
	}
	r.checkPackages(in.Author)
	r.checkTaken(in)
	wanted := r.plan.Wanted()
	t := in.Author.Handlers(wanted)
	if t == nil {
		return
	}
	for _, m := range r.plan.Methods {
		name := m.Name.Value
		found, ok := t.Methods[name]
		if !ok || !found.Signature.Differs(wanted[name]) {
			continue
		}
		d := fault(r, CodeSignature, m.Name, fmt.Sprintf("make it %s%s", name, wanted[name].Text),
			"the method %s of %s does not have the signature of %v", name, t.Name, m.Role)
		d.Related = []diag.Related{{Pos: found.Pos, Message: "it is " + name + found.Signature.Text}}
	}
}
