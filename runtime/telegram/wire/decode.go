package wire

import (
	"encoding/json"
	"fmt"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// The decoder, the kinds and the tables of the header scan are generated from gotgbot's types.
//go:generate go run ../../../gen/wiregen/cmd .

// maxDepth is the limit on nesting of encoding/json.
const maxDepth = 10_000

// DecodeUpdate decodes one update. It gives the value that encoding/json would give, and fails where encoding/json would
// fail, but takes a fraction of the time. Strings of the update share memory with raw where they have no escapes, so the
// update keeps raw in memory.
//
// There is one difference from encoding/json: a union, such as the origin of a forwarded message, may be of a variant that
// gotgbot does not know, because Telegram has added it. Then the field stays nil, or the element is left out of its list,
// and the rest of the update is decoded. [DecodeReporting] says which variants these were.
//
// The error is a [*DecodeError] that says where the update is wrong. It is an error of encoding/json if that had to decode
// the update, because the program was built with a gotgbot whose types are not those that the decoder was generated from:
// see [SkewWarning].
func DecodeUpdate(raw string) (*gotgbot.Update, error) { return DecodeReporting(raw, nil) }

// An UnknownVariant is a variant of a union that neither the decoder nor gotgbot knows.
type UnknownVariant struct {
	Union string // the union, as in gotgbot: "MessageOrigin"
	Value string // what the update says it is, such as the text of its member "type"
}

// DecodeReporting is [DecodeUpdate], and calls report for each union of a variant that is not known. report may be nil.
func DecodeReporting(raw string, report func(UnknownVariant)) (*gotgbot.Update, error) {
	var slowErr error
	if skew() != "" {
		var u *gotgbot.Update
		if u, slowErr = decodeSlowly(raw); slowErr == nil {
			return u, nil
		}
	}
	u, unknown, err := decodeFast(raw)
	if slowErr != nil && (err != nil || len(unknown) == 0) {
		return nil, slowErr
	}
	if report != nil {
		for _, v := range unknown {
			report(v)
		}
	}
	return u, err
}

// decodeSlowly decodes an update with encoding/json.
func decodeSlowly(raw string) (*gotgbot.Update, error) {
	u := new(gotgbot.Update)
	if err := json.Unmarshal([]byte(raw), u); err != nil {
		return nil, fmt.Errorf("decode update: %w", err)
	}
	return u, nil
}

// decodeFast decodes an update with the generated decoder. It also returns the variants that are not known.
func decodeFast(raw string) (*gotgbot.Update, []UnknownVariant, error) {
	// Only a text of more than maxDepth bytes can be nested too deeply.
	if len(raw) > maxDepth {
		if next := skipValue(raw, 0, maxDepth); next < 0 {
			return nil, nil, newDecodeError(raw, ^next, "")
		}
	}
	d := decoder{s: raw}
	u, next := d.decode()
	if next < 0 || d.unknownVariants != nil {
		return decodeAgain(&d, next)
	}
	return u, nil, nil
}

// decodeAgain decodes an update that first failed to decode, or that has a variant that is not known: with the careful
// decoder, and then with encoding/json if gotgbot may know the variant. It is a function of its own so that decodeFast needs
// less stack.
//
//go:noinline
func decodeAgain(first *decoder, next int) (*gotgbot.Update, []UnknownVariant, error) {
	d, raw := *first, first.s
	if next < 0 && d.problem == "" {
		return nil, nil, newDecodeError(raw, ^next, "")
	}
	var u *gotgbot.Update
	if d, next = newCarefulDecoder(raw); next >= 0 {
		u, next = d.decode()
	}
	if next < 0 {
		return nil, nil, newDecodeError(raw, ^next, d.problem)
	}
	if d.unknownVariants != nil && skipValue(raw, skipSpace(raw, 0), maxUnknownDepth) >= 0 {
		if known, err := decodeSlowly(raw); err == nil {
			return known, nil, nil
		}
	}
	return u, d.unknownVariants, nil
}

// maxUnknownDepth is how deep an update with an unknown variant may be nested for gotgbot to be asked. gotgbot reads the text
// again at each level, so deep nesting takes it very long. Telegram nests a few levels.
const maxUnknownDepth = 100

// decode decodes the whole text.
func (d *decoder) decode() (u *gotgbot.Update, next int) {
	i := skipSpace(d.s, 0)
	u = d.newUpdate(i)
	next = d.decodeUpdate(i, u)
	if next >= 0 {
		if end := skipSpace(d.s, next); end < len(d.s) {
			return nil, ^end
		}
	}
	return u, next
}
