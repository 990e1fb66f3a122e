package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// expiryMark begins an Expiry as text. No update begins like that, because an update is a JSON object.
const expiryMark = "tggen-expiry1 "

// An expiryHead is the first line of an Expiry as text, after the mark. The JSON of the update comes after it.
type expiryHead struct {
	Session string `json:"session"`
	Key     []byte `json:"key"` // need not be UTF-8
	Due     int64  `json:"due"`
	After   int64  `json:"after"` // in milliseconds
}

// Marshal returns the time-out of a state as text, for a queue.
func (x *Expiry) Marshal() []byte {
	head, err := json.Marshal(expiryHead{Session: x.Session, Key: []byte(x.Key), Due: x.Due, After: x.after.Milliseconds()})
	if err != nil {
		panic(err) // there is nothing in it that JSON has not
	}
	text := append([]byte(expiryMark), head...)
	text = append(text, '\n')
	return append(text, x.Raw...)
}

// UnmarshalExpiry reads what Marshal has returned. It returns nil for any other text.
func UnmarshalExpiry(text []byte) (*Expiry, error) {
	rest, ok := bytes.CutPrefix(text, []byte(expiryMark))
	if !ok {
		return nil, nil
	}
	line, raw, _ := bytes.Cut(rest, []byte{'\n'})
	var head expiryHead
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, fmt.Errorf("reading the time-out of a state: %w", err)
	}
	return &Expiry{
		Session: head.Session, Key: string(head.Key), Due: head.Due, Raw: string(raw), after: time.Duration(head.After) * time.Millisecond,
	}, nil
}
