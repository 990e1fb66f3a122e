package telegram

import "github.com/PaulSonOfLars/gotgbot/v2"

var kindPlaces = [KindCount]*places{}

func headerOf(u *gotgbot.Update) Header {
	return Header{ID: u.UpdateId}
}
