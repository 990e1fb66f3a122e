package trace

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// MaxRecord is the length of the longest line that a [Decoder] reads, in bytes. Longer records are not sent.
const MaxRecord = 1 << 20

// A Decoder reads records, one a line. It is not safe for concurrent use.
type Decoder struct {
	lines *bufio.Scanner
	line  int
}

// NewDecoder returns a decoder that reads from r.
func NewDecoder(r io.Reader) *Decoder {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, MaxRecord)
	return &Decoder{lines: lines}
}

// Decode returns the next record. After the last one, the error is io.EOF. A line that is not a record is an error too, and the next
// call reads the next line; after an error of the reader, or a line that is longer than [MaxRecord], every call returns that error. Fields
// and events that this version does not know are no error.
func (d *Decoder) Decode() (Record, error) {
	for d.lines.Scan() {
		d.line++
		if len(d.lines.Bytes()) == 0 {
			continue
		}
		var r Record
		if err := json.Unmarshal(d.lines.Bytes(), &r); err != nil {
			return Record{}, fmt.Errorf("reading record %d of a trace: %w", d.line, err)
		}
		return r, nil
	}
	if err := d.lines.Err(); err != nil {
		return Record{}, fmt.Errorf("reading record %d of a trace: %w", d.line+1, err)
	}
	return Record{}, io.EOF
}

// Append appends a record to b as a line.
func Append(b []byte, r *Record) ([]byte, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return b, fmt.Errorf("writing a record of a trace: %w", err)
	}
	if len(line) >= MaxRecord {
		return b, fmt.Errorf("writing a record of a trace: it has %d bytes, and at most %d are allowed", len(line), MaxRecord-1)
	}
	return append(append(b, line...), '\n'), nil
}
