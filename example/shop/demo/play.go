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

// cast returns the people of the demo. Ann and Ben share a cart, so their updates are handled in one order.
func cast(server *tgtest.Server) []person {
	return []person{
		{server.User("Ann"), household},
		{server.User("Ben"), household},
		{server.User("Cleo"), browser},
		{server.User("Dan"), typist},
	}
}

// household joins the Smiths and orders three things without waiting for the answers.
func household(ctx context.Context, u *tgtest.User) error {
	u.Send("/start smith")
	if _, err := u.WaitFor(ctx, "Welcome to the smith household! Here is what we have."); err != nil {
		return err
	}
	for item := 1; item <= 3; item++ {
		u.Send(fmt.Sprintf("/order %d", item))
	}
	u.Send("/cart")
	_, err := u.Wait(ctx, func(m *tgtest.Message) bool { return strings.Contains(m.Text, "Total") })
	return err
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
	_, err := u.Wait(ctx, func(m *tgtest.Message) bool { return strings.Contains(m.Text, "Total") })
	return err
}
