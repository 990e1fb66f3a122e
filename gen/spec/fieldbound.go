package spec

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// brackets reads what is in the brackets of a type: the values of an enum, or what bounds the values of a callback field.
func (r *typeReader) brackets(to *Type) bool {
	open := r.at
	length := indexOutsideQuotes(r.rest(), ")")
	if length < 0 {
		return r.wrong(CodeBadType, open, open+1, "", "the ( is never closed")
	}
	r.at += length + 1
	if to.Kind == TypeEnum {
		return r.enum(open+1, r.at-1, to)
	}
	read, ok := map[TypeKind]func(i, j int, to *Type) bool{
		TypeString: r.text, TypeRest: r.maxBytes, TypeWord: r.maxBytes, TypeInt: r.numbers, TypeInt64: r.numbers,
	}[to.Kind]
	switch {
	case !ok:
		return r.wrong(CodeBadType, open, r.at, "", "the type %s takes no brackets", to.Kind)
	case !r.bounds:
		return r.wrong(CodeBadType, open, r.at, "delete it", "only a field of a callback can have a bound")
	}
	return read(open+1, r.at-1, to)
}

// maxBytes reads the bound of string(20) from the bytes from i to j.
func (r *typeReader) maxBytes(i, j int, to *Type) bool {
	bound := r.node.Text[i:j]
	maxBytes, err := strconv.Atoi(bound)
	if err != nil || maxBytes < 1 || maxBytes > 64 {
		return r.wrong(CodeBadType, i-1, j+1, "a bound is a number of bytes, 1 to 64", "%s is not a bound", quote(bound))
	}
	to.MaxBytes = valueAt(r.p.placeIn(r.node, i, j), maxBytes)
	return true
}

// text reads what is in the brackets of string(20), string(20, !":") or string(!":").
func (r *typeReader) text(i, j int, to *Type) bool {
	const form = "write string(20, !\":\"), with the characters that the text cannot contain in quotes"
	bound, excluded, found := strings.Cut(r.node.Text[i:j], "!")
	if !found {
		return r.maxBytes(i, j, to)
	}
	at := i + len(bound) + 1
	switch bound = strings.TrimRight(bound, " "); {
	case bound == "":
	case !strings.HasSuffix(bound, ","):
		return r.wrong(CodeBadType, at-1, j, form, "expected a comma before the !")
	case !r.maxBytes(i, i+len(bound)-1, to):
		return false
	}
	last := len(excluded) - 1
	if last < 1 || excluded[0] != '"' && excluded[0] != '\'' || strings.IndexByte(excluded[1:], excluded[0]) != last-1 {
		return r.wrong(CodeBadType, at-1, j, form, "expected characters in quotes after the !")
	}
	characters := excluded[1:last]
	if characters == "" {
		return r.wrong(CodeBadType, at-1, j, form, "nothing is between the quotes")
	}
	for k, character := range characters {
		if character < ' ' || character > '~' {
			return r.wrong(CodeBadType, at+1+k, at+1+k+len(string(character)), "exclude a sign such as : and put it after the field",
				"%q cannot be excluded; only printable ASCII characters can", character)
		}
	}
	to.Excluded = r.p.textIn(r.node, at+1, at+last)
	return true
}

// numberRange matches 0..999, 0.. and ..999.
var numberRange = regexp.MustCompile(`^(-?[0-9]+)?\.\.(-?[0-9]+)?$`)

// numbers reads the range of int(0..999) from the bytes from i to j.
func (r *typeReader) numbers(i, j int, to *Type) bool {
	text := r.node.Text[i:j]
	ends := numberRange.FindStringSubmatch(text)
	if ends == nil || text == ".." {
		hint := "write the lowest and the highest number: " + string(to.Kind) + "(0..999)"
		if plainNumber.MatchString(text) {
			hint = "write " + string(to.Kind) + "(0.." + shorten(text) + ")"
		}
		return r.wrong(CodeBadType, i-1, j+1, hint, "%s is not a range", quote(text))
	}
	all := Range{math.MinInt64, math.MaxInt64}
	for k, end := range []*int64{&all.Low, &all.High} {
		if ends[k+1] == "" {
			continue
		}
		number, err := strconv.ParseInt(ends[k+1], 10, 64)
		if err != nil {
			return r.wrong(CodeBadType, i, j, "leave it out: "+string(to.Kind)+"(0..)", "%s does not fit 64 bits", shorten(ends[k+1]))
		}
		*end = number
	}
	if all.Low > all.High {
		return r.wrong(CodeBadType, i, j, "write the lower number first", "the range is empty: %d is more than %d", all.Low, all.High)
	}
	to.Range = valueAt(r.p.placeIn(r.node, i, j), all)
	return true
}

// indexOutsideQuotes is the index of the first of the characters in the text, without those in quotes after a !. It is -1
// if the text has none of them.
func indexOutsideQuotes(text, characters string) int {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case strings.IndexByte(characters, c) >= 0:
			return i
		case c == '!' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\''):
			if length := strings.IndexByte(text[i+2:], text[i+1]); length >= 0 {
				i += length + 2
			}
		}
	}
	return -1
}
