package markup

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// htmlTags holds the tags whose entity type does not depend on their attributes.
var htmlTags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
	"code": "code", "pre": "pre", "blockquote": "blockquote",
}

var (
	htmlTag       = regexp.MustCompile(`^<(/?)([A-Za-z0-9-]*)((?:\s+[^<>\s=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?)*)\s*>`)
	htmlAttribute = regexp.MustCompile(`([^<>\s=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?`)
	htmlEntity    = regexp.MustCompile(`^&(?:lt|gt|amp|quot|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});`)
)

// parseHTML parses the subset of HTML that the Bot API supports.
func parseHTML(src string) (string, []gotgbot.MessageEntity, error) {
	var b markupBuilder
	for i := 0; i < len(src); {
		switch src[i] {
		case '&':
			entity := htmlEntity.FindString(src[i:])
			if entity == "" {
				entity = "&"
			}
			b.write(html.UnescapeString(entity))
			i += len(entity)
		case '<':
			tag := htmlTag.FindStringSubmatch(src[i:])
			if tag == nil {
				return "", nil, fmt.Errorf("Unclosed start tag at byte offset %d", i)
			}
			name := strings.ToLower(tag[2])
			var err error
			if tag[1] == "" {
				err = beginHTML(&b, name, htmlAttributes(tag[3]), i)
			} else {
				err = endHTML(&b, name, i)
			}
			if err != nil {
				return "", nil, err
			}
			i += len(tag[0])
		default:
			i = b.character(src, i)
		}
	}
	if inner := b.innermost(); inner != nil {
		return "", nil, fmt.Errorf("Can't find end tag corresponding to start tag %q", inner.name)
	}
	return b.result()
}

func htmlAttributes(text string) map[string]string {
	attributes := make(map[string]string)
	for _, m := range htmlAttribute.FindAllStringSubmatch(text, -1) {
		attributes[strings.ToLower(m[1])] = html.UnescapeString(m[2] + m[3] + m[4])
	}
	return attributes
}

func beginHTML(b *markupBuilder, name string, attributes map[string]string, at int) error {
	e := openEntity{entity: gotgbot.MessageEntity{Type: htmlTags[name]}, name: name, at: at}
	switch name {
	case "a":
		if url := attributes["href"]; url != "" {
			link(&e.entity, url)
		}
	case "span":
		if attributes["class"] != "tg-spoiler" {
			return fmt.Errorf(`Tag "span" must have class "tg-spoiler" at byte offset %d`, at)
		}
		e.entity.Type = "spoiler"
	case "tg-emoji":
		e.entity.Type, e.entity.CustomEmojiId = "custom_emoji", attributes["emoji-id"]
	case "code": // inside pre, its class is the language of the code block
		language, ok := strings.CutPrefix(attributes["class"], "language-")
		if inner := b.innermost(); ok && inner != nil && inner.name == "pre" {
			inner.entity.Language, e.entity.Type = language, ""
		}
	case "blockquote":
		if _, ok := attributes["expandable"]; ok {
			e.entity.Type = "expandable_blockquote"
		}
	default:
		if e.entity.Type == "" {
			return fmt.Errorf("Unsupported start tag %q at byte offset %d", name, at)
		}
	}
	b.begin(e)
	return nil
}

func endHTML(b *markupBuilder, name string, at int) error {
	inner := b.innermost()
	switch {
	case inner == nil:
		return fmt.Errorf("Unexpected end tag at byte offset %d", at)
	case name != "" && name != inner.name:
		return fmt.Errorf("Unmatched end tag at byte offset %d, expected %q, found %q", at, "</"+inner.name+">", "</"+name+">")
	}
	b.end()
	return nil
}
