package main

import "flag"

// Codes of the diagnostics about files.
const (
	codeForeign   = "foreign-output"    // tggen did not write the file that is in the place of its output
	codeOtherSpec = "other-spec-output" // tggen wrote the output for another spec
	codeMissing   = "missing-output"
	codeStale     = "stale-output"
	codeOrphan    = "orphan-output" // an earlier run of tggen wrote the file, and this one would not
)

const generateHelp = `generate writes bot.gen.go to the folder of the spec, which is the bot's package. It writes nothing if the spec has a
mistake or does not fit the package. It does not touch a file that is up to date, so the file keeps its modification time. It
does not replace a file that tggen did not write, or that tggen wrote for another spec.`

func generate(f *flag.FlagSet) action {
	p := projectFlags(f)
	return func(_ []string, s streams) int {
		result, code := p.generate(s)
		if result == nil {
			return code
		}
		found := p.orphans()
		old, refused, err := p.existing()
		switch {
		case err != nil:
			return fail(s, err)
		case refused != nil:
			found = append(found, *refused)
		case !same(old, result.Source):
			if err := write(p.output(), result.Source); err != nil {
				return fail(s, err)
			}
		}
		return p.report(s, found)
	}
}
