package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/tggen/tggen/runtime/tgtest"
)

// A person is a user and what that user does.
type person struct {
	user *tgtest.User
	part func(ctx context.Context, u *tgtest.User) error
}

// cart returns the bot's last message to the person, which shows the cart.
func (p person) cart() string {
	messages := p.user.Messages()
	return messages[len(messages)-1].Text
}

// cast returns the people of the demo. Ann and Ben share a cart.
func cast(server *tgtest.Server) []person {
	return []person{
		{server.User("Ann"), household},
		{server.User("Ben"), household},
		{server.User("Cleo"), browser},
		{server.User("Dan"), typist},
	}
}

// household joins the Smiths and orders three things, and sends all of it without waiting for an answer.
func household(ctx context.Context, u *tgtest.User) error {
	u.Send("/start smith")
	for item := 1; item <= 3; item++ {
		u.Send(fmt.Sprintf("/order %d", item))
	}
	u.Send("/cart")
	return answers(ctx, u, "Welcome to the smith household", "1 × Apples", "1 × Bread", "1 × Cheese", "Total")
}

// answers waits for the bot's next messages and checks that they contain the texts, in this order.
func answers(ctx context.Context, u *tgtest.User, texts ...string) error {
	for i, text := range texts {
		m, err := u.Wait(ctx, nil)
		if err != nil {
			return err
		}
		if !strings.Contains(m.Text, text) {
			return fmt.Errorf("answer %d is %q, want %q in it: the order is wrong", i+1, m.Text, text)
		}
	}
	return nil
}

// browser turns the pages of the catalog and presses buttons.
func browser(ctx context.Context, u *tgtest.User) error {
	u.Send("/start")
	catalog, err := u.WaitFor(ctx, "Welcome! Here is what we have.")
	if err != nil {
		return err
	}
	if _, err := u.Press(catalog, "More »").Answer(ctx); err != nil {
		return err
	}
	if _, err := u.Press(catalog, "Eggs €3.90").Answer(ctx); err != nil {
		return err
	}
	if _, err := u.Press(catalog, "Eggs €3.90").Answer(ctx); err != nil {
		return err
	}
	u.Send("/basket")
	cart, err := u.Wait(ctx, func(m *tgtest.Message) bool { return strings.Contains(m.Text, "Total") })
	if err != nil {
		return err
	}
	_, err = u.Press(cart, "Check out").Answer(ctx)
	return err
}

// typist types commands, some of them wrong, without waiting for the answers.
func typist(ctx context.Context, u *tgtest.User) error {
	for _, text := range []string{
		"hello", "/order", "/order apples", "/order 99", "/order 7 2 the green ones, please", "/order 1 0", "/order@shop_bot 4", "/cart",
	} {
		u.Send(text)
	}
	return answers(ctx, u, "I know", "item is missing", "not a whole number", "no number 99", "2 × Grapes", "At least one", "1 × Dates", "Total")
}
