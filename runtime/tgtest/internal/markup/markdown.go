package markup

import (
	"fmt"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// markdownMark is a mark of MarkdownV2 that begins and ends an entity.
type markdownMark struct{ mark, entityType, name string }

// markdownMarks is in the order in which the marks are tried, so that the longer of two matching marks wins.
var markdownMarks = []markdownMark{
	{"```", "pre", "Pre"},
	{"`", "code", "Code"},
	{"__", "underline", "Underline"},
	{"_", "italic", "Italic"},
	{"*", "bold", "Bold"},
	{"~", "strikethrough", "Strikethrough"},
	{"||", "spoiler", "Spoiler"},
}

const markdownReserved = "_*[]()~`>#+-=|{}.!"

// parseMarkdownV2 parses the MarkdownV2 of the Bot API.
func parseMarkdownV2(src string) (string, []gotgbot.MessageEntity, error) {
	var b markupBuilder
	for i := 0; i < len(src); {
		if src[i] == '\\' && i+1 < len(src) && src[i+1] <= 126 {
			i = b.character(src, i+1)
			continue
		}
		inner := b.innermost()
		verbatim := inner != nil && (inner.mark == "`" || inner.mark == "```")
		switch {
		case inner != nil && inner.mark != "" && strings.HasPrefix(src[i:], inner.mark) && !(inner.mark == "_" && strings.HasPrefix(src[i:], "__")):
			i = endMarkdown(&b, src, i)
		case verbatim:
			i = b.character(src, i)
		case b.quoting() && endOfQuote(src, i):
			if err := b.endQuote(strings.HasPrefix(src[i:], "||")); err != nil {
				return "", nil, err
			}
			i += len(src[i:]) - len(strings.TrimPrefix(src[i:], "||"))
			i = b.lineEnd(src, i)
		case atLineStart(src, i) && strings.HasPrefix(src[i:], ">"):
			if !b.quoting() {
				b.begin(openEntity{entity: gotgbot.MessageEntity{Type: "blockquote"}, name: "BlockQuote", at: i})
			}
			i++
		default:
			next, err := beginMarkdown(&b, src, i)
			if err != nil {
				return "", nil, err
			}
			i = next
		}
	}
	if b.quoting() {
		if err := b.endQuote(false); err != nil {
			return "", nil, err
		}
	}
	if inner := b.innermost(); inner != nil {
		return "", nil, endless(inner)
	}
	return b.result()
}

// endless is the error for an entity that does not end.
func endless(e *openEntity) error {
	return fmt.Errorf("Can't find end of %s entity at byte offset %d", e.name, e.at)
}

func atLineStart(src string, i int) bool { return i == 0 || src[i-1] == '\n' }

// beginMarkdown begins the entity whose mark is at src[i], or copies the character there. It returns the next index.
func beginMarkdown(b *markupBuilder, src string, i int) (int, error) {
	rest := src[i:]
	for _, m := range markdownMarks {
		if !strings.HasPrefix(rest, m.mark) {
			continue
		}
		e := openEntity{entity: gotgbot.MessageEntity{Type: m.entityType}, mark: m.mark, name: m.name, at: i}
		i += len(m.mark)
		if m.mark == "```" {
			e.entity.Language, i = codeLanguage(src, i)
		}
		b.begin(e)
		return i, nil
	}
	switch {
	case strings.HasPrefix(rest, "["):
		b.begin(openEntity{mark: "]", name: "TextUrl", at: i})
		return i + 1, nil
	case strings.HasPrefix(rest, "!["):
		b.begin(openEntity{entity: gotgbot.MessageEntity{Type: "custom_emoji"}, mark: "]", name: "CustomEmoji", at: i})
		return i + 2, nil
	case strings.IndexByte(markdownReserved, rest[0]) >= 0:
		return 0, fmt.Errorf(`Character '%c' is reserved and must be escaped with the preceding '\'`, rest[0])
	}
	return b.character(src, i), nil
}

// endMarkdown ends the innermost entity, whose end mark is at src[i], and returns the index after it.
func endMarkdown(b *markupBuilder, src string, i int) int {
	inner := b.innermost()
	i += len(inner.mark)
	if inner.mark == "]" {
		target := b.inside()
		if strings.HasPrefix(src[i:], "(") {
			target, i = linkTarget(src, i+1)
		}
		if emoji, ok := strings.CutPrefix(target, "tg://emoji?id="); ok && inner.entity.Type == "custom_emoji" {
			inner.entity.CustomEmojiId = emoji
		} else {
			link(&inner.entity, target)
		}
	}
	b.end()
	return i
}

// linkTarget reads a URL up to the closing parenthesis and returns the index after it.
func linkTarget(src string, i int) (string, int) {
	var url strings.Builder
	for ; i < len(src) && src[i] != ')'; i++ {
		if src[i] == '\\' && i+1 < len(src) {
			i++
		}
		url.WriteByte(src[i])
	}
	return url.String(), min(i+1, len(src))
}

// codeLanguage reads the language of a code block and the line break after it. It returns the index after them.
func codeLanguage(src string, i int) (string, int) {
	end := i + len(src[i:]) - len(strings.TrimLeftFunc(src[i:], func(r rune) bool {
		return r > ' ' && r != '`'
	}))
	language := ""
	if end < len(src) && src[end] != '`' {
		language, i = src[i:end], end
	}
	if strings.HasPrefix(src[i:], "\r\n") {
		return language, i + 2
	}
	if strings.HasPrefix(src[i:], "\n") {
		return language, i + 1
	}
	return language, i
}

// quoting reports whether a block quotation is open. No other entity can be open around it.
func (b *markupBuilder) quoting() bool {
	return len(b.open) > 0 && b.open[0].entity.Type == "blockquote"
}

// endOfQuote reports whether a block quotation ends at src[i]: at a line break without > after it, or at || before
// such a line break or the end of the text. || makes the quotation expandable.
func endOfQuote(src string, i int) bool {
	rest := strings.TrimPrefix(src[i:], "||")
	expandable := len(rest) < len(src[i:])
	return rest == "" && expandable || strings.HasPrefix(rest, "\n") && !strings.HasPrefix(rest, "\n>")
}

func (b *markupBuilder) endQuote(expandable bool) error {
	if len(b.open) > 1 {
		return endless(b.innermost())
	}
	if expandable {
		b.open[0].entity.Type = "expandable_blockquote"
	}
	b.end()
	return nil
}

func (b *markupBuilder) lineEnd(src string, i int) int {
	if i < len(src) && src[i] == '\n' {
		return b.character(src, i)
	}
	return i
}

// parseMarkdown parses the legacy Markdown, in which entities cannot be nested.
func parseMarkdown(src string) (string, []gotgbot.MessageEntity, error) {
	var b markupBuilder
	for i := 0; i < len(src); {
		if src[i] == '\\' && i+1 < len(src) && strings.IndexByte("_*`[", src[i+1]) >= 0 {
			i = b.character(src, i+1)
			continue
		}
		e, begin := openEntity{at: i}, i
		switch {
		case strings.HasPrefix(src[i:], "```"):
			e.entity.Type, e.mark = "pre", "```"
			e.entity.Language, i = codeLanguage(src, i+3)
		case src[i] == '`':
			e.entity.Type, e.mark, i = "code", "`", i+1
		case src[i] == '*':
			e.entity.Type, e.mark, i = "bold", "*", i+1
		case src[i] == '_':
			e.entity.Type, e.mark, i = "italic", "_", i+1
		case src[i] == '[':
			e.mark, i = "]", i+1
		default:
			i = b.character(src, i)
			continue
		}
		length := strings.Index(src[i:], e.mark)
		if length < 0 {
			return "", nil, fmt.Errorf("Can't find end of the entity starting at byte offset %d", begin)
		}
		b.begin(e)
		b.write(src[i : i+length])
		i = endMarkdown(&b, src, i+length)
	}
	return b.result()
}
