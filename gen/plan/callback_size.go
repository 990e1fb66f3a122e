package plan

import (
	"fmt"

	"github.com/tggen/tggen/gen/spec"
)

// maxCallback is the most bytes of callback data: https://core.telegram.org/bots/api#inlinekeyboardbutton
const maxCallback = 64

// callbackFits proves that data of the pattern cannot be too long. A rest without a bound takes what the others leave; if
// that is too little for a value, Encode says so.
func (r *resolver) callbackFits(h *Handler) {
	sum := 0
	var widest, unbounded *spec.Field // of the texts
	widestBytes, widestFactor := 0, 0
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
				factor = 2 // each byte may need another before it
			} else if f.Optional || f.Default != nil {
				more = 1 // see textField
			}
			bytes := factor*f.Type.MaxBytes.Value + more
			sum += bytes
			if bytes > widestBytes {
				widest, widestBytes, widestFactor = f, bytes, factor
			}
		case f.Type.Kind == spec.TypeString && unbounded == nil:
			unbounded = f
			if widestFactor = 1; i < last {
				widestFactor = 2
			}
		}
	}
	if unbounded != nil {
		hint := "shorten the literals: there is no room for it"
		if room := (maxCallback - sum) / widestFactor; room > 0 {
			hint = fmt.Sprintf("bound it: {%s:string(%d)} fits", unbounded.Name.Value, room)
		}
		fault(r, CodeCallbackTooLong, unbounded.Name, hint,
			"%s may be any number of bytes, and the data must fit Telegram's %d", unbounded.Name.Value, maxCallback)
		return
	}
	if sum <= maxCallback {
		return
	}
	hint := "shorten the literals, or leave a field out: whole numbers may take 20 bytes"
	if widest != nil {
		hint = "shorten the literals, or leave a field out"
		if room := widest.Type.MaxBytes.Value - (sum-maxCallback+widestFactor-1)/widestFactor; room > 0 {
			hint = fmt.Sprintf("bound %s more tightly: {%s:%s(%d)} fits", widest.Name.Value, widest.Name.Value, widest.Type.Kind, room)
		}
	}
	fault(r, CodeCallbackTooLong, h.Callback.Source, hint, "the data may have %d bytes, and Telegram takes %d", sum, maxCallback)
}

// longestField is the most bytes that a field takes which is no text, as the functions of runtime/telegram write it.
func longestField(f *spec.Field) int {
	switch f.Type.Kind {
	case spec.TypeInt, spec.TypeInt64:
		return len("-9223372036854775808")
	case spec.TypeFloat64:
		return len("-2.2250738585072014e-308")
	case spec.TypeBool:
		return len("1")
	case spec.TypeDuration:
		return len("-9223372036854775807ns")
	}
	longest := 0
	for _, v := range f.Type.Enum {
		longest = max(longest, len(v.Value))
	}
	return longest
}
