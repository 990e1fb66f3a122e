package calls

import (
	"encoding/binary"
	"encoding/json"
	"errors"
)

// journalFormat is the first byte of a record. After it come the calls: the handler, the method, the sum of the parameters and
// the result. Before each but the sum stands its length, as binary.AppendUvarint writes it.
const journalFormat = 1

// A callID identifies equal calls.
type callID struct {
	handler string
	method  string
	sum     sum
}

// size returns at least the number of bytes that append appends.
func (id *callID) size(result []byte) int {
	return 1 + len(id.handler) + len(id.method) + len(id.sum) + len(result) + 3*binary.MaxVarintLen32
}

// append appends a call to a record.
func (id *callID) append(b []byte, result []byte) []byte {
	if len(b) == 0 {
		b = append(b, journalFormat)
	}
	b = append(binary.AppendUvarint(b, uint64(len(id.handler))), id.handler...)
	b = append(binary.AppendUvarint(b, uint64(len(id.method))), id.method...)
	b = append(b, id.sum[:]...)
	return append(binary.AppendUvarint(b, uint64(len(result))), result...)
}

var errNotJournal = errors.New("the data is not a journal of this release")

// decodeCalls appends the calls of a record to calls. The results are parts of data.
func decodeCalls(calls []recordedCall, data []byte) ([]recordedCall, error) {
	if len(data) == 0 || data[0] != journalFormat {
		return nil, errNotJournal
	}
	broken := false
	next := func(n uint64) (part []byte) {
		if broken = broken || n > uint64(len(data)); broken {
			return nil
		}
		part, data = data[:n:n], data[n:]
		return part
	}
	field := func() []byte {
		n, size := binary.Uvarint(data)
		if size <= 0 {
			broken = true
			return nil
		}
		next(uint64(size))
		return next(n)
	}
	for data = data[1:]; len(data) > 0; {
		var c recordedCall
		c.handler, c.method = string(field()), string(field())
		copy(c.sum[:], next(uint64(len(c.sum))))
		c.result = json.RawMessage(field())
		if broken {
			return nil, errNotJournal
		}
		calls = append(calls, c)
	}
	return calls, nil
}
