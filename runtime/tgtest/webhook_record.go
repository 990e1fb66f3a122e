package tgtest

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// A Delivery is one attempt to deliver an update to a webhook. It is recorded when the attempt ends. An attempt that
// setWebhook, deleteWebhook or [Server.Close] cuts off is not recorded.
type Delivery struct {
	Seq      int           `json:"seq"`  // counts from 0, in the order in which the attempts end
	Time     time.Time     `json:"time"` // when the update was sent
	Took     time.Duration `json:"took"` // in nanoseconds
	UpdateID int64         `json:"update_id"`
	Kind     string        `json:"kind"`
	Attempt  int           `json:"attempt"` // of this update, counts from 1
	// Code is the HTTP status of the answer. It is 0 if there was none.
	Code int `json:"code"`
	// Error says why the update was not delivered, in the official server's words. It is empty for an answer with 2xx.
	Error string `json:"error,omitempty"`
	// Confirmed says that the update is confirmed, so that it is not delivered again.
	Confirmed bool `json:"confirmed"`
	// Dropped says that the attempt failed and the update would have expired by the next one.
	Dropped bool `json:"dropped"`
}

// String returns the kind and the id of the update, and the answer or the error.
func (d Delivery) String() string {
	s := fmt.Sprintf("%s %d, attempt %d: ", d.Kind, d.UpdateID, d.Attempt)
	if d.Error != "" {
		s += d.Error
	} else {
		s += fmt.Sprint(d.Code)
	}
	if d.Dropped {
		s += ", dropped"
	}
	return s
}

// Deliveries returns the attempts so far to deliver updates to webhooks.
func (b *Bot) Deliveries() []Delivery {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	return slices.Clone(b.deliveries.from(0))
}

// WaitDelivery returns the first delivery for which match returns true. It looks at earlier deliveries too, and waits if there is
// none yet. It ends with an error when ctx or the server's patience ([WithPatience]) ends.
func (b *Bot) WaitDelivery(ctx context.Context, match func(Delivery) bool) (Delivery, error) {
	var found Delivery
	next := 0
	err := b.awaitPatiently(ctx, "a delivery to the webhook", func() bool {
		next = max(next, b.deliveries.dropped)
		for _, d := range b.deliveries.from(next) {
			next++
			if match(d) {
				found = d
				return true
			}
		}
		return false
	})
	return found, err
}

// Delivering returns the number of updates that are being delivered to the webhook.
func (b *Bot) Delivering() int {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	return b.delivering()
}

// webhookSituation says what happens at the webhook, for the error of a wait. The lock must be held.
func (b *Bot) webhookSituation() string {
	text := "its webhook is " + b.webhook.url
	if n := b.delivering(); n > 0 {
		text += fmt.Sprintf(", %d updates are being delivered", n)
	}
	all := b.deliveries.from(0)
	if len(all) == 0 {
		return text + ", nothing was delivered"
	}
	return fmt.Sprintf("%s, the last of %d deliveries was %v", text, b.deliveries.end(), all[len(all)-1])
}
