package telegram

import (
	"fmt"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// An Envelope is one update as a source yields it: its header, which was read while the reply was split, and its own
// copy of the bytes it arrived in. What needs the whole of it calls [Envelope.Decode].
//
// An Envelope is used by one goroutine at a time, as it travels from the source through the sink to its handler.
type Envelope struct {
	wire.Header

	raw     string
	decoded *gotgbot.Update
	err     error

	event Event // what the handler is given; here, so that it costs no allocation of its own

	// mark is how the Poller that fetched the update learns that it is finished; nil for any other source.
	mark *mark
}

// NewEnvelope makes an update of the JSON object in raw, which it copies, for sources other than [Poller]: a webhook, a
// queue, a file. It fails when not even the header can be read. The rest is not looked at before Decode.
func NewEnvelope(raw []byte) (*Envelope, error) {
	header, err := wire.ScanHeader(raw)
	if err != nil {
		return nil, fmt.Errorf("update: %w", err)
	}
	return &Envelope{Header: header, raw: string(raw)}, nil
}

// Decode is the update as gotgbot's type. It is decoded on the first call, and every later call returns the same
// pointer, or the same error.
func (u *Envelope) Decode() (*gotgbot.Update, error) {
	if u.decoded == nil && u.err == nil {
		u.decoded, u.err = wire.DecodeUpdate(u.raw)
		if u.err != nil {
			u.decoded, u.err = nil, fmt.Errorf("update %d: %w", u.ID, u.err)
		}
	}
	return u.decoded, u.err
}

// fail makes the update one that cannot be handled.
func (u *Envelope) fail(err error) {
	if u.err == nil {
		u.decoded, u.err = nil, fmt.Errorf("constraints of update %d: %w", u.ID, err)
	}
}

// Raw is the JSON object that the update arrived as.
func (u *Envelope) Raw() string { return u.raw }

// String names the update without showing what is in it: "message 1234".
func (u *Envelope) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %d", u.Kind, u.ID)
	return b.String()
}
