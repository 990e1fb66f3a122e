package tgtest

import (
	"time"

	"github.com/tggen/tggen/runtime/tgtest/internal/webhook"
)

// A DeliveryFault describes how the delivery of an update to a webhook goes wrong on the way or at the server. An answer of the
// bot that is not 2xx needs no fault: let the bot's handler give it. Fields may be combined.
type DeliveryFault struct {
	// Delay is how long the server waits before it sends the update. Meanwhile the update counts as under way.
	Delay time.Duration
	// Timeout is how long the server waits for the answer. Then it closes the connection, and the update counts as not
	// delivered. The default is 60 s, as on the official server.
	Timeout time.Duration
	// ResetMidBody sends the first half of the update and resets the connection.
	ResetMidBody bool
	// CloseBeforeAnswer sends the whole update and closes the connection at once. It does not reset the connection, because
	// the system may discard what the bot has not read by then.
	CloseBeforeAnswer bool
	// LoseAnswer waits for the answer and closes the connection as if none had come. The update counts as not delivered.
	LoseAnswer bool
	// Duplicate delivers the update again at once although the bot has answered 2xx.
	Duplicate bool

	// Times is the number of deliveries that the fault applies to. The default is 1. A negative number means every delivery.
	Times int
}

// deliveryFault is a DeliveryFault with what is left of it.
type deliveryFault struct {
	DeliveryFault
	kind string // empty = every kind
	left int    // number of deliveries that it still applies to; negative: no limit
}

// FailDelivery makes the next deliveries of updates of a kind, such as message, fail as f describes. The empty kind means every
// kind. Several faults of one kind apply one after another, in the order of the calls to FailDelivery. Each attempt counts as a
// delivery.
func (b *Bot) FailDelivery(kind string, f DeliveryFault) {
	if f.Times == 0 {
		f.Times = 1
	}
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	b.deliveryFaults = append(b.deliveryFaults, &deliveryFault{DeliveryFault: f, kind: kind, left: f.Times})
}

// HealDelivery removes the remaining faults of a kind of update. The empty kind removes all faults of deliveries.
func (b *Bot) HealDelivery(kind string) {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	kept := b.deliveryFaults[:0]
	for _, f := range b.deliveryFaults {
		if kind != "" && f.kind != kind {
			kept = append(kept, f)
		}
	}
	clear(b.deliveryFaults[len(kept):])
	b.deliveryFaults = kept
}

// takeDeliveryFault returns the fault for a delivery and counts it, or returns the zero value.
func (b *Bot) takeDeliveryFault(kind string) DeliveryFault {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	for i, f := range b.deliveryFaults {
		if f.kind != "" && f.kind != kind {
			continue
		}
		if f.left > 0 {
			if f.left--; f.left == 0 {
				b.deliveryFaults = append(b.deliveryFaults[:i], b.deliveryFaults[i+1:]...)
			}
		}
		return f.DeliveryFault
	}
	return DeliveryFault{}
}

// damage returns what the fault does to the connection.
func (f DeliveryFault) damage() webhook.Damage {
	return webhook.Damage{
		Timeout:           f.Timeout,
		ResetMidBody:      f.ResetMidBody,
		CloseBeforeAnswer: f.CloseBeforeAnswer,
		LoseAnswer:        f.LoseAnswer,
	}
}
