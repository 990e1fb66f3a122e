package dispatch

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tggen/tggen/runtime/telegram"
)

// next takes the next argument off the text. It is not ok if there is no argument or if there is a fault, such as a
// quotation mark that is not closed.
func (a *Arguments) next(name string) (value string, ok bool) {
	if a.err != nil || a.rest == "" {
		return "", false
	}
	first, size := utf8.DecodeRuneInString(a.rest)
	if closing := closingMarks(first); closing != "" {
		value, rest, ok := cutQuoted(a.rest[size:], closing)
		if !ok {
			a.err = &telegram.ArgumentError{Argument: name, Value: a.rest, Err: errUnclosed}
			return "", false
		}
		a.rest = strings.TrimSpace(rest)
		return value, true
	}
	end := wordEnd(a.rest)
	value, a.rest = a.rest[:end], strings.TrimSpace(a.rest[end:])
	return value, true
}

// wordEnd returns the position of the first white space in text, or its length.
func wordEnd(text string) int {
	if end := strings.IndexFunc(text, unicode.IsSpace); end >= 0 {
		return end
	}
	return len(text)
}

// closingMarks returns the quotation marks that close a quotation which begins with first. It is empty if first is not an
// opening mark. The mark ’ does not open anything, because phones type it as an apostrophe.
func closingMarks(first rune) string {
	switch first {
	case '"':
		return `"`
	case '\'':
		return `'`
	case '“':
		return "”"
	case '”': // Swedish, Finnish
		return "”"
	case '„': // German, Polish
		return "“”"
	case '‘':
		return "’"
	case '‚':
		return "‘’"
	case '«':
		return "»"
	case '»':
		return "«"
	}
	return ""
}

// cutQuoted cuts text at the first closing mark that is followed by white space or by nothing. It is not ok if there is no
// such mark.
func cutQuoted(text, closing string) (value, rest string, ok bool) {
	escaped := false
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == '\\' && i+size < len(text) {
			_, next := utf8.DecodeRuneInString(text[i+size:])
			escaped = true
			i += size + next
			continue
		}
		if after := text[i+size:]; strings.ContainsRune(closing, r) && endsWord(after) {
			value = text[:i]
			if escaped {
				value = dropEscapes(value, '\\')
			}
			return value, after, true
		}
		i += size
	}
	return "", "", false
}

// endsWord reports whether text begins with white space or is empty.
func endsWord(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	return size == 0 || unicode.IsSpace(r)
}
