// Package gen turns a spec into the source of a bot: a pure function, without a look at the file system, the clock or the
// environment.
package gen

import (
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/emit"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/gen/usercode"
)

// Output is the name of the generated file, beside the spec.
const Output = "bot.gen.go"

// Header is how the first line of every generated file begins. A file that does not begin so is not this tool's.
const Header = emit.Header

// Input is all that the output depends on.
type Input struct {
	// SpecFile is the name of the spec as diagnostics print it.
	SpecFile string
	// Spec is what stands in it.
	Spec []byte
	// Author is what the package declares that the output belongs to. Nil: nothing is known of it, and it is called main.
	Author *usercode.Facts
}

// Result is what was made of a spec.
type Result struct {
	// Plan is the resolved bot.
	Plan *plan.Plan
	// Source is the text of the generated file.
	Source []byte
}

// Generate makes the bot. If there are diagnostics there is no result. An error is a fault of the generator.
func Generate(in Input) (*Result, diag.List, error) {
	p, found := Plan(in)
	if len(found) > 0 {
		return nil, found, nil
	}
	source, err := emit.File(p)
	if err != nil {
		return nil, nil, err
	}
	return &Result{Plan: p, Source: source}, nil, nil
}

// Plan resolves the spec. If there are diagnostics there is no plan. A spec with mistakes is resolved as far as it is
// right, so that what does not fit is told together with what is misspelt.
func Plan(in Input) (*plan.Plan, diag.List) {
	s, found := spec.Parse(in.SpecFile, in.Spec)
	p, misfits := plan.Resolve(plan.Input{Spec: s, API: model.Gotgbot(), Author: in.Author, Private: emit.Declared()})
	if found = append(found, misfits...); len(found) > 0 {
		found.Sort()
		return nil, found
	}
	return p, nil
}
