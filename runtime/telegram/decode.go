package telegram

import (
	"encoding/json"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A Decoder turns the JSON of an update into an update. It may be used by many goroutines at once.
type Decoder func(raw string) (*gotgbot.Update, error)

// DecodeUpdate decodes an update as encoding/json does.
func DecodeUpdate(raw string) (*gotgbot.Update, error) {
	u := new(gotgbot.Update)
	if err := json.Unmarshal([]byte(raw), u); err != nil {
		return nil, err
	}
	return u, nil
}
