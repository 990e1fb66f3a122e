package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Updates finds the updates in what people paste: an update, as a webhook gets it; the reply to getUpdates; a list of
// updates; or several of these, one after another. It returns an error if there is no update in the text.
func Updates(text []byte) ([]json.RawMessage, error) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	var all []json.RawMessage
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var value json.RawMessage
		if err := decoder.Decode(&value); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, notJSON(text, decoder, err)
		}
		updates, err := updatesIn(value)
		if err != nil {
			return nil, err
		}
		all = append(all, updates...)
	}
	if len(all) == 0 {
		return nil, errors.New("there is no update in it")
	}
	return all, nil
}

// notJSON says where the text stops being JSON.
func notJSON(text []byte, decoder *json.Decoder, err error) error {
	at := decoder.InputOffset()
	if errors.Is(err, io.ErrUnexpectedEOF) {
		at, err = int64(len(bytes.TrimRight(text, " \t\r\n"))), errors.New("the text ends too early")
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		at = max(syntax.Offset-1, 0)
	}
	before := text[:min(at, int64(len(text)))]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return fmt.Errorf("not JSON at line %d, column %d: %w", bytes.Count(before, []byte("\n"))+1, len([]rune(string(line)))+1, err)
}

// updatesIn returns the updates of one JSON value.
func updatesIn(value json.RawMessage) ([]json.RawMessage, error) {
	if value[0] == '[' {
		var all []json.RawMessage
		if err := json.Unmarshal(value, &all); err != nil {
			return nil, err
		}
		for _, one := range all {
			if err := checkUpdate(one); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	var reply struct {
		OK          *bool           `json:"ok"`
		Result      json.RawMessage `json:"result"`
		Description string          `json:"description"`
	}
	if json.Unmarshal(value, &reply) != nil || reply.OK == nil {
		return []json.RawMessage{value}, checkUpdate(value)
	}
	switch {
	case !*reply.OK:
		return nil, fmt.Errorf("this is the reply to a request that failed: %s", reply.Description)
	case len(reply.Result) == 0 || reply.Result[0] != '[':
		return nil, errors.New("this is not the reply to getUpdates: its result is not a list")
	}
	return updatesIn(reply.Result)
}

// checkUpdate reports a value that is not an update.
func checkUpdate(value json.RawMessage) error {
	var parts map[string]json.RawMessage
	switch err := json.Unmarshal(value, &parts); {
	case err != nil:
		return errors.New("an update is a JSON object with the field update_id")
	case parts["update_id"] != nil:
		return nil
	case parts["message_id"] != nil:
		return errors.New(`this is a message without its update: write {"update_id": 1, "message": ...} around it`)
	}
	return errors.New("this is not an update: it has no field update_id")
}
