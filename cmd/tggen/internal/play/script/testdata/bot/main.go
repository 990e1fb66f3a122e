// Command bot answers everything that a recording can hold.
package main

import (
	"context"
	"fmt"
	"log"
	"os/signal"
	"strings"
	"syscall"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	bot, err := telegram.New(telegram.Config{
		AllowedUpdates: []string{"message", "edited_message", "callback_query", "inline_query", "chosen_inline_result", "pre_checkout_query", "message_reaction", "chat_member"},
		Kinds: wire.Kinds(wire.KindMessage, wire.KindEditedMessage, wire.KindCallbackQuery, wire.KindInlineQuery, wire.KindChosenInlineResult,
			wire.KindPreCheckoutQuery, wire.KindMessageReaction, wire.KindChatMember),
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error { keys.User(u.Header); return nil },
		Dispatch:    dispatch,
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := bot.Run(ctx); err != nil {
		log.Fatal(err)
	}
}

func dispatch(ctx context.Context, ev *telegram.Event) error {
	reply := func(text string) error {
		_, err := ev.Reply(ctx, text, nil)
		return err
	}
	switch u := ev.Update; {
	case u.EditedMessage != nil:
		return reply("Now it says " + u.EditedMessage.Text)
	case u.CallbackQuery != nil && u.CallbackQuery.Data == "delete":
		if err := ev.Delete(ctx); err != nil {
			return err
		}
		return ev.Answer(ctx, "Gone.", nil)
	case u.CallbackQuery != nil:
		if err := ev.Answer(ctx, "You took "+u.CallbackQuery.Data, nil); err != nil {
			return err
		}
		return ev.Edit(ctx, "Taken: "+u.CallbackQuery.Data, &gotgbot.EditMessageTextOpts{ReplyMarkup: menu()})
	case u.InlineQuery != nil:
		_, err := ev.Bot.AnswerInlineQueryWithContext(ctx, u.InlineQuery.Id, []gotgbot.InlineQueryResult{gotgbot.InlineQueryResultArticle{
			Id: "1", Title: u.InlineQuery.Query, InputMessageContent: gotgbot.InputTextMessageContent{MessageText: "Look: " + u.InlineQuery.Query},
		}}, nil)
		return err
	case u.PreCheckoutQuery != nil:
		_, err := ev.Bot.AnswerPreCheckoutQueryWithContext(ctx, u.PreCheckoutQuery.Id, true, nil)
		return err
	case u.MessageReaction != nil:
		_, err := ev.Bot.SendMessageWithContext(ctx, u.MessageReaction.Chat.Id, fmt.Sprintf("Thank you, %s.", u.MessageReaction.User.FirstName), nil)
		return err
	case u.ChatMember != nil:
		_, err := ev.Bot.SendMessageWithContext(ctx, u.ChatMember.Chat.Id, "Somebody "+u.ChatMember.NewChatMember.GetStatus(), nil)
		return err
	case u.Message == nil:
		return nil
	}
	switch m := ev.Update.Message; {
	case m.Text == "/start":
		_, err := ev.Reply(ctx, "What shall it be?", &gotgbot.SendMessageOpts{ReplyMarkup: menu()})
		return err
	case m.Text == "/buy":
		_, err := ev.Bot.SendInvoiceWithContext(ctx, m.Chat.Id, "Tea", "A cup", "tea", "XTR", []gotgbot.LabeledPrice{{Label: "Tea", Amount: 3}}, nil)
		return err
	case m.Text == "/id":
		return reply(fmt.Sprintf("You are %d in %d.", m.From.Id, m.Chat.Id))
	case strings.HasPrefix(m.Text, "/echo "):
		return reply(strings.TrimPrefix(m.Text, "/echo "))
	case m.ReplyToMessage != nil:
		return reply("An answer to: " + m.ReplyToMessage.Text)
	case len(m.Photo) > 0:
		_, err := ev.Bot.SendPhotoWithContext(ctx, m.Chat.Id, gotgbot.InputFileByID(m.Photo[0].FileId), &gotgbot.SendPhotoOpts{Caption: "Again: " + m.Caption})
		return err
	case m.Location != nil:
		return reply(fmt.Sprintf("You are at %.1f, %.1f.", m.Location.Latitude, m.Location.Longitude))
	case m.Contact != nil:
		return reply("I call " + m.Contact.PhoneNumber)
	case m.SuccessfulPayment != nil:
		return reply("Paid.")
	}
	return nil
}

func menu() gotgbot.InlineKeyboardMarkup {
	return gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{
		{{Text: "Tea", CallbackData: "tea"}, {Text: "Coffee", CallbackData: "coffee"}},
		{{Text: "More", CallbackData: "green tea"}, {Text: "More", CallbackData: "espresso"}, {Text: "×", CallbackData: "delete"}},
	}}
}
