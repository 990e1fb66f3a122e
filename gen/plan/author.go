package plan

import (
	"fmt"

	"github.com/tggen/tggen/gen/diag"
)

// checkAuthor finds what does not fit in the author's package: names that the generated file declares as well, and
// methods with the wrong signature. A method that is missing is left to the compiler: the author may not have written
// it yet.
func (r *resolver) checkAuthor(in Input) {
	if in.Author == nil {
		return
	}
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
