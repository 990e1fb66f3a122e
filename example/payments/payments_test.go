package main

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// start runs a bot with so many seats until the function that it returns is called.
func start(t *testing.T, server *tgtest.Server, path string, seats int) (stop func()) {
	t.Helper()
	sales, err := openSales(path, seats)
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(&bot{sales}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := b.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		sales.Close()
	}
}

func TestBuyAndRefund(t *testing.T) {
	server := tgtest.NewServer(t)
	path := filepath.Join(t.TempDir(), "sales.jsonl")
	stop := start(t, server, path, 1)
	alice, bob := server.User("Alice"), server.User("Bob")

	alice.Send("/buy")
	forAlice := alice.ExpectNext()
	bob.Send("/buy")
	forBob := bob.ExpectNext()
	alice.Pay(forAlice)
	alice.Expect("Thank you! Your ticket has the number 1.")

	// The bot refuses a payment before Telegram takes the money.
	answer, err := bob.Pay(forBob).Answer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if answer.Params.Bool("ok") || answer.Params["error_message"] != "Sorry, all tickets are sold." {
		t.Errorf("the answer to Bob is %v", answer.Params)
	}
	bob.Send("/buy")
	bob.Expect("All tickets are sold.")

	stop()
	stop = start(t, server, path, 1)
	defer func() { stop() }()
	alice.Send("/tickets")
	alice.Expect("Your tickets: 1")
	bob.Send("/refund 1") // not his
	bob.Expect("You have no such ticket.")
	alice.Send("/refund 1")
	alice.Expect("You have your Stars back.")
	refunds := server.SentBy("refundStarPayment")
	if len(refunds) != 1 || refunds[0].Params["telegram_payment_charge_id"] != "tgtest-charge-1" || refunds[0].Params.Int("user_id") != alice.ID {
		t.Errorf("the refunds are %v", refunds)
	}
	alice.Send("/refund 1")
	alice.Expect("You have no such ticket.")

	bob.Send("/buy")
	bob.Pay(bob.ExpectNext())
	bob.Expect("Thank you! Your ticket has the number 2.")
}

// TestPaidTwice checks that an update about a payment that comes again books nothing, also in a process that did not see the first.
func TestPaidTwice(t *testing.T) {
	server := tgtest.NewServer(t)
	path := filepath.Join(t.TempDir(), "sales.jsonl")
	stop := start(t, server, path, 5)
	alice := server.User("Alice")
	paid := gotgbot.Message{SuccessfulPayment: &gotgbot.SuccessfulPayment{Currency: "XTR", TotalAmount: price, TelegramPaymentChargeId: "c"}}
	alice.SendContent(paid)
	alice.Expect("Thank you! Your ticket has the number 1.")
	stop()
	stop = start(t, server, path, 5)
	defer func() { stop() }()
	alice.SendContent(paid)
	alice.Expect("Thank you! Your ticket has the number 1.")
	alice.Send("/tickets")
	alice.Expect("Your tickets: 1")
}

// TestPaidTooLate checks that the money for a ticket that is gone is given back, also if the refund fails at first.
func TestPaidTooLate(t *testing.T) {
	server := tgtest.NewServer(t)
	stop := start(t, server, filepath.Join(t.TempDir(), "sales.jsonl"), 0)
	defer stop()
	server.Fail("refundStarPayment", tgtest.Fault{Code: 500, Times: 1})
	alice := server.User("Alice")
	alice.SendContent(gotgbot.Message{SuccessfulPayment: &gotgbot.SuccessfulPayment{Currency: "XTR", TotalAmount: price, TelegramPaymentChargeId: "late"}})
	alice.Expect("Sorry, somebody was faster. You have your Stars back.")
	server.Fail("refundStarPayment", tgtest.Fault{Code: 400, Description: "Bad Request: CHARGE_ALREADY_REFUNDED"})
	alice.SendContent(gotgbot.Message{SuccessfulPayment: &gotgbot.SuccessfulPayment{Currency: "XTR", TotalAmount: price, TelegramPaymentChargeId: "late"}})
	alice.Expect("Sorry, somebody was faster. You have your Stars back.")
}
