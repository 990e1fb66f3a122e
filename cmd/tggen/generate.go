package main

import (
	"flag"
	"fmt"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/plan"
)

// Codes of the diagnostics about files.
const (
	codeForeign   = "foreign-output"    // tggen did not write the file that is in the place of its output
	codeOtherSpec = "other-spec-output" // tggen wrote the output for another spec
	codeMissing   = "missing-output"    // check found no output
	codeStale     = "stale-output"      // check found an output that generate would not write
	codeOrphan    = "orphan-output"     // an earlier run of tggen wrote the file, and this one would not
)

const generateHelp = `generate writes bot.gen.go to the folder of the spec, which is the bot's package. It writes nothing if the spec has a
mistake or does not fit the package. It does not touch a file that is up to date, so the file keeps its modification time. It
does not replace a file that tggen did not write, or that tggen wrote for another spec.`

func generate(f *flag.FlagSet) action {
	p := projectFlags(f)
	return func(_ []string, s streams) int {
		result, found, err := p.update()
		if err != nil {
			return fail(s, err)
		}
		if len(found) == 0 {
			p.noteMissing(s, result.Plan)
		}
		return p.report(s, found)
	}
}

// update generates and writes the output if it has changed. If there are mistakes, it may have written the output nevertheless: a file
// that an earlier run of tggen wrote in another place does not keep it from that. Otherwise result is not nil.
func (p *project) update() (result *gen.Result, found diag.List, err error) {
	in, err := p.input()
	if err != nil {
		return nil, nil, err
	}
	if result, found, err = gen.Generate(in); err != nil || len(found) > 0 {
		return nil, found, err
	}
	found = p.orphans()
	old, refused, err := p.existing()
	switch {
	case err != nil:
		return nil, nil, err
	case refused != nil:
		found = append(found, *refused)
	case !same(old, result.Source):
		if err := write(p.output(), result.Source); err != nil {
			return nil, nil, err
		}
	}
	return result, found, nil
}

// noteMissing prints which methods the author still has to write. That is no mistake: the compiler reports them, and they may be
// in a package that tggen does not read.
func (p *project) noteMissing(s streams, resolved *plan.Plan) {
	if p.format.value != "text" || !p.author.Implements() {
		return
	}
	t := p.author.Handlers(resolved.Wanted())
	if t == nil {
		fmt.Fprintln(s.err, "note: no type has the methods of Handlers yet; `tggen stubs` prints them")
		return
	}
	var missing []string
	for _, m := range resolved.Methods {
		if _, has := t.Methods[m.Name.Value]; !has {
			missing = append(missing, m.Name.Value)
		}
	}
	if len(missing) == 0 || len(t.Embeds) > 0 {
		return
	}
	const most = 10
	if more := len(missing) - most; more > 1 {
		missing = append(missing[:most], fmt.Sprintf("%d more", more))
	}
	word := "methods"
	if len(missing) == 1 {
		word = "method"
	}
	fmt.Fprintf(s.err, "note: %s lacks the %s %s; `tggen stubs` prints what is missing\n", t.Name, word, diag.And(missing))
}
