package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A cart has no lock: the constraint HouseholdOf never lets two updates of one household run at the same time.
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

// households holds the members and the cart of each household.
type households struct {
	mu      sync.Mutex
	members map[int64]string
	carts   map[string]*cart
}

// of returns the household that the user joined, or else a household of one.
func (h *households) of(user int64) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if name, ok := h.members[user]; ok {
		return name
	}
	return fmt.Sprint(user)
}

func (h *households) join(user int64, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.members[user] = name
}

func (h *households) cart(name string) *cart {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.carts[name]
	if c == nil {
		c = new(cart)
		h.carts[name] = c
	}
	return c
}

func (h *households) empty(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.carts, name)
}
