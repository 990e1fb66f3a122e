package telegram

import "github.com/PaulSonOfLars/gotgbot/v2"

// An Entity is an entity of a message, such as a link or a mention, with the text that it covers.
type Entity struct {
	gotgbot.MessageEntity
	Text string
}
