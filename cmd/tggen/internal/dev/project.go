// Package dev generates and builds a bot, and does so again whenever its source changes.
package dev

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/tggen/tggen/cmd/tggen/internal/play"
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/runtime/tgtest/process"
)

// A Project is a bot that is generated and built.
type Project struct {
	// Dir is the folder of the main package.
	Dir string
	// Generate generates what the spec says, and writes it if it has changed.
	Generate func(ctx context.Context) Generated
}

// A Generated is the outcome of generating.
type Generated struct {
	Plan    *plan.Plan   // nil if the spec has a mistake
	Found   diag.List    // the mistakes
	Sources diag.Sources // the text of the files that the mistakes point into
	Err     error        // why generating was not possible
	Output  string       // the file that generating writes
	Inputs  []string     // the files that it reads, besides Go source, and those that it has looked for
}

// A Result is the outcome of generating and building.
type Result struct {
	Build play.Build // for the page
	Text  string     // the mistakes for the terminal; empty if the build is OK
	Plan  *plan.Plan // nil if the spec has a mistake
	Err   error      // why it was not possible to generate or to build, if that is no mistake in the source
}

// Build generates and builds the bot, and writes the binary if there is no mistake. A mistake is part of the result. So is an error, such
// as that the go command is missing. Only the end of ctx is an error of Build.
func (p *Project) Build(ctx context.Context, binary string) (Result, error) {
	return p.build(ctx, binary, func(do func() Generated) { do() })
}

// build does what Build does. It generates within the function around.
func (p *Project) build(ctx context.Context, binary string, around func(do func() Generated)) (Result, error) {
	start := time.Now()
	var generated Generated
	around(func() Generated {
		generated = p.Generate(ctx)
		return generated
	})
	found, sources, rest := generated.Found, generated.Sources, ""
	err := generated.Err
	if err == nil && len(found) == 0 {
		found, sources, rest, err = p.compile(ctx, binary)
	}
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	if err != nil {
		rest = strings.TrimSpace(err.Error() + "\n" + rest)
	}
	var text strings.Builder
	found.Text(&text, sources) // a strings.Builder never fails
	if rest != "" {
		text.WriteString(rest + "\n")
	}
	return Result{
		Build: play.Build{
			OK: text.Len() == 0, At: time.Now(), Took: play.Milliseconds(time.Since(start)), Diagnostics: shown(found, sources), Output: rest,
		},
		Text: text.String(), Plan: generated.Plan, Err: err,
	}, nil
}

// compile builds the main package. rest is what the go command has printed besides the mistakes.
func (p *Project) compile(ctx context.Context, binary string) (found diag.List, sources diag.Sources, rest string, err error) {
	err = process.Build(ctx, p.Dir, binary, quickly()...)
	var failed *process.BuildError
	if !errors.As(err, &failed) || failed.Output == "" {
		return nil, nil, "", err
	}
	if found, rest = parse(failed.Output, p.Dir); len(found) == 0 && rest == "" {
		return nil, nil, "", err
	}
	return found, readSources(found), rest, nil
}

// quickly returns flags of go build that make it quicker: no tables for a debugger, which take a quarter of the time, and no look at
// the state of the repository. Linker flags of the author's environment stay as they are.
func quickly() []string {
	flags := []string{"-buildvcs=false"}
	if !strings.Contains(os.Getenv("GOFLAGS"), "-ldflags") {
		flags = append(flags, "-ldflags=-s -w")
	}
	return flags
}

// shown turns diagnostics into those of the page.
func shown(found diag.List, sources diag.Sources) []play.Diagnostic {
	all := make([]play.Diagnostic, len(found))
	for i, d := range found {
		all[i] = play.Diagnostic{
			File: d.Pos.File, Line: d.Pos.Line, Column: d.Pos.Column, Severity: "error", Message: d.Message, Hint: d.Hint, Code: d.Code,
			Source: line(sources[d.Pos.File], d.Pos.Line),
		}
		for _, r := range d.Related {
			all[i].Message += "\n" + r.Pos.String() + ": " + r.Message
		}
	}
	return all
}

// line returns a line of a text, which counts from 1, or nothing if the text has no such line.
func line(text []byte, number int) string {
	lines := strings.SplitN(string(text), "\n", number+1)
	if number < 1 || number > len(lines) {
		return ""
	}
	return strings.TrimSuffix(lines[number-1], "\r")
}
