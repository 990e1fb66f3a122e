package telegram

import (
	"fmt"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/inbox"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// An Envelope is one update as a source yields it: its header and a copy of its bytes. [Envelope.Decode] decodes it.
//
// An Envelope travels from the source through the sink to its handler. One goroutine at a time may use it, except for
// [Envelope.Handler].
type Envelope struct {
	wire.Header

	raw     string
	decoded *gotgbot.Update
	err     error
	unknown []wire.UnknownVariant // what the decoder left out

	event    Event // is handed to the handler at its first attempt; it is part of the Envelope to save an allocation
	progress progress

	// mark tells the Poller that fetched the update when it is finished. It is nil if the update is from another source.
	mark *mark

	// delivery tells the Webhook that received the update when it is finished. It is nil if the update is from another source.
	delivery *inbox.Entry

	// queued is the delivery of a bot with a queue. It is nil for all others.
	queued *queuedUpdate
}

// NewEnvelope makes an Envelope from the JSON object of an update. It is for sources other than [Poller] and [Webhook], such as a
// queue or a file. It copies raw. It returns an error if the header cannot be read, and leaves the rest to Decode.
func NewEnvelope(raw []byte) (*Envelope, error) {
	header, err := wire.ScanHeader(raw)
	if err != nil {
		return nil, fmt.Errorf("reading the header of an update: %w", err)
	}
	return &Envelope{Header: header, raw: string(raw)}, nil
}

// Decode returns the update as gotgbot's type. The first call decodes it. Later calls return the same pointer or the
// same error. An update of several kinds is an error, too: see [wire.CheckKind].
func (u *Envelope) Decode() (*gotgbot.Update, error) {
	if u.decoded == nil && u.err == nil {
		u.decoded, u.err = wire.DecodeReporting(u.raw, u.addUnknown)
		if u.err == nil {
			u.err = wire.CheckKind(u.decoded)
		}
		if u.err != nil {
			u.decoded, u.err = nil, fmt.Errorf("decoding update %d: %w", u.ID, u.err)
		}
	}
	return u.decoded, u.err
}

func (u *Envelope) addUnknown(v wire.UnknownVariant) { u.unknown = append(u.unknown, v) }

// Handler returns the name in spec.yaml of the handler that runs or ran last for this update: see [Event.Enter]. It is
// empty until one has matched. Any goroutine may call it.
func (u *Envelope) Handler() string { return u.progress.handler() }

// fail makes Decode return an error, so that the update is not handled. An earlier error stays.
func (u *Envelope) fail(err error) {
	if u.err == nil {
		u.decoded, u.err = nil, fmt.Errorf("computing the constraints of update %d: %w", u.ID, err)
	}
}

// size estimates the memory that the update takes in the backlog, in bytes: what the runtime adds, its JSON, and its
// decoded form if a constraint needed that. The decoded form shares the texts of the JSON; a message of 0.9 kB takes
// another 2.3 kB.
func (u *Envelope) size() int {
	const runtime, decoded = 500, 1500
	n := runtime + len(u.raw)
	if u.decoded != nil {
		n += decoded + len(u.raw)
	}
	return n
}

// Raw returns the JSON object of the update as it arrived.
func (u *Envelope) Raw() string { return u.raw }

// String returns the kind and the id of the update, and nothing of its content: "message 1234".
func (u *Envelope) String() string { return fmt.Sprintf("%v %d", u.Kind, u.ID) }
