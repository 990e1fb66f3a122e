package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// open starts the shop and stops it at the end of the test.
func open(t *testing.T) *tgtest.Server {
	t.Helper()
	server := tgtest.NewServer(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, newShop(), telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the bot ended with %v", err)
		}
	})
	return server
}

// expectAnswer waits until the bot answers the press of a button.
func expectAnswer(t *testing.T, press *tgtest.Query, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	call, err := press.Answer(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got := call.Text(); got != want {
		t.Errorf("the press was answered %q, want %q", got, want)
	}
}

func TestButtons(t *testing.T) {
	server := open(t)
	cleo := server.User("Cleo")
	cleo.Send("/start")
	catalog := cleo.Expect("Welcome! Here is what we have.")

	expectAnswer(t, cleo.Press(catalog, "More »"), "")
	catalog = cleo.Expect("Page 2 of 3")
	expectAnswer(t, cleo.Press(catalog, "Eggs €3.90"), "Eggs is in the cart: €3.90")
	expectAnswer(t, cleo.Press(catalog, "Eggs €3.90"), "Eggs is in the cart: €7.80")

	cleo.Send("/basket")
	cart := cleo.Expect("2 × Eggs  €7.80\nTotal €7.80")
	first, second := cleo.Press(cart, "Check out"), cleo.Press(cart, "Check out")
	expectAnswer(t, first, "Thank you!")
	expectAnswer(t, second, "The cart is empty.")
	cleo.Expect("Sold!\n2 × Eggs  €7.80\nTotal €7.80")
}

func TestArguments(t *testing.T) {
	server := open(t)
	dan := server.User("Dan")
	for _, c := range []struct{ say, want string }{
		{"/order 7 2 the green ones, please", "2 × Grapes is in the cart: €8.20"},
		{"/order@test_bot 4", "1 × Dates is in the cart: €12.70"},
		{"/order 99", "There is no number 99."},
		{"/order 1 0", "At least one, please."},
		{"hello", "I know /start, /order and /cart."},
	} {
		dan.Send(c.say)
		dan.Expect(c.want)
	}
	for _, bad := range []string{"/order", "/order apples", "/order 1 many"} {
		dan.Send(bad)
		if got := dan.ExpectNext().Text; !strings.Contains(got, "/order") {
			t.Errorf("%q was answered %q, want the usage", bad, got)
		}
	}
}

// TestHousehold lets two people fill one cart from their own chats, as fast as they can. The cart has no lock. The test
// passes, also under the race detector, because the constraint keeps the updates of a household in order.
func TestHousehold(t *testing.T) {
	server := open(t)
	ann, ben := server.User("Ann"), server.User("Ben")
	for _, u := range []*tgtest.User{ann, ben} {
		u.Send("/start smith")
		u.Expect("Welcome to the smith household! Here is what we have.")
	}
	const each = 50
	for i := 1; i <= each; i++ {
		for _, u := range []*tgtest.User{ann, ben} {
			u.Send(fmt.Sprintf("/order 1 1 %s %d", u.FirstName, i))
		}
	}
	ben.Send("/cart")
	want := []string{fmt.Sprintf("%d × Apples  €250.00", 2*each)}
	for i := 1; i <= each; i++ { // in the order of sending, across both chats
		want = append(want, fmt.Sprintf("Note: Ann %d", i), fmt.Sprintf("Note: Ben %d", i))
	}
	ben.Expect(strings.Join(append(want, "Total €250.00"), "\n"))
}
