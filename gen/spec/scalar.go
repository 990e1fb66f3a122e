package spec

import (
	"fmt"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// boolean is true or false.
type boolean struct{}

func (boolean) read(p *parser, node *yaml.Node, to *Value[bool]) bool {
	if node.Kind != yaml.Bool {
		p.wrongType(node, "true or false", "")
		return false
	}
	*to = valueAt(p.placeOf(node), strings.EqualFold(node.Text, "true"))
	return true
}

func (boolean) schema(*definitions) schema { return schema{{"type", "boolean"}} }

// integer is a whole number from min to max.
type integer struct{ min, max int }

func (i integer) read(p *parser, node *yaml.Node, to *Value[int]) bool {
	if node.Kind != yaml.Int {
		p.wrongType(node, "a whole number", numberHint(node))
		return false
	}
	if !plainNumber.MatchString(node.Text) {
		p.report(CodeBadNumber, p.placeOf(node), "write it with digits only", "%s is not a plain decimal number", shorten(node.Text))
		return false
	}
	number, err := strconv.Atoi(node.Text)
	if err != nil || number < i.min || number > i.max {
		p.report(CodeOutOfRange, p.placeOf(node), fmt.Sprintf("the range is %d to %d", i.min, i.max), "%s is out of range", shorten(node.Text))
		return false
	}
	*to = valueAt(p.placeOf(node), number)
	return true
}

func (i integer) schema(*definitions) schema {
	return schema{{"type", "integer"}, {"minimum", i.min}, {"maximum", i.max}}
}

// numberHint says how to write a number that is in quotes.
func numberHint(node *yaml.Node) string {
	switch {
	case node.Kind != yaml.String:
		return ""
	case plainNumber.MatchString(node.Text):
		return "delete the quotes"
	case node.Text == "auto" || node.Text == "default" || node.Text == "max":
		return "for the default, delete the key"
	}
	return "write it with digits only"
}

// plainNumber matches numbers that all readers of YAML read alike.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// fraction is a number from min to max.
type fraction struct{ min, max float64 }

func (f fraction) read(p *parser, node *yaml.Node, to *Value[float64]) bool {
	if node.Kind != yaml.Int && node.Kind != yaml.Float {
		p.wrongType(node, "a number", numberHint(node))
		return false
	}
	if !plainNumber.MatchString(node.Text) {
		p.report(CodeBadNumber, p.placeOf(node), "write it with digits and a point only", "%s is not a plain decimal number", shorten(node.Text))
		return false
	}
	number, err := strconv.ParseFloat(node.Text, 64)
	if err != nil || number < f.min || number > f.max {
		p.report(CodeOutOfRange, p.placeOf(node), fmt.Sprintf("the range is %v to %v", f.min, f.max), "%s is out of range", shorten(node.Text))
		return false
	}
	*to = valueAt(p.placeOf(node), number)
	return true
}

func (f fraction) schema(*definitions) schema {
	return schema{{"type", "number"}, {"minimum", f.min}, {"maximum", f.max}}
}

// versionNumber is the version of the spec. There is only version 1.
type versionNumber struct{}

func (versionNumber) read(p *parser, node *yaml.Node, to *Value[int]) bool {
	if node.Kind == yaml.Int && node.Text != "1" {
		p.report(CodeBadVersion, p.placeOf(node), "write version: 1", "this tggen reads version 1, not %s", shorten(node.Text))
		return false
	}
	if node.Kind != yaml.Int {
		p.wrongType(node, "a whole number", "write version: 1")
		return false
	}
	return integer{1, 1}.read(p, node, to)
}

func (versionNumber) schema(*definitions) schema { return schema{{"const", 1}} }

// A choice is one of several texts.
type choice[T ~string] struct {
	// what is a word for the texts, with an article: "a sink".
	what   string
	values []T
	// otherwise is the hint for a text that is near none of the values. Empty: the hint lists the values.
	otherwise string
	// guess is the hint for a text that people write for one of the values, or nil. It may return "".
	guess func(text string) string
}

func (c choice[T]) read(p *parser, node *yaml.Node, to *Value[T]) bool {
	value, ok := c.find(p, node)
	if ok {
		*to = valueAt(p.placeOf(node), value)
	}
	return ok
}

func (c choice[T]) find(p *parser, node *yaml.Node) (value T, ok bool) {
	if node.Kind != yaml.String {
		p.wrongType(node, c.what, c.hint(""))
		return "", false
	}
	for _, value := range c.values {
		if string(value) == node.Text {
			return value, true
		}
	}
	p.report(CodeBadChoice, p.placeOf(node), c.hint(node.Text), "%s is not %s", quote(node.Text), c.what)
	return "", false
}

func (c choice[T]) hint(text string) string {
	if c.guess != nil {
		if hint := c.guess(text); hint != "" {
			return hint
		}
	}
	if hint := diag.DidYouMean(text, c.texts()); hint != "" {
		return hint
	}
	if c.otherwise != "" {
		return c.otherwise
	}
	return "write " + diag.Or(c.texts())
}

func (c choice[T]) texts() []string {
	texts := make([]string, len(c.values))
	for i, value := range c.values {
		texts[i] = string(value)
	}
	return texts
}

func (c choice[T]) schema(*definitions) schema { return schema{{"enum", c.texts()}} }

// period is a duration from min to max.
type period struct {
	min, max time.Duration
	// seconds refuses fractions of a second.
	seconds bool
}

// durationPattern matches what [time.ParseDuration] accepts, except signs and a bare 0.
const durationPattern = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`

var durationRegexp = regexp.MustCompile(durationPattern)

func (d period) read(p *parser, node *yaml.Node, to *Value[time.Duration]) bool {
	hint := durationHint(node.Text, d.max)
	switch {
	case node.Kind == yaml.Int || node.Kind == yaml.Float:
		p.report(CodeBadDuration, p.placeOf(node), "a duration needs a unit: write "+shorten(node.Text)+"s for seconds", "%s is not a duration", shorten(node.Text))
		return false
	case node.Kind != yaml.String:
		p.wrongType(node, "a duration", hint)
		return false
	case !durationRegexp.MatchString(node.Text):
		p.report(CodeBadDuration, p.placeOf(node), hint, "%s is not a duration", quote(node.Text))
		return false
	}
	duration, err := time.ParseDuration(node.Text)
	switch {
	case err != nil, duration < d.min, duration > d.max:
		p.report(CodeDurationRange, p.placeOf(node), "the range is "+durationText(d.min)+" to "+durationText(d.max), "%s is out of range", shorten(node.Text))
		return false
	case d.seconds && duration%time.Second != 0:
		p.report(CodeDurationRange, p.placeOf(node), "write whole seconds, as Telegram does", "%s is not a whole number of seconds", shorten(node.Text))
		return false
	}
	*to = valueAt(p.placeOf(node), duration)
	return true
}

func (period) schema(defs *definitions) schema {
	return defs.define("duration", func() schema {
		return schema{{"description", "A duration, such as 500ms, 30s or 1h30m."}, {"type", "string"}, {"pattern", durationPattern}}
	})
}

// durationText writes a duration without the zeros that [time.Duration.String] adds at the end.
func durationText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// prose is a text for people, of at most max letters.
type prose struct{ max int }

func (t prose) read(p *parser, node *yaml.Node, to *String) bool {
	if node.Kind != yaml.String {
		p.wrongType(node, "a text", quoteHint(node))
		return false
	}
	text := strings.TrimSpace(node.Text)
	if text == "" {
		p.report(CodeEmptyText, p.placeOf(node), "", "the text is empty")
		return false
	}
	if strings.IndexFunc(text, unicode.IsGraphic) < 0 {
		p.report(CodeEmptyText, p.placeOf(node), "", "no letter of the text can be seen")
		return false
	}
	return p.short(node, text, t.max, to)
}

func (t prose) schema(*definitions) schema {
	return schema{{"type", "string"}, {"pattern", `\S`}, {"maxLength", t.max}}
}

// anyText is a text of 1 to max letters. It is not trimmed.
type anyText struct{ max int }

func (t anyText) read(p *parser, node *yaml.Node, to *String) bool {
	if node.Kind != yaml.String {
		p.wrongType(node, "a text", quoteHint(node))
		return false
	}
	if node.Text == "" {
		p.report(CodeEmptyText, p.placeOf(node), "", "the text is empty")
		return false
	}
	return p.short(node, node.Text, t.max, to)
}

// short stores a text if it has at most max letters, and reports it otherwise.
func (p *parser) short(node *yaml.Node, text string, max int, to *String) bool {
	if letters := utf8.RuneCountInString(text); letters > max {
		p.report(CodeTooLong, p.placeOf(node), "shorten it", "the text has %d letters; at most %d are allowed", letters, max)
		return false
	}
	*to = valueAt(p.placeOf(node), text)
	return true
}

func (t anyText) schema(*definitions) schema {
	return schema{{"type", "string"}, {"minLength", 1}, {"maxLength", t.max}}
}

// quoteHint says how to write a scalar as a text, if YAML reads it as a number or a bool.
func quoteHint(node *yaml.Node) string {
	if node.Kind == yaml.Bool || node.Kind == yaml.Int || node.Kind == yaml.Float {
		return fmt.Sprintf("put it in quotes: %q", shorten(node.Text))
	}
	return ""
}

// method is the name of a method of Handlers.
type method struct {
	// what is a word for the method, with an article: "a handler".
	what string
	// list is set if several names can be given as a list.
	list bool
}

const methodPattern = `^[A-Z][A-Za-z0-9_]*$`

var methodRegexp = regexp.MustCompile(methodPattern)

func (m method) read(p *parser, node *yaml.Node, to *String) bool {
	if node.Kind != yaml.String {
		p.wrongType(node, "the name of "+m.what, "")
		return false
	}
	if all := parts(node.Text, methodRegexp); all != nil && m.list {
		p.report(CodeBadName, p.placeOf(node), writeList(all), "%s is not the name of %s", quote(node.Text), m.what)
		return false
	}
	*to = valueAt(p.placeOf(node), node.Text)
	return p.checkMethod(*to)
}

// checkMethod reports a name that cannot be the name of an exported method, and then returns false.
func (p *parser) checkMethod(name String) bool {
	text := name.Value
	if methodRegexp.MatchString(text) {
		return true
	}
	hint := "a name is a capital letter, followed by letters, digits and _"
	if better := camelCase(text); better != "" {
		hint = "call it " + better
	}
	switch {
	case token.IsKeyword(text):
		p.report(CodeBadName, placeOfValue(name), hint, "%s is a keyword of Go", text)
	case token.IsIdentifier(text) && isASCII(text):
		p.report(CodeBadName, placeOfValue(name), hint, "%s does not begin with a capital letter, so it would not be exported", shorten(text))
	default:
		p.report(CodeBadName, placeOfValue(name), hint, "%s cannot be the name of a method", quote(text))
	}
	return false
}

func (m method) schema(defs *definitions) schema {
	return defs.define("method", func() schema {
		return schema{{"description", "The name of a method of Handlers."}, {"type", "string"}, {"pattern", methodPattern}}
	})
}

// camelCase makes an exported identifier from a text. It returns "" if the text does not begin with a letter.
func camelCase(text string) string {
	if len(text) > 60 || !isASCII(text) {
		return ""
	}
	var name strings.Builder
	for _, word := range strings.FieldsFunc(text, func(letter rune) bool {
		return !unicode.IsLetter(letter) && !unicode.IsDigit(letter)
	}) {
		if name.Len() == 0 && word[0] >= '0' && word[0] <= '9' {
			return ""
		}
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(letter rune) bool { return letter >= utf8.RuneSelf }) < 0
}
