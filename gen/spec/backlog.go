package spec

import (
	"fmt"
	"math"
	"regexp"
	"strconv"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// backlogValue is the shape of a backlog: a number of updates, or {updates: number, bytes: size}.
type backlogValue struct{}

var backlogUpdates = integer{1, 10_000_000}

func backlogObject() *object[Backlog] {
	return &object[Backlog]{
		name: "a backlog", doc: "The bounds of the updates that the bot holds.",
		keys: []key[Backlog]{
			at("updates", backlogUpdates, func(b *Backlog) *Value[int] { return &b.Updates },
				"The largest number of updates that the bot holds, including those that are being handled.").or(DefaultBacklog),
			at("bytes", byteSize{min: 1 << 20, max: 1 << 40}, func(b *Backlog) *Value[int64] { return &b.Bytes },
				"The memory that those updates may take, as the bot estimates it. One poll may exceed it.").or(sizeText(DefaultBacklogBytes)),
		},
		check: func(p *parser, node *yaml.Node, _ *Backlog, there map[string]*yaml.Node) bool {
			if len(there) == 0 && !node.Broken {
				p.report(CodeEmptyList, p.placeOf(node), "delete the key", "an empty mapping: expected updates or bytes")
			}
			return len(there) > 0
		},
		rules: schema{{"minProperties", 1}},
	}
}

func (backlogValue) read(p *parser, node *yaml.Node, to *Backlog) bool {
	if node.Kind == yaml.Mapping {
		return backlogObject().read(p, node, to)
	}
	return backlogUpdates.read(p, node, &to.Updates)
}

func (backlogValue) schema(defs *definitions) schema {
	return schema{{"anyOf", []any{backlogUpdates.schema(defs), backlogObject().schema(defs)}}}
}

// byteSize is a number of bytes from min to max, with a unit.
type byteSize struct{ min, max int64 }

const sizePattern = `^([0-9]+)(\.[0-9]+)?(kB|KiB|MB|MiB|GB|GiB)$`

var sizeRegexp = regexp.MustCompile(sizePattern)

var sizeUnits = map[string]float64{"kB": 1e3, "KiB": 1 << 10, "MB": 1e6, "MiB": 1 << 20, "GB": 1e9, "GiB": 1 << 30}

func (s byteSize) read(p *parser, node *yaml.Node, to *Value[int64]) bool {
	const hint = "write it like 64MiB, 500MB or 1.5GiB"
	switch {
	case node.Kind == yaml.Int || node.Kind == yaml.Float:
		p.report(CodeBadSize, p.placeOf(node), "a size needs a unit: "+shorten(node.Text)+"MiB", "%s is not a size", shorten(node.Text))
		return false
	case node.Kind != yaml.String:
		p.wrongType(node, "a size", hint)
		return false
	}
	parts := sizeRegexp.FindStringSubmatch(node.Text)
	if parts == nil {
		p.report(CodeBadSize, p.placeOf(node), hint, "%s is not a size", quote(node.Text))
		return false
	}
	number, err := strconv.ParseFloat(parts[1]+parts[2], 64)
	size := number * sizeUnits[parts[3]]
	if err != nil || size < float64(s.min) || size > float64(s.max) {
		p.report(CodeOutOfRange, p.placeOf(node), "the range is "+sizeText(s.min)+" to "+sizeText(s.max), "%s is out of range", shorten(node.Text))
		return false
	}
	*to = valueAt(p.placeOf(node), int64(math.Round(size)))
	return true
}

func (byteSize) schema(defs *definitions) schema {
	return defs.define("size", func() schema {
		return schema{{"description", "A size, such as 64MiB or 1GB."}, {"type", "string"}, {"pattern", sizePattern}}
	})
}

// sizeText is a size in the largest binary unit that divides it.
func sizeText(bytes int64) string {
	switch {
	case bytes%(1<<30) == 0:
		return fmt.Sprintf("%dGiB", bytes>>30)
	case bytes%(1<<20) == 0:
		return fmt.Sprintf("%dMiB", bytes>>20)
	}
	return fmt.Sprintf("%dKiB", bytes>>10)
}
