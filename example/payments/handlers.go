package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// price is what a ticket costs, in Stars.
const price = 50

// bot implements the interface Handlers in bot.gen.go.
type bot struct {
	sales *Sales
}

func say(ctx context.Context, ev *telegram.Event, text string) error {
	_, err := ev.Reply(ctx, text, nil)
	return err
}

func (b *bot) Start(ctx context.Context, in *StartInput) error {
	return say(ctx, in.Event, fmt.Sprintf("Tickets are %d Stars each: /buy", price))
}

// Buy sends an invoice. An invoice in Stars (XTR) needs no payment provider, and has one price.
func (b *bot) Buy(ctx context.Context, in *BuyInput) error {
	if b.sales.Left() <= 0 {
		return say(ctx, in.Event, "All tickets are sold.")
	}
	_, err := in.Bot.SendInvoiceWithContext(ctx, in.Header.Chat, "A ticket", "For one person", "ticket", "XTR",
		[]gotgbot.LabeledPrice{{Label: "Ticket", Amount: price}}, nil)
	return err
}

// BeforePay is asked before Telegram takes the money. An invoice stays in the chat, so it may be paid when all tickets are sold.
func (b *bot) BeforePay(ctx context.Context, in *BeforePayInput) error {
	if b.sales.Left() <= 0 {
		_, err := in.Bot.AnswerPreCheckoutQueryWithContext(ctx, in.Query.Id, false,
			&gotgbot.AnswerPreCheckoutQueryOpts{ErrorMessage: "Sorry, all tickets are sold."})
		return err
	}
	_, err := in.Bot.AnswerPreCheckoutQueryWithContext(ctx, in.Query.Id, true, nil)
	return err
}

// Paid books a payment. Telegram has the money now, so there is a ticket or a refund.
func (b *bot) Paid(ctx context.Context, in *PaidInput) error {
	paid := in.SuccessfulPayment
	ticket, err := b.sales.Book(Sale{Charge: paid.TelegramPaymentChargeId, User: in.Header.User, Stars: paid.TotalAmount})
	if errors.Is(err, errSoldOut) { // two users paid for the last ticket at the same time
		if err := refund(ctx, in.Event, paid.TelegramPaymentChargeId); err != nil {
			return err
		}
		return say(ctx, in.Event, "Sorry, somebody was faster. You have your Stars back.")
	}
	if err != nil {
		return err
	}
	return say(ctx, in.Event, fmt.Sprintf("Thank you! Your ticket has the number %d.", ticket))
}

func (b *bot) Tickets(ctx context.Context, in *TicketsInput) error {
	tickets := b.sales.Of(in.Header.User)
	if len(tickets) == 0 {
		return say(ctx, in.Event, "You have no ticket.")
	}
	return say(ctx, in.Event, "Your tickets: "+strings.Trim(fmt.Sprint(tickets), "[]"))
}

func (b *bot) Refund(ctx context.Context, in *RefundInput) error {
	sale, ok := b.sales.Sale(in.Args.Ticket)
	if !ok || sale.User != in.Header.User || sale.Refunded {
		return say(ctx, in.Event, "You have no such ticket.")
	}
	if err := refund(ctx, in.Event, sale.Charge); err != nil {
		return err
	}
	if err := b.sales.GiveBack(in.Args.Ticket); err != nil {
		return err
	}
	return say(ctx, in.Event, "You have your Stars back.")
}

// refund gives the Stars of a payment back. It succeeds if that was done before, by a process that died before it noted it.
func refund(ctx context.Context, ev *telegram.Event, charge string) error {
	_, err := ev.Bot.RefundStarPaymentWithContext(ctx, ev.Header.User, charge, nil)
	var refused *gotgbot.TelegramError
	if errors.As(err, &refused) && strings.Contains(refused.Description, "CHARGE_ALREADY_REFUNDED") {
		return nil
	}
	return err
}

func (b *bot) Support(ctx context.Context, in *SupportInput) error {
	return say(ctx, in.Event, "/refund and the number of a ticket gives the Stars back. For anything else, write to tickets@example.com.")
}

// OnError is called with what the retries could not mend. A payment that is not booked needs a person.
func (b *bot) OnError(ctx context.Context, ev *telegram.Event, err error) {
	slog.ErrorContext(ctx, "a handler failed", "handler", ev.Handler, "update", ev.Header.ID, "user", ev.Header.User, "error", err)
}
