package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// shop implements the interface Handlers in bot.gen.go.
type shop struct {
	households *households
}

func newShop() *shop { return &shop{newHouseholds()} }

// Start shows the first page of the catalog. If the link names a household, the user joins it.
func (s *shop) Start(ctx context.Context, in *StartInput) error {
	text := "Welcome! Here is what we have."
	if name := in.Args.Household; name != nil {
		s.households.join(in.Header.User, *name)
		text = fmt.Sprintf("Welcome to the %s household! Here is what we have.", *name)
	}
	markup, err := catalogPage(0)
	if err != nil {
		return err
	}
	_, err = in.Reply(ctx, text, &gotgbot.SendMessageOpts{ReplyMarkup: markup})
	return err
}

// catalogPage returns a button for each product on the page, and buttons for the page before and after it.
func catalogPage(number int) (gotgbot.InlineKeyboardMarkup, error) {
	var markup gotgbot.InlineKeyboardMarkup
	for _, p := range page(number) {
		button, err := BuyData{Item: p.ID, Qty: 1}.Button(fmt.Sprintf("%s %s", p.Name, price(p.Cents)))
		if err != nil {
			return markup, err
		}
		markup.InlineKeyboard = append(markup.InlineKeyboard, []gotgbot.InlineKeyboardButton{button})
	}
	turn := []gotgbot.InlineKeyboardButton{}
	for _, to := range []struct {
		page int
		text string
	}{{number - 1, "« Back"}, {number + 1, "More »"}} {
		if to.page < 0 || to.page >= pages() {
			continue
		}
		button, err := PageData{Number: to.page}.Button(to.text)
		if err != nil {
			return markup, err
		}
		turn = append(turn, button)
	}
	markup.InlineKeyboard = append(markup.InlineKeyboard, turn)
	return markup, nil
}

// Page shows another page of the catalog in the same message.
func (s *shop) Page(ctx context.Context, in *PageInput) error {
	markup, err := catalogPage(in.Data.Number)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("Page %d of %d", in.Data.Number+1, pages())
	if err := in.Edit(ctx, text, &gotgbot.EditMessageTextOpts{ReplyMarkup: markup}); err != nil {
		return err
	}
	return in.Answer(ctx, "", nil)
}

// Buy puts the product of a button into the cart.
func (s *shop) Buy(ctx context.Context, in *BuyInput) error {
	p, ok := find(in.Data.Item)
	if !ok {
		return in.Answer(ctx, "We no longer have that.", nil)
	}
	cart, total := s.households.add(in.Header.User, p, in.Data.Qty, "")
	return in.Answer(ctx, fmt.Sprintf("%s is in %s: %s", p.Name, cart, price(total)), nil)
}

// Order puts a product into the cart by its number.
func (s *shop) Order(ctx context.Context, in *OrderInput) error {
	p, ok := find(in.Args.Item)
	if !ok {
		_, err := in.Reply(ctx, fmt.Sprintf("There is no number %d.", in.Args.Item), nil)
		return err
	}
	if in.Args.Qty < 1 {
		_, err := in.Reply(ctx, "At least one, please.", nil)
		return err
	}
	note := ""
	if in.Args.Note != nil {
		note = *in.Args.Note
	}
	cart, total := s.households.add(in.Header.User, p, in.Args.Qty, note)
	_, err := in.Reply(ctx, fmt.Sprintf("%d × %s is in %s: %s", in.Args.Qty, p.Name, cart, price(total)), nil)
	return err
}

// Cart shows the cart with a button to check out.
func (s *shop) Cart(ctx context.Context, in *CartInput) error {
	text, empty := s.households.show(in.Header.User)
	opts := &gotgbot.SendMessageOpts{}
	if !empty {
		opts.ReplyMarkup = gotgbot.InlineKeyboardMarkup{
			InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{CheckoutButton("Check out")}},
		}
	}
	_, err := in.Reply(ctx, text, opts)
	return err
}

// Checkout sells what is in the cart. The second of two fast presses always finds an empty cart, because updates of one
// user are handled one after another.
func (s *shop) Checkout(ctx context.Context, in *CheckoutInput) error {
	text, empty := s.households.checkout(in.Header.User)
	if empty {
		return in.Answer(ctx, "The cart is empty.", nil)
	}
	if err := in.Edit(ctx, "Sold!\n"+text, nil); err != nil {
		return err
	}
	return in.Answer(ctx, "Thank you!", nil)
}

// Other answers a text that is not a command.
func (s *shop) Other(ctx context.Context, in *OtherInput) error {
	_, err := in.Reply(ctx, "I know /start, /order and /cart.", nil)
	return err
}

// OnError logs the error of a handler.
func (s *shop) OnError(ctx context.Context, ev *telegram.Event, err error) {
	slog.ErrorContext(ctx, "handler failed", "handler", ev.Handler, "update", ev.Header.ID, "error", err)
}
