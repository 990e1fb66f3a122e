package jetstream

import (
	"encoding/binary"
	"errors"

	"github.com/tggen/tggen/runtime/session"
)

// A stored record is the payload of a message: its revision, when it expires in milliseconds since 1970 or 0, whether it was
// deleted, and its data.
type record struct {
	rev     session.Rev
	expires int64
	deleted bool
	data    []byte

	sequence uint64 // of the message in its stream; 0: there is none
}

const recordHeader = 8 + 8 + 1

func (r *record) encode() []byte {
	b := make([]byte, 0, recordHeader+len(r.data))
	b = binary.BigEndian.AppendUint64(b, uint64(r.rev))
	b = binary.BigEndian.AppendUint64(b, uint64(r.expires))
	if r.deleted {
		return append(b, 1)
	}
	return append(append(b, 0), r.data...)
}

func decodeRecord(b []byte, sequence uint64) (record, error) {
	if len(b) < recordHeader {
		return record{}, errors.New("the record is too short")
	}
	return record{
		rev:      session.Rev(binary.BigEndian.Uint64(b)),
		expires:  int64(binary.BigEndian.Uint64(b[8:])),
		deleted:  b[16] != 0,
		data:     b[recordHeader:],
		sequence: sequence,
	}, nil
}

// gone reports whether the record was deleted or has expired.
func (r *record) gone(now int64) bool { return r.deleted || r.expires != 0 && r.expires <= now }
