// Package wire turns the bytes of the Bot API into headers and updates, and the parameters of calls into bytes.
//
// An update goes through it in two steps, so that what nobody wants is never decoded:
//
//  1. The split. [SplitReply] takes the body of a reply to getUpdates and finds the bytes of each update and its [Header]: its
//     id, its [Kind], and the ids of its chat, user and thread. It reads every byte once and builds nothing. [ScanHeader] does
//     the same for one update, as a webhook or a queue brings it. The header is enough to drop an update, to order it and to
//     confirm it to Telegram.
//  2. The decoding. [DecodeUpdate] decodes an update into gotgbot's types. Its code is generated from those types and uses no
//     reflection. It gives the result that encoding/json would give, value or error; the tests compare the two.
//
// Both accept exactly the JSON that encoding/json accepts. There is one exception: the split does not limit nesting, so that
// an update that is nested too deeply fails alone, when it is decoded.
//
// The decoder fits one version of gotgbot. If a program is built with another version whose types differ, DecodeUpdate uses
// encoding/json, and [SkewWarning] says what differs.
//
// # Files
//
//   - scan*.go skip and read JSON values: strings, numbers, members, nesting.
//   - reply.go and header*.go are the split.
//   - decode*.go are the decoder: decode_object.go holds what all types need, decode_value.go strings and numbers,
//     decode_union.go unions, decode_careful.go the second attempt, decode_error.go the path in an error, decode_skew.go the
//     comparison with gotgbot's types.
//   - answer.go reads the answers to calls: [ScanAnswer] finds the result, [DecodeMessage] decodes it.
//   - encode.go and encode_gen.go append the parameters of calls as encoding/json would, without reflection.
//   - *_gen.go are written by gen/wiregen: "go generate ./runtime/telegram/wire".
//
// # Strings share memory
//
// The strings of a decoded update and the bytes of a [RawUpdate] refer to the text that they come from. That saves nearly all
// allocations. Keep in mind that the text must not change, and that one string keeps all of it in memory; strings.Clone frees
// it.
//
// The package depends on gotgbot only. It makes no requests, starts no goroutines and keeps no state, and its functions may be
// called from several goroutines at once.
package wire
