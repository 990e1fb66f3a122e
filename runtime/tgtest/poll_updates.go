package tgtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/tggen/tggen/runtime/tgtest/internal/webhook"
)

// keptUpdates is how many updates a bot's log holds at least.
const keptUpdates = 10_000

// An Update is an update that the server has queued for a bot.
type Update struct {
	ID   int64     `json:"update_id"`
	Kind string    `json:"kind"`
	Time time.Time `json:"time"` // when it was queued
	// Raw is the update as the bot receives it.
	Raw []byte `json:"-"`
	// Deliveries is how often it was sent: in answers to getUpdates, or to a webhook.
	Deliveries int `json:"deliveries"`
	// Pending says that the bot has not confirmed it, or that it is about to come again: see [Bot.Redeliver].
	Pending bool `json:"pending"`
}

// loggedUpdate is an update in the log.
type loggedUpdate struct {
	id         int64
	at         time.Time
	body       []byte
	deliveries int
}

// Updates returns the updates with an id of at least id that were queued so far, in the order in which they were queued. The server
// remembers the 10,000 newest of them, and no update that it has dropped.
func (b *Bot) Updates(id int64) []Update {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	var all []Update
	for _, u := range b.updates.from(0) {
		if u.id < id {
			continue
		}
		all = append(all, Update{
			ID: u.id, Kind: kindOf(u.body), Time: u.at, Raw: appendUpdate(nil, u.id, u.body), Deliveries: u.deliveries,
			Pending: b.queue.has(u.id),
		})
	}
	return all
}

// Redeliver sends an update to the bot again, under its id, as the official server does if the confirmation was lost: with the next
// getUpdates, whatever its offset is, or to the webhook. It does nothing if the update is about to come again anyway. It returns an error
// if the server does not remember the update: see [Bot.Updates].
func (b *Bot) Redeliver(id int64) error {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	u := b.logged(id)
	if u == nil {
		return fmt.Errorf("there is no update %d to deliver again", id)
	}
	now := time.Now()
	b.queue.repeat(event{id: id, expires: now.Add(lifetime(kindOf(u.body))), body: u.body})
	b.active = now
	b.wakeWaiting(now)
	if b.webhook.push != nil {
		b.webhook.push.signal()
	}
	b.server.changes.notify()
	return nil
}

// logged returns the newest update with an id, or nil. The lock must be held.
func (b *Bot) logged(id int64) *loggedUpdate {
	all := b.updates.from(0)
	if len(all) == 0 {
		return nil
	}
	// The ids are consecutive, except where they were restarted.
	if at := int64(len(all)) - 1 - (all[len(all)-1].id - id); 0 <= at && at < int64(len(all)) && all[at].id == id {
		return all[at]
	}
	for _, u := range slices.Backward(all) {
		if u.id == id {
			return u
		}
	}
	return nil
}

// delivered notes that updates are sent to the bot. The lock must be held.
func (b *Bot) delivered(batch []event) {
	for _, e := range batch {
		if u := b.logged(e.id); u != nil {
			u.deliveries++
		}
	}
}

// loadAgain adds the updates to the schedule that are to be delivered again. Each stays in the queue until the webhook has confirmed it.
// The lock must be held.
func (p *push) loadAgain(now time.Time) {
	for _, e := range p.bot.queue.again {
		if !p.again[e.id] {
			p.again[e.id] = true
			p.schedule.Add(webhook.Update{ID: e.id, Queue: webhook.QueueOf(e.body), Expires: e.expires, Body: e.body}, now)
		}
	}
}
