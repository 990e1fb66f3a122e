package telegram

import "github.com/tggen/tggen/runtime/telegram/wire"

// A Header holds what the runtime reads of an update before it decodes it: its id, its kind, and the ids of its chat,
// user and thread.
type Header = wire.Header

// A Kind is a kind of update, such as [wire.KindMessage].
type Kind = wire.Kind
