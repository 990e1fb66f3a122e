// Package dispatch holds the functions that a generated bot.gen.go calls. An author needs it only to call [ReplyUsage] from
// an on_usage method, or to take texts apart by hand as generated code does.
//
// The functions come in seven groups:
//
//   - Commands (command.go): [ParseCommand] finds the command that a message begins with, and [ParsePrefixed] one that
//     begins with another sign than the slash.
//   - Arguments (args_*.go): [NewArguments] reads the text after a command; [Arg], [ArgOr], [ArgOptional] and their [RestArg]
//     forms take one argument after another. [NewUsageError] and [ReplyUsage] tell the user what was wrong.
//   - Callback data (callback_*.go): [EncodeCallback] and the Append functions write the data behind a button, which may be 64
//     bytes long; [NewFields], [Field], [FieldOr] and [FieldOptional] read it back. The two are inverse: what was written is
//     read as the same values, and data that nobody wrote is an error.
//   - Values (parse.go): [Int], [Duration], [OneOf] and the like parse the text of one argument, field or named group.
//   - Matching (match.go): [Entities], [TextOrCaption], [ChatType], [CallbackHead] and [Group] get from an update what the
//     spec's filters look at.
//   - Running handlers (handler.go): [Limit] sets a handler's time-out; [JoinError] and [CutShort] join errors if more than
//     one handler may run for an update.
//   - Sessions (session*.go): a [Session] loads and changes the sessions of one name in the spec; [ChatKey] and its kin say which
//     one belongs to an update.
//
// A reader ([Arguments], [Fields]) keeps its first fault and goes on with zero values, so that generated code reads
// everything in a row and looks at Err once. Its errors are those of package telegram, such as [telegram.ArgumentError].
//
// The package belongs to the contract between generated code and the runtime: a function that changes here is a new version of
// [telegram.Contract]. No function starts a goroutine or keeps state, and only ReplyUsage makes a request.
package dispatch
