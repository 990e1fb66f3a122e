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
// The error is a [*DecodeError] that says where the update is wrong. It is an error of encoding/json if that had to decode
// the update: if the program was built with a gotgbot whose types are not those that the decoder was generated from (see
// [SkewWarning]), or if the update has a variant of a union that the decoder does not know.
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
	// Only a text of more than maxDepth bytes can be nested too deeply.
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

// decodeAgain decodes an update that first failed to decode: with the careful decoder, and then with encoding/json if the
// union may be of a variant that gotgbot knows. It is a function of its own so that decodeFast needs less stack.
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
	if d.unknownVariant && levels(raw, ^next) <= maxUnknownDepth {
		return decodeSlowly(raw)
	}
	return nil, newDecodeError(raw, ^next, d.problem)
}

// maxUnknownDepth is how deep a union of an unknown variant may be nested for gotgbot to be asked. gotgbot reads the text
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
