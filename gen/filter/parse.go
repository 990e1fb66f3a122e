package filter

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/model"
)

// An Error reports a filter query that is invalid.
type Error struct {
	Query string // as it was written

	// Start and End enclose the runes of Query that are wrong: [Start, End). They are equal if something is missing there.
	Start, End int

	// Message says what is wrong, in lower case and without a full stop.
	Message string

	// Suggestion is the valid query that was most likely meant. Empty if no valid query is near.
	Suggestion string
}

// Error returns the message, with the suggestion if there is one.
func (e *Error) Error() string {
	text := "filter query " + strconv.Quote(e.Query) + ": " + e.Message
	if e.Suggestion != "" {
		text += " (did you mean " + e.Suggestion + "?)"
	}
	return text
}

// Parse reads a filter query and expands its shortcuts and the levels that are left out. The queries are in grammY's order:
// by kind, then by field. An error is always an [*Error].
func Parse(api *model.API, text string) ([]Query, error) {
	p := parser{api: api, text: text, levels: strings.Split(text, ":")}
	queries := p.expand()
	if len(queries) == 0 {
		return nil, p.fault()
	}
	return queries, nil
}

type parser struct {
	api    *model.API
	text   string
	levels []string
}

// expand returns the valid queries that the text stands for.
func (p *parser) expand() []Query {
	n := len(p.levels)
	if n > 3 || p.levels[n-1] == "" {
		return nil
	}
	var queries []Query
	for _, kind := range kindsFor(p.api, p.levels[0]) {
		if n == 1 {
			queries = append(queries, Query{Kind: kind})
			continue
		}
		for _, field := range fieldsFor(kind, p.levels[1]) {
			third := ""
			if n == 3 {
				third = p.levels[2]
			}
			if q, ok := newQuery(kind, field, third); ok {
				queries = append(queries, q)
			}
		}
	}
	return queries
}

// fault returns what is wrong with a text that stands for no valid query.
func (p *parser) fault() *Error {
	if p.text == "" {
		return p.error(0, "the query is empty", "")
	}
	if len(p.levels) > 3 {
		e := p.error(3, "a query has at most three levels", "")
		e.End = utf8.RuneCountInString(p.text)
		return e
	}
	kinds := kindsFor(p.api, p.levels[0])
	if len(kinds) == 0 {
		return p.badKind()
	}
	if last := len(p.levels) - 1; p.levels[last] == "" {
		return p.error(last, "nothing follows the last colon", p.valid(strings.TrimRight(p.text, ":")))
	}
	var fields []*model.Field
	for _, kind := range kinds {
		fields = append(fields, fieldsFor(kind, p.levels[1])...)
	}
	if len(fields) == 0 {
		return p.badField(kinds)
	}
	return p.badThird(fields)
}

func (p *parser) badKind() *Error {
	first := p.levels[0]
	message := "there is no update kind " + strconv.Quote(first)
	names := append(p.api.KindNames(), "msg", "edit")
	if name, ok := diag.Nearest(first, names); ok {
		return p.error(0, message, p.replaced(0, name))
	}
	// A field without its kind: photo for message:photo.
	if len(p.levels) < 3 {
		kind := p.api.Kind("message")
		names := fieldNames([]*model.Kind{kind})
		if name, ok := diag.Nearest(first, names); ok {
			suggestion := strings.Join(append([]string{kind.Name, name}, p.levels[1:]...), ":")
			return p.error(0, message, p.valid(suggestion))
		}
	}
	return p.error(0, message, "")
}

func (p *parser) badField(kinds []*model.Kind) *Error {
	second := p.levels[1]
	before := make([]string, len(kinds))
	for i, kind := range kinds {
		before[i] = kind.Name
	}
	message := diag.Or(before) + " has no field " + strconv.Quote(second)
	names := fieldNames(kinds)
	if name, ok := diag.Nearest(second, names); ok {
		return p.error(1, message, p.replaced(1, name))
	}
	// The type of an entity without its field: message:url for message::url.
	if len(p.levels) == 2 {
		return p.error(1, message, p.valid(p.levels[0]+"::"+second))
	}
	return p.error(1, message, "")
}

func (p *parser) badThird(fields []*model.Field) *Error {
	third := p.levels[2]
	var names, before []string
	for _, field := range fields {
		names = append(names, Thirds(field)...)
		if !slices.Contains(before, field.JSON) {
			before = append(before, field.JSON)
		}
	}
	if len(names) == 0 {
		return p.error(2, "there is no third level after "+diag.Or(before), p.valid(p.levels[0]+":"+p.levels[1]))
	}
	message := "there is no third level " + strconv.Quote(third) + " after " + diag.Or(before)
	if name, ok := diag.Nearest(third, names); ok {
		return p.error(2, message, p.replaced(2, name))
	}
	return p.error(2, message, "")
}

// error returns an error about one level.
func (p *parser) error(level int, message, suggestion string) *Error {
	start := 0
	for _, before := range p.levels[:level] {
		start += utf8.RuneCountInString(before) + 1
	}
	return &Error{
		Query: p.text, Start: start, End: start + utf8.RuneCountInString(p.levels[level]),
		Message: message, Suggestion: suggestion,
	}
}

// replaced returns the query with another name at a level, if it is valid then. If not, it tries the query that ends with
// that level.
func (p *parser) replaced(level int, name string) string {
	levels := slices.Clone(p.levels)
	levels[level] = name
	if whole := p.valid(strings.Join(levels, ":")); whole != "" {
		return whole
	}
	return p.valid(strings.Join(levels[:level+1], ":"))
}

// valid returns the text if it is a valid query, and otherwise "".
func (p *parser) valid(text string) string {
	q := parser{api: p.api, text: text, levels: strings.Split(text, ":")}
	if len(q.expand()) == 0 {
		return ""
	}
	return text
}

// fieldNames returns the names that the second level can have for any of the kinds.
func fieldNames(kinds []*model.Kind) []string {
	var names []string
	for _, kind := range kinds {
		for _, field := range kind.Payload.Fields {
			names = append(names, field.JSON)
		}
		for _, shortcut := range []string{"media", "file"} {
			if len(fieldsFor(kind, shortcut)) > 0 {
				names = append(names, shortcut)
			}
		}
	}
	return names
}
