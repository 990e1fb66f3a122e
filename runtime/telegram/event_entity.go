package telegram

import "github.com/PaulSonOfLars/gotgbot/v2"

// An Entity is a message entity with the text that it marks.
type Entity struct {
	gotgbot.MessageEntity
	Text string
}
