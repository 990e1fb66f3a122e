// Package markup parses formatted texts as the Bot API server does: HTML, MarkdownV2 and Markdown, and the entities that it finds
// in plain texts.
package markup

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// Format parses a text with its parse_mode. It returns the plain text and its entities: those of the markup, or the
// given ones if there is no parse_mode, and those that Find finds.
func Format(text, parseMode string, given []gotgbot.MessageEntity) (string, []gotgbot.MessageEntity, error) {
	var err error
	switch strings.ToLower(parseMode) {
	case "":
	case "html":
		text, given, err = parseHTML(text)
	case "markdownv2":
		text, given, err = parseMarkdownV2(text)
	case "markdown":
		text, given, err = parseMarkdown(text)
	default:
		err = fmt.Errorf("unsupported parse_mode")
	}
	if err != nil {
		return "", nil, err
	}
	text, given = trimText(text, given)
	entities := slices.Clone(given)
	for _, e := range Find(text) {
		taken := slices.ContainsFunc(given, func(g gotgbot.MessageEntity) bool {
			return indivisible(g.Type) && g.Offset < e.Offset+e.Length && e.Offset < g.Offset+g.Length
		})
		if !taken && !slices.ContainsFunc(given, func(g gotgbot.MessageEntity) bool {
			return g.Type == e.Type && g.Offset == e.Offset
		}) {
			entities = append(entities, e)
		}
	}
	sortEntities(entities)
	return text, entities, nil
}

// indivisible reports whether the server looks for no other entities inside an entity of the type.
func indivisible(entityType string) bool {
	switch entityType {
	case "code", "pre", "text_link", "text_mention", "custom_emoji":
		return true
	}
	return false
}

// sortEntities sorts entities as the server does: by offset, and the longer one first if two begin together.
func sortEntities(entities []gotgbot.MessageEntity) {
	slices.SortStableFunc(entities, func(a, b gotgbot.MessageEntity) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length))
	})
}

// trimText removes white space from both ends of a text and adjusts the entities.
func trimText(text string, entities []gotgbot.MessageEntity) (string, []gotgbot.MessageEntity) {
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	cut := Units(text) - Units(trimmed)
	trimmed = strings.TrimRightFunc(trimmed, unicode.IsSpace)
	end := Units(trimmed)
	var kept []gotgbot.MessageEntity
	for _, e := range entities {
		from, to := max(e.Offset-cut, 0), min(e.Offset+e.Length-cut, end)
		if from < to {
			e.Offset, e.Length = from, to-from
			kept = append(kept, e)
		}
	}
	return trimmed, kept
}

// markupBuilder collects plain text and its entities, which may be nested.
type markupBuilder struct {
	text     strings.Builder
	length   int64 // of text in UTF-16 units
	entities []gotgbot.MessageEntity
	open     []openEntity
}

// openEntity is an entity whose end has not been found yet.
type openEntity struct {
	entity gotgbot.MessageEntity
	mark   string // the mark that ends it
	name   string // its name in errors
	at     int    // byte offset of its beginning in the source
	start  int    // byte offset of its beginning in the plain text
}

func (b *markupBuilder) write(s string) {
	b.text.WriteString(s)
	b.length += Units(s)
}

// character copies the character at src[i] and returns the index after it.
func (b *markupBuilder) character(src string, i int) int {
	_, size := utf8.DecodeRuneInString(src[i:])
	b.write(src[i : i+size])
	return i + size
}

func (b *markupBuilder) begin(e openEntity) {
	e.entity.Offset, e.start = b.length, b.text.Len()
	b.open = append(b.open, e)
}

func (b *markupBuilder) innermost() *openEntity {
	if len(b.open) == 0 {
		return nil
	}
	return &b.open[len(b.open)-1]
}

// inside returns the plain text of the innermost entity so far.
func (b *markupBuilder) inside() string { return b.text.String()[b.innermost().start:] }

// end ends the innermost entity. An entity without text is dropped.
func (b *markupBuilder) end() {
	e := b.innermost().entity
	b.open = b.open[:len(b.open)-1]
	if e.Length = b.length - e.Offset; e.Length > 0 && e.Type != "" {
		b.entities = append(b.entities, e)
	}
}

func (b *markupBuilder) result() (string, []gotgbot.MessageEntity, error) {
	sortEntities(b.entities)
	return b.text.String(), b.entities, nil
}

// link turns an entity into a link to url, or into a mention of a user for tg://user?id=. If url is not a link, the
// entity becomes plain text.
func link(e *gotgbot.MessageEntity, url string) {
	if digits, ok := strings.CutPrefix(url, "tg://user?id="); ok {
		if id := leadingNumber(digits); id > 0 {
			e.Type, e.User = "text_mention", &gotgbot.User{Id: id}
			return
		}
	}
	e.Type, e.Url = "text_link", url
	if !strings.Contains(url, ".") && !strings.Contains(url, "://") {
		e.Type, e.Url = "", ""
	}
}

// leadingNumber returns the number that a text begins with, and 0 if it begins with something else.
func leadingNumber(text string) int64 {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		text = text[:end]
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
