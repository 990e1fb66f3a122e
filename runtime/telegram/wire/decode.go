package wire

import (
	"encoding/json"
	"fmt"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// The decoder, the kinds and the places of headers are generated from gotgbot's types.
//go:generate go run ../../../gen/wiregen/cmd .

// maxDepth is how deep encoding/json lets values nest.
const maxDepth = 10_000

// DecodeUpdate decodes an update: fast, and with the result that encoding/json would have, in value and in whether
// there is an error. Strings in the update refer to raw where they can. The error is a [*DecodeError] that says
// where.
//
// The decoder was generated from gotgbot's types. If those that were linked into the program have other fields,
// or an update has a variant of a union that the decoder does not know, encoding/json decodes it: see [SkewWarning].
func DecodeUpdate(raw string) (*gotgbot.Update, error) {
	if skew() != "" {
		return decodeSlowly(raw)
	}
	return decodeFast(raw)
}

// decodeSlowly decodes an update with encoding/json.
func decodeSlowly(raw string) (*gotgbot.Update, error) {
	u := new(gotgbot.Update)
	if err := json.Unmarshal([]byte(raw), u); err != nil {
		return nil, fmt.Errorf("decode update: %w", err)
	}
	return u, nil
}

// decodeFast decodes an update with the generated decoder.
func decodeFast(raw string) (*gotgbot.Update, error) {
	// Nesting is counted once, and only where there can be too much of it.
	if len(raw) > maxDepth {
		if next := skipValue(raw, 0, maxDepth); next < 0 {
			return nil, newDecodeError(raw, ^next, "")
		}
	}
	d := decoder{s: raw}
	u, next := d.decode()
	if next < 0 {
		return decodeAgain(&d, next)
	}
	return u, nil
}

// decodeAgain decodes what did not go well: with care if that may help. It is a function of its own for the sake of the
// stack of the other.
//
//go:noinline
func decodeAgain(first *decoder, next int) (*gotgbot.Update, error) {
	d, raw := *first, first.s
	if d.problem != "" {
		if d, next = newCarefulDecoder(raw); next >= 0 {
			var u *gotgbot.Update
			if u, next = d.decode(); next >= 0 {
				return u, nil
			}
		}
	}
	if d.foreign && levels(raw, ^next) <= maxForeign {
		return decodeSlowly(raw)
	}
	return nil, newDecodeError(raw, ^next, d.problem)
}

// maxForeign is how deep a union of an unknown variant may be nested for gotgbot to be asked, which reads an update
// several times for each level. Telegram nests a few levels.
const maxForeign = 100

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
