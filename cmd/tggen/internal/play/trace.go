package play

import (
	"errors"
	"io"
	"net/http"

	"github.com/tggen/tggen/runtime/telegram/trace"
)

// maxTrace bounds a request with records, in bytes.
const maxTrace = 16 << 20

// receiveTrace takes the records of the bot.
func (p *Play) receiveTrace(w http.ResponseWriter, r *http.Request) {
	if !hasType(r, trace.ContentType) {
		refuse(w, http.StatusUnsupportedMediaType, "the content type must be "+trace.ContentType)
		return
	}
	var records []trace.Record
	decoder := trace.NewDecoder(http.MaxBytesReader(w, r.Body, maxTrace))
	for {
		record, err := decoder.Decode()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		records = append(records, record)
	}
	p.mu.Lock()
	p.sync() // the calls come before the records about them
	for _, record := range records {
		p.trail.take(record)
	}
	p.mu.Unlock()
	p.signal()
	w.WriteHeader(http.StatusNoContent)
}
