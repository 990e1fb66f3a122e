// Package gen turns a spec into the source of a bot. [Generate] is a pure function: it reads no files, no clock and no
// environment. The caller reads the author's package beforehand, with package usercode, and opens the files that the spec
// includes.
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

// Header is the beginning of the first line of every generated file. This tool did not write a file that begins
// differently.
const Header = emit.Header

// SpecOf is the name of the spec that a generated file is from. It reports false for a file that is not generated.
func SpecOf(generated []byte) (name string, ok bool) { return emit.SpecOf(generated) }

// Input is everything that the output depends on.
type Input struct {
	// SpecFile is the name of the spec as diagnostics print it.
	SpecFile string
	// Spec is the text of the spec.
	Spec []byte
	// Open returns the text of a file that the spec includes. Nil: there are no such files.
	Open spec.Opener
	// Author is what the author's package declares, to which the output belongs. Nil: nothing is known about the package,
	// and its name is main.
	Author *usercode.Facts
	// Old is the output of the last run, by which a session that changed without a new version is found. Nil: this is the first run.
	Old []byte
}

// Result is what a spec became.
type Result struct {
	// Plan is the resolved bot.
	Plan *plan.Plan
	// Source is the text of the generated file.
	Source []byte
}

// Generate makes the source of the bot. If there are diagnostics, there is no result. An error means that the generator has
// a fault.
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

// Plan resolves the spec. If there are diagnostics, there is no plan. The correct part of a spec with mistakes is resolved
// too, so that the mistakes of form and the mistakes of meaning are reported together.
func Plan(in Input) (*plan.Plan, diag.List) {
	s, found := spec.ParseFiles(in.SpecFile, in.Spec, in.Open)
	p, misfits := plan.Resolve(plan.Input{Spec: s, API: model.Gotgbot(), Author: in.Author, Private: emit.Declared(), Old: in.Old})
	if found = append(found, misfits...); len(found) > 0 {
		found.Sort()
		return nil, found
	}
	return p, nil
}
