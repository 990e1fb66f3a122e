package markup

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// entityPatterns describe the entities that the server finds in a plain text. If two matches overlap, the earlier
// pattern wins. The first group of a pattern is the entity. A domain without a scheme counts only if its last label
// is a common one.
var entityPatterns = []struct {
	kind    string
	pattern *regexp.Regexp
}{
	{"url", regexp.MustCompile(`(?i)(?:^|[^\pL\pN_@])((?:https?|ftp|tg|ton)://[^\s<>"]*[^\s<>"'.,:;!?)\]}…])`)},
	{"email", regexp.MustCompile(`(?i)(?:^|[^a-z0-9._%+-])([a-z0-9._%+-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,8})`)},
	{"url", regexp.MustCompile(`(?i)(?:^|[^\pL\pN_@.-])((?:[\pL\pN](?:[\pL\pN-]{0,61}[\pL\pN])?\.)+(?:com|org|net|io|me|dev|app|info|biz|edu|gov|ru|de|uk|fr|id|cn|in|us|eu)(?::\d{1,5})?(?:[/?#](?:[^\s<>"]*[^\s<>"'.,:;!?)\]}…])?)?)(?:$|[^\pL\pN_])`)},
	{"bot_command", regexp.MustCompile(`(?:^|[^\pL\pN_/<>])(/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?:$|[^\pL\pN_/@<>])`)},
	{"mention", regexp.MustCompile(`(?:^|[^\pL\pN_])(@[A-Za-z0-9_]{3,32})(?:$|[^\pL\pN_])`)},
	{"hashtag", regexp.MustCompile(`(?:^|[^\pL\pN_#])(#[\pL\pN_]*[\pL_][\pL\pN_]*)`)},
	{"cashtag", regexp.MustCompile(`(?:^|[^\pL\pN_$])(\$[A-Z]{1,8})(?:$|[^\pL\pN_$])`)},
}

// Find returns the entities that the server finds in a plain text, in the order of their offsets, which are in
// UTF-16 units as the Bot API counts them.
func Find(text string) []gotgbot.MessageEntity {
	if !strings.ContainsAny(text, "/@#$.") {
		return nil
	}
	type span struct {
		kind       string
		start, end int
	}
	var spans []span
	for _, p := range entityPatterns {
		for at := 0; at < len(text); {
			loc := p.pattern.FindStringSubmatchIndex(text[at:])
			if loc == nil {
				break
			}
			s := span{p.kind, at + loc[2], at + loc[3]}
			if !slices.ContainsFunc(spans, func(o span) bool { return s.start < o.end && o.start < s.end }) {
				spans = append(spans, s)
			}
			// The next match may begin right after this one. Its pattern checks the character before it, so search from
			// the last character of this match.
			_, last := utf8.DecodeLastRuneInString(text[:s.end])
			at = s.end - last
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	entities := make([]gotgbot.MessageEntity, 0, len(spans))
	for _, s := range spans {
		entities = append(entities, gotgbot.MessageEntity{
			Type:   s.kind,
			Offset: Units(text[:s.start]),
			Length: Units(text[s.start:s.end]),
		})
	}
	return entities
}

// Units returns the length of a text in UTF-16 units.
func Units(text string) int64 {
	n := int64(0)
	for _, r := range text {
		if n++; r >= 0x10000 {
			n++
		}
	}
	return n
}
