package telegram

import "github.com/tggen/tggen/runtime/telegram/wire"

// A Header holds what is known of an update before it is decoded: its id, its kind, and the ids of its chat, user and
// thread.
type Header = wire.Header

// A Kind says which kind of update it is, such as [wire.KindMessage].
type Kind = wire.Kind
