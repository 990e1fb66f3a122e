package wire

import "github.com/PaulSonOfLars/gotgbot/v2"

// A messageResult holds the structs of a message, so that one allocation makes both.
type messageResult struct {
	message gotgbot.Message
	from    gotgbot.User
}

// DecodeMessage decodes a message, such as the result of sendMessage. It decodes what [DecodeUpdate] decodes within an update,
// and fails where that fails. Strings of the message share memory with raw, which must not change.
func DecodeMessage(raw []byte) (*gotgbot.Message, error) {
	s := textOf(raw)
	if skew() == "" && len(s) <= maxDepth && len(s) > 0 && s[0] == '{' {
		m := new(messageResult)
		d := decoder{s: s, user: &m.from}
		if i := d.decodeMessage(0, &m.message); i == len(s) && d.unknownVariants == nil {
			return &m.message, nil
		}
	}
	// All else is rare: a long message, a variant that is not known, a mistake. The text must be one value, or it would
	// become several members below.
	next := skipValue(s, skipSpace(s, 0), maxDepth)
	if next >= 0 {
		if next = skipSpace(s, next); next < len(s) {
			next = ^next
		}
	}
	if next < 0 {
		return nil, newDecodeError(s, ^next, "")
	}
	u, err := DecodeUpdate(`{"message":` + s + `}`)
	if err != nil {
		return nil, err
	}
	if u.Message == nil {
		return new(gotgbot.Message), nil
	}
	return u.Message, nil
}
