package plan

import (
	"fmt"
	"strings"

	"github.com/tggen/tggen/gen/spec"
)

// maxCallback is the most bytes of callback data: https://core.telegram.org/bots/api#inlinekeyboardbutton
const maxCallback = 64

// A partSize is the most bytes that the values of a field take in callback data.
type partSize struct {
	field *spec.Field
	// bound is the most bytes of a value. It is -1 for a text without a bound.
	bound int
	// factor is 2 if each byte of a value may need an escape before it, and 1 otherwise.
	factor int
	// more is the bytes that a value may take besides: see textField.
	more int
	// next is the literal after the field, or empty.
	next string
}

// text reports whether the bound of the field is one that the spec chooses.
func (s partSize) text() bool { return isText(s.field) || s.field.Type.Verbatim() }

func (s partSize) bytes() int { return s.factor*s.bound + s.more }

// sizes are the bytes of the literals of a pattern, and those of each field. A rest without a bound counts as nothing: it
// may take what the other parts leave, and Encode reports a value that is too long for that.
func sizes(c *spec.Callback) (literals int, fields []partSize) {
	last := len(c.Parts) - 1
	for i, part := range c.Parts {
		f := part.Field
		if f == nil {
			literals += len(part.Literal.Value)
			continue
		}
		size := partSize{field: f, factor: 1, next: NextLiteral(c, i)}
		switch escaped := isText(f); {
		case !size.text():
			size.bound = longestNumber(f)
		case f.Type.Kind == spec.TypeRest && !f.Type.MaxBytes.IsSet():
		default:
			size.bound = f.Type.MaxBytes.Or(unbounded)
			if escaped && i < last {
				size.factor = 2
			} else if escaped && Omissible(f) && size.bound != unbounded {
				size.more = 1
			}
		}
		fields = append(fields, size)
	}
	return literals, fields
}

// checkCallbackSize proves that the longest data of the pattern fits Telegram's limit.
func (r *resolver) checkCallbackSize(h *Handler) {
	sum, fields := sizes(h.Callback)
	var unboundedText, widest *partSize // the first text without a bound, and the bounded text that takes the most bytes
	for i := range fields {
		size := &fields[i]
		switch {
		case size.bound == unbounded:
			if unboundedText == nil {
				unboundedText = size
			}
			continue
		case size.text() && size.bound > 0 && (widest == nil || size.bytes() > widest.bytes()):
			widest = size
		}
		sum += size.bytes()
	}
	if unboundedText != nil {
		name := unboundedText.field.Name
		hint := "shorten the literals: they leave no room for it"
		if room := (maxCallback - sum) / unboundedText.factor; room > 0 {
			hint = fmt.Sprintf("bound it: {%s:%s} fits", name.Value, boundedType(unboundedText.field, room))
			if unboundedText.factor > 1 {
				hint += ", since each byte may need an escape"
			}
		}
		fault(r, CodeCallbackTooLong, name, hint, "%s may be any number of bytes, and the data must fit Telegram's %d", name.Value, maxCallback)
		return
	}
	if sum <= maxCallback {
		return
	}
	fault(r, CodeCallbackTooLong, h.Callback.Source, sizeHint(widest, sum), "the data may have %d bytes, and Telegram takes %d: %s",
		sum, maxCallback, sizeArithmetic(h.Callback))
}

// sizeArithmetic shows how the longest data comes about: "literals 4 + title 2×20 (each byte may need an escape) + user 20".
func sizeArithmetic(c *spec.Callback) string {
	literals, fields := sizes(c)
	terms := []string{fmt.Sprintf("literals %d", literals)}
	for _, size := range fields {
		term := fmt.Sprintf("%s %d", size.field.Name.Value, size.bound)
		if size.factor > 1 {
			term = fmt.Sprintf("%s %d×%d (each byte may need an escape)", size.field.Name.Value, size.factor, size.bound)
		}
		if size.more > 0 {
			term += fmt.Sprintf("+%d (it may be left out)", size.more)
		}
		terms = append(terms, term)
	}
	return strings.Join(terms, " + ")
}

// sizeHint says how the data becomes short enough. widest is the bounded text that takes the most bytes, or nil.
func sizeHint(widest *partSize, sum int) string {
	if widest == nil {
		return "bound the numbers, such as {page:int(0..999)}: a whole number takes up to 20 bytes; or shorten the literals"
	}
	over, name := sum-maxCallback, widest.field.Name.Value
	var hints []string
	if room := widest.bound - (over+widest.factor-1)/widest.factor; room > 0 {
		hints = append(hints, fmt.Sprintf("bound %s more tightly: {%s:%s} fits", name, name, boundedType(widest.field, room)))
	}
	if widest.factor > 1 && widest.next[0] > ' ' && widest.next[0] <= '~' && widest.next[0] != '"' {
		hints = append(hints, fmt.Sprintf("exclude what follows it, so that it has no escapes: {%s:string(%d, !%q)}", name, widest.bound, widest.next[:1]))
	}
	if len(hints) == 0 {
		return "shorten the literals, or leave a field out"
	}
	return strings.Join(hints, "; or ")
}

// boundedType is the type of a text with another bound, as the spec writes it.
func boundedType(f *spec.Field, bound int) string {
	if excluded := f.Type.Excluded.Value; excluded != "" {
		quote := `"`
		if strings.Contains(excluded, quote) {
			quote = "'"
		}
		return fmt.Sprintf("%s(%d, !%s%s%s)", f.Type.Kind, bound, quote, excluded, quote)
	}
	return fmt.Sprintf("%s(%d)", f.Type.Kind, bound)
}
