package trace

import (
	"encoding/json"
	"time"
)

// An Event says what happened.
type Event string

// The events. The comments name the fields that their records have besides At, Event and Update.
const (
	// Taken: the update was put into the sink. Keys, Shard, Workers, Expired.
	Taken Event = "taken"
	// Started: an attempt to handle the update begins. Attempt, Shard, Waited.
	Started Event = "started"
	// Entered: a handler has matched. It runs, or first looks for what it needs, parses its arguments, or waits for an earlier handler
	// that is tried again. Handler, Attempt.
	Entered Event = "entered"
	// Passed: the handler that was entered last does not run after all, because what it needs was not found. Handler, Attempt.
	Passed Event = "passed"
	// Loaded: a session was loaded for the update. Session, SessionKey, Before.
	Loaded Event = "loaded"
	// Committed: a session was changed and the change is in the store. Session, SessionKey, Before, After. Update is 0 if code outside
	// of handlers has changed it.
	Committed Event = "session"
	// Called: a call of the Bot API has ended. Method, Seq, Requests, Took, Error. Update is 0 if no handler has made the call.
	Called Event = "called"
	// Finished: an attempt is over. Outcome, Attempt, Took, Wait, Error.
	Finished Event = "finished"
	// Dropped: no handler wants updates of this kind.
	Dropped Event = "dropped"
	// Repeated: the update came again, and is not handled again because of that.
	Repeated Event = "repeated"
	// Lost: Count records are missing here, because the receiver was slow or failed.
	Lost Event = "lost"
)

// An Outcome says how an attempt to handle an update ended.
type Outcome string

const (
	// Handled: the handlers have returned no error, or no handler matched.
	Handled Outcome = "handled"
	// Failed: a handler has returned an error or panicked, and no other attempt is made.
	Failed Outcome = "failed"
	// Retried: a handler has failed, and another attempt is made after Record.Wait.
	Retried Outcome = "retried"
	// TimedOut: the time of the handler is over, and it has not returned. It may have another record when it returns: see Abandoned.
	TimedOut Outcome = "timed_out"
	// Abandoned: a handler that had timed out has returned now. What became of the update was decided at the time-out.
	Abandoned Outcome = "abandoned"
	// Stopped: a stop has ended the handler's context, and the handler has returned an error. The update is unfinished.
	Stopped Outcome = "stopped"
	// NotOurs: the update was not handled here, because another process owns its partition of the queue by now.
	NotOurs Outcome = "dropped"
)

// A Record says that something happened to an update. [Event] says which fields are set; all others are zero.
type Record struct {
	// At is when it happened.
	At time.Time `json:"at"`
	// Event is what happened.
	Event Event `json:"event"`
	// Update is the id of the update.
	Update int64 `json:"update,omitempty"`

	// Keys are the constraints of the update. The first one decides the shard.
	Keys []Key `json:"keys,omitempty"`
	// Shard is the shard of the update, from 0, out of Workers.
	Shard int `json:"shard,omitempty"`
	// Workers is the number of shards.
	Workers int `json:"workers,omitempty"`
	// Expired is the name of the session whose state has timed out. The update is then the one that entered the state, once more.
	Expired string `json:"expired,omitempty"`

	// Attempt counts the attempts, from 1.
	Attempt int `json:"attempt,omitempty"`
	// Waited is the time from Taken to Started, in nanoseconds.
	Waited time.Duration `json:"waited,omitempty"`
	// Handler is the name of the handler in spec.yaml.
	Handler string `json:"handler,omitempty"`

	// Session is the name of the session in spec.yaml.
	Session string `json:"session,omitempty"`
	// SessionKey says whose session it is, such as "42" or "-100123:42".
	SessionKey string `json:"key,omitempty"`
	// Before is the value that was loaded. It is nil if the store has none, so that the session has its initial value.
	Before *Value `json:"before,omitempty"`
	// After is the new value. It is nil if the session is back at its initial state, so that the store keeps none.
	After *Value `json:"after,omitempty"`

	// Method is the method of the Bot API.
	Method string `json:"method,omitempty"`
	// Seq is the number of the call, from 1 for each update and process. It is the number in [CallHeader].
	Seq int `json:"seq,omitempty"`
	// Requests is how many HTTP requests the call took. It is 0 if the journal knew the result, or if the call was refused before.
	Requests int `json:"requests,omitempty"`

	// Outcome is how the attempt ended.
	Outcome Outcome `json:"outcome,omitempty"`
	// Took is how long the call or the attempt took, in nanoseconds.
	Took time.Duration `json:"took,omitempty"`
	// Wait is how long it takes until the next attempt, in nanoseconds.
	Wait time.Duration `json:"wait,omitempty"`
	// Error is the text of the error, at most [MaxError] bytes of it. It does not show the bot's token.
	Error string `json:"error,omitempty"`

	// Count is the number of lost records.
	Count int `json:"count,omitempty"`
}

// MaxError bounds [Record].Error, in bytes.
const MaxError = 4096

// A Key is a constraint of an update.
type Key struct {
	// Constraint is the built-in constraint that the key is of: chat, user, chat_user or topic. It is empty if a function of the author's
	// has returned the key.
	Constraint string `json:"constraint,omitempty"`
	// Text is the text of the key. Updates with the same text are handled in order.
	Text string `json:"text"`
}

// A Value is what a session holds.
type Value struct {
	// State is the name of the state. It is empty if the session has only data.
	State string `json:"state,omitempty"`
	// Data is the data as JSON. It is nil for a state without fields.
	Data json.RawMessage `json:"data,omitempty"`
}
