package play

import (
	"slices"
	"strings"
	"time"

	"github.com/tggen/tggen/cmd/tggen/internal/play/script"
	"github.com/tggen/tggen/runtime/tgtest"
)

// maxEvents bounds what is recorded. Nothing more is recorded from then on, since the test would have a hole.
const maxEvents = 2000

// record holds what was clicked and what the bot did, for the test. Play's lock guards it.
type record struct {
	play   *Play
	events []script.Event
	// open are the indexes of faults for any method, in the order in which they apply. The method is known when a call has failed.
	open []int
}

// add adds an event.
func (r *record) add(e script.Event) {
	if len(r.events) == maxEvents {
		return
	}
	e.At = time.Now()
	r.events = append(r.events, e)
	r.play.board.touch(sectionRecorded, "")
}

// remove removes an event that was added at an index and did not happen after all.
func (r *record) remove(at int, do script.Action) {
	if at < len(r.events) && r.events[at].Do == do {
		r.events = slices.Delete(r.events, at, at+1)
		for i, open := range r.open {
			if open > at {
				r.open[i]--
			}
		}
		r.play.board.touch(sectionRecorded, "")
	}
}

// forget forgets all events.
func (r *record) forget() {
	r.events, r.open = nil, nil
	r.play.board.touch(sectionRecorded, "")
}

// actions returns the number of recorded actions of people and of the author.
func (r *record) actions() int {
	n := 0
	for _, e := range r.events {
		switch e.Do {
		case script.Said, script.Changed, script.Answered, script.Called:
		default:
			n++
		}
	}
	return n
}

// fault adds a fault for the next calls of a method, or of any method if it is empty.
func (r *record) fault(method, kind string, f tgtest.Fault) {
	e := script.Event{Do: script.Fail, Method: method, Fault: kind, Times: f.Times, RetryAfter: f.RetryAfter}
	if method != "" {
		r.add(e)
		return
	}
	e.Times = 1
	for range f.Times {
		if len(r.events) < maxEvents {
			r.open = append(r.open, len(r.events))
			r.add(e)
		}
	}
}

// heal adds the end of all faults. Those that have met no call are forgotten.
func (r *record) heal() {
	for _, at := range slices.Backward(r.open) {
		r.events = slices.Delete(r.events, at, at+1)
	}
	r.open = nil
	r.add(script.Event{Do: script.Heal})
}

// call adds the effect of a call.
func (r *record) call(call *tgtest.Call) {
	if f := call.Fault; f != nil && f.ExceptPolls && len(r.open) > 0 {
		r.events[r.open[0]].Method = call.Method
		r.open = r.open[1:]
	}
	if !call.OK() {
		return
	}
	e := script.Event{Update: call.UpdateID, Method: call.Method, Chat: call.ChatID(), Message: call.Params.Int("message_id")}
	switch call.Method {
	case "deleteMessage", "deleteMessages", "setMessageReaction":
		e.Do = script.Called
	case "answerCallbackQuery":
		e.Do, e.Query, e.Text = script.Answered, call.Params["callback_query_id"], call.Params["text"]
	case "answerInlineQuery":
		e.Do, e.Query = script.Answered, call.Params["inline_query_id"]
	case "answerPreCheckoutQuery":
		e.Do, e.Query, e.Text = script.Answered, call.Params["pre_checkout_query_id"], call.Params["error_message"]
	default:
		m := call.Message
		if m == nil {
			return
		}
		e.Do, e.Chat, e.Message, e.Text, e.Media = script.Said, m.Chat.ID, m.ID, m.Text, m.Media
		if strings.HasPrefix(call.Method, "edit") {
			e.Do = script.Changed
		}
		for _, row := range m.Buttons {
			var buttons []script.Button
			for _, b := range row {
				buttons = append(buttons, script.Button{Text: b.Text, Data: b.CallbackData})
			}
			e.Buttons = append(e.Buttons, buttons)
		}
	}
	r.add(e)
}

// made sets the update in the events from an index on, which one action has made.
func (r *record) made(from int, update int64) {
	for i := range r.events[min(from, len(r.events)):] {
		if e := &r.events[from+i]; e.Update == 0 {
			e.Update = update
		}
	}
}

// script returns the Go test of what was recorded.
func (r *record) script() ([]byte, error) {
	if r.actions() == 0 {
		return nil, refusef("nothing was recorded: send the bot something first")
	}
	profile := r.play.api.Profile
	recording := script.Recording{BotName: profile.FirstName, BotUsername: profile.Username}
	for i, e := range r.events {
		if !slices.Contains(r.open, i) { // a fault that has met no call
			recording.Events = append(recording.Events, e)
		}
	}
	w := &r.play.world
	for _, c := range w.order {
		if u := w.users[c.ID]; u != nil {
			recording.People = append(recording.People, script.Person{
				ID: u.ID, FirstName: u.FirstName, LastName: u.LastName, Username: u.Username, Language: "en",
			})
		} else {
			recording.Chats = append(recording.Chats, script.Chat{ID: c.ID, Type: c.Type, Title: c.Title, Username: c.Username})
		}
	}
	source, err := script.Write(recording)
	if err != nil {
		return nil, refusal{err.Error()}
	}
	return source, nil
}
