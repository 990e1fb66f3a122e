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

// open starts a server and runs the shop against it until the end of the test.
func open(t *testing.T) *tgtest.Server {
	t.Helper()
	server := tgtest.NewServer(t)
	serve(t, server)
	return server
}

// serve runs the shop against the server until the end of the test.
func serve(t *testing.T, server *tgtest.Server) {
	t.Helper()
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

// TestHousehold lets twenty people fill one cart. All their messages arrive in one batch, so the bot receives the orders of
// a user before it has handled the user's /start. Each user's updates must be handled in order, and the race detector must
// find nothing.
func TestHousehold(t *testing.T) {
	server := tgtest.NewServer(t)
	const users, orders = 20, 3
	var family []*tgtest.User
	for range users {
		family = append(family, server.User("Smith"))
	}
	for _, u := range family {
		u.Send("/start smith")
		for i := range orders {
			u.Send(fmt.Sprintf("/order 1 1 %d-%d", u.ID, i))
		}
	}
	serve(t, server)
	for _, u := range family {
		if first := u.ExpectNext().Text; first != "Welcome to the smith household! Here is what we have." {
			t.Errorf("the first answer is %q", first)
		}
		for range orders {
			const want = "1 × Apples is in the cart of the smith household: "
			if got := u.ExpectNext().Text; !strings.HasPrefix(got, want) {
				t.Errorf("an order was answered %q, want %q and a price", got, want)
			}
		}
	}
	family[0].Send("/cart")
	cart := family[0].ExpectNext().Text
	if want := fmt.Sprintf("%d × Apples  €150.00\n", users*orders); !strings.HasPrefix(cart, want) {
		t.Errorf("the cart is\n%s\nwant %s", cart, want)
	}
	for _, u := range family {
		last := 0
		for i := range orders {
			at := strings.Index(cart, fmt.Sprintf("Note: %d-%d\n", u.ID, i))
			if at <= last {
				t.Errorf("the notes of user %d are missing or not in order:\n%s", u.ID, cart)
				break
			}
			last = at
		}
	}
}

// TestCheckout lets two members of a household check out one cart at the same time. It must be sold once.
func TestCheckout(t *testing.T) {
	server := open(t)
	ann, ben := server.User("Ann"), server.User("Ben")
	var presses []*tgtest.Query
	for _, u := range []*tgtest.User{ann, ben} {
		u.Send("/start smith")
		u.Send("/order 2")
	}
	ann.ExpectNext()
	ann.ExpectNext()
	ben.ExpectNext()
	ben.ExpectNext()
	users := []*tgtest.User{ann, ben}
	carts := make([]*tgtest.Message, len(users))
	for i, u := range users {
		u.Send("/cart")
		carts[i] = u.Expect("2 × Bread  €6.40\nTotal €6.40")
	}
	for i, u := range users { // now that both see the cart
		presses = append(presses, u.Press(carts[i], "Check out"))
	}
	answers := make(map[string]int)
	for _, press := range presses {
		call, err := press.Answer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		answers[call.Text()]++
	}
	if answers["Thank you!"] != 1 || answers["The cart is empty."] != 1 {
		t.Errorf("the answers are %v, want one of each kind", answers)
	}
}
