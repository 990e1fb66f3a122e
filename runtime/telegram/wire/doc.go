// Package wire turns the bytes of the Bot API into headers and updates.
//
// [SplitReply] finds the updates in the answer to a getUpdates, and the [Header] of each: its id, its kind, and the ids of its
// chat, user and thread. It reads every byte once and decodes nothing. [ScanHeader] does the same for one update, as a
// webhook or a queue brings it. [DecodeUpdate] decodes an update into gotgbot's types. Its code is generated from those types, uses
// no reflection, and gives the result that encoding/json would give.
//
// The package depends on gotgbot only. Nothing in it makes a request or starts a goroutine.
package wire
