package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A cart holds what a household wants to buy. It has no lock of its own: households locks it.
type cart struct {
	lines []line
	notes []string
}

type line struct {
	product
	qty int
}

func (c *cart) add(p product, qty int) {
	i := slices.IndexFunc(c.lines, func(l line) bool { return l.ID == p.ID })
	if i < 0 {
		c.lines = append(c.lines, line{p, qty})
		return
	}
	c.lines[i].qty += qty
}

func (c *cart) total() (cents int64) {
	for _, l := range c.lines {
		cents += l.Cents * int64(l.qty)
	}
	return cents
}

func (c *cart) String() string {
	if len(c.lines) == 0 {
		return "The cart is empty."
	}
	var b strings.Builder
	for _, l := range c.lines {
		fmt.Fprintf(&b, "%d × %s  %s\n", l.qty, l.Name, price(l.Cents*int64(l.qty)))
	}
	for _, note := range c.notes {
		fmt.Fprintf(&b, "Note: %s\n", note)
	}
	fmt.Fprintf(&b, "Total %s", price(c.total()))
	return b.String()
}

// households holds the members and the carts of the households.
//
// The constraint user keeps the updates of each user in order. It says nothing about two users of one household: their
// updates are handled at the same time, so the households need a lock. A constraint cannot replace it. The bot computes
// the constraints of an update when the update arrives. At that moment, a "/start smith" that arrived just before may
// still wait for its turn, so nobody knows yet which household the user is in.
type households struct {
	mu      sync.Mutex
	members map[int64]string
	carts   map[string]*cart
}

func newHouseholds() *households {
	return &households{members: make(map[int64]string), carts: make(map[string]*cart)}
}

// join makes the user a member of a household.
func (h *households) join(user int64, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.members[user] = name
}

// add puts a product into the user's cart, with a note unless it is empty. It returns the name of the cart and its new
// total.
func (h *households) add(user int64, p product, qty int, note string) (name string, cents int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	name, c := h.cart(user)
	c.add(p, qty)
	if note != "" {
		c.notes = append(c.notes, note)
	}
	return name, c.total()
}

// show returns the text of the user's cart.
func (h *households) show(user int64) (text string, empty bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, c := h.cart(user)
	return c.String(), len(c.lines) == 0
}

// checkout empties the user's cart and returns the text of what was in it. Of two members who check out at the same time,
// one gets the cart, and the other finds it empty.
func (h *households) checkout(user int64) (text string, empty bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, c := h.cart(user)
	text, empty = c.String(), len(c.lines) == 0
	*c = cart{}
	return text, empty
}

// cart returns the cart of the user's household and its name for messages. A user who joined no household has a cart of
// one's own. The lock must be held.
func (h *households) cart(user int64) (name string, c *cart) {
	key, name := fmt.Sprint("user ", user), "the cart"
	if household, joined := h.members[user]; joined {
		key, name = "household "+household, "the cart of the "+household+" household"
	}
	if h.carts[key] == nil {
		h.carts[key] = new(cart)
	}
	return name, h.carts[key]
}
