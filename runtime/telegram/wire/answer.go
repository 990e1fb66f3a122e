package wire

import "github.com/PaulSonOfLars/gotgbot/v2"

// An Answer is what the Bot API server says to a call. It has the fields of [gotgbot.Response].
type Answer struct {
	OK     bool
	Result []byte // the JSON of the result, which shares memory with the body; nil if the answer has no result

	// If OK is false:
	Code        int    // error_code, or 0
	Description string // shares memory with the body
	Parameters  *gotgbot.ResponseParameters
}

// ScanAnswer reads the body of an answer, in one pass and without decoding its result. It accepts the bodies that
// encoding/json decodes into a [gotgbot.Response], with the same values. The error is a [*DecodeError]. The body must not
// change while the answer is used.
func ScanAnswer(body []byte) (Answer, error) {
	s := textOf(body)
	if len(s) > maxDepth { // as in decodeFast
		if next := skipValue(s, skipSpace(s, 0), maxDepth); next < 0 {
			return Answer{}, newDecodeError(s, ^next, "")
		}
	}
	var a Answer
	d := decoder{s: s}
	i := d.answer(skipSpace(s, 0), body, &a)
	if i >= 0 {
		if i = skipSpace(s, i); i < len(s) {
			i = ^i
		}
	}
	if i < 0 {
		return Answer{}, newDecodeError(s, ^i, d.problem)
	}
	return a, nil
}

// answer decodes an answer, in the manner of the generated methods.
func (d *decoder) answer(i int, body []byte, a *Answer) int {
	name, i, more := d.first(i)
	for ; more; name, i, more = d.next(i) {
	again:
		switch name {
		case "ok":
			i = d.bool(i, &a.OK)
		case "result":
			start := i
			if i = d.skip(i); i >= 0 {
				a.Result = body[start:i:i]
			}
		case "error_code":
			start, code := i, int64(a.Code)
			i = d.int64(i, &code)
			if a.Code = int(code); i >= 0 && int64(a.Code) != code {
				i = d.fail(start, "an integer of 32 bits") // on a machine where an int has no more
			}
		case "description":
			i = d.text(i, &a.Description)
		case "parameters":
			i = d.answerParameters(i, &a.Parameters)
		default:
			if name = matchFold(name, "ok result error_code description parameters"); name != "" {
				goto again
			}
			i = d.skip(i)
		}
	}
	return i
}

func (d *decoder) answerParameters(i int, p **gotgbot.ResponseParameters) int {
	if d.isNull(i) {
		*p = nil
		return d.null(i, "")
	}
	if *p == nil {
		*p = new(gotgbot.ResponseParameters)
	}
	name, i, more := d.first(i)
	for ; more; name, i, more = d.next(i) {
	again:
		switch name {
		case "migrate_to_chat_id":
			i = d.int64(i, &(*p).MigrateToChatId)
		case "retry_after":
			i = d.int64(i, &(*p).RetryAfter)
		default:
			if name = matchFold(name, "migrate_to_chat_id retry_after"); name != "" {
				goto again
			}
			i = d.skip(i)
		}
	}
	return i
}
