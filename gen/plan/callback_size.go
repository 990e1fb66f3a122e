package plan

import (
	"fmt"

	"github.com/tggen/tggen/gen/spec"
)

// maxCallback is the most bytes of callback data: https://core.telegram.org/bots/api#inlinekeyboardbutton
const maxCallback = 64

// checkCallbackSize proves that the longest data of the pattern fits Telegram's limit. A rest without a bound may take
// what the other parts leave; Encode reports a value that is too long for that.
func (r *resolver) checkCallbackSize(h *Handler) {
	sum := 0
	var unboundedText *spec.Field     // the first text without a bound
	var widest *spec.Field            // the bounded text that takes the most bytes
	widestBytes, widestFactor := 0, 0 // of widest; the factor is that of the unbounded text if there is one
	last := len(h.Callback.Parts) - 1
	for i, part := range h.Callback.Parts {
		f := part.Field
		switch {
		case f == nil:
			sum += len(part.Literal.Value)
		case !isText(f):
			sum += longestField(f)
		case f.Type.MaxBytes.IsSet():
			factor, more := 1, 0
			if i < last {
				factor = 2 // each byte may need an escape before it
			} else if Omissible(f) {
				more = 1 // see textField
			}
			bytes := factor*f.Type.MaxBytes.Value + more
			sum += bytes
			if bytes > widestBytes {
				widest, widestBytes, widestFactor = f, bytes, factor
			}
		case f.Type.Kind == spec.TypeString && unboundedText == nil:
			unboundedText = f
			if widestFactor = 1; i < last {
				widestFactor = 2
			}
		}
	}
	if unboundedText != nil {
		hint := "shorten the literals: they leave no room for it"
		if room := (maxCallback - sum) / widestFactor; room > 0 {
			hint = fmt.Sprintf("bound it: {%s:string(%d)} fits", unboundedText.Name.Value, room)
		}
		fault(r, CodeCallbackTooLong, unboundedText.Name, hint,
			"%s may be any number of bytes, and the data must fit Telegram's %d", unboundedText.Name.Value, maxCallback)
		return
	}
	if sum <= maxCallback {
		return
	}
	hint := "shorten the literals, or leave a field out: a whole number takes up to 20 bytes"
	if widest != nil {
		hint = "shorten the literals, or leave a field out"
		if room := widest.Type.MaxBytes.Value - (sum-maxCallback+widestFactor-1)/widestFactor; room > 0 {
			hint = fmt.Sprintf("bound %s more tightly: {%s:%s(%d)} fits", widest.Name.Value, widest.Name.Value, widest.Type.Kind, room)
		}
	}
	fault(r, CodeCallbackTooLong, h.Callback.Source, hint, "the data may have %d bytes, and Telegram takes %d", sum, maxCallback)
}
