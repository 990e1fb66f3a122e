package play

import (
	"encoding/json"
	"time"
)

// A State is what the page shows. It is sent whole at first, and then as patches that hold what has changed: in the maps an object
// replaces the one of its key and null deletes it, and every other field replaces the old value.
type State struct {
	Bot      Bot                 `json:"bot"`
	Build    Build               `json:"build"`
	People   map[string]*Person  `json:"people"`
	Chats    map[string]*Chat    `json:"chats"`
	Messages map[string]*Message `json:"messages"`
	Queries  map[string]*Query   `json:"queries"`
	Updates  map[string]*Update  `json:"updates"`
	Faults   []Fault             `json:"faults"`
	Recorded int                 `json:"recorded"` // the number of recorded actions
}

// The fields of a State, as its patches name them.
const (
	sectionBot      = "bot"
	sectionBuild    = "build"
	sectionPeople   = "people"
	sectionChats    = "chats"
	sectionMessages = "messages"
	sectionQueries  = "queries"
	sectionUpdates  = "updates"
	sectionFaults   = "faults"
	sectionRecorded = "recorded"
)

// mapSections are the fields that are maps.
var mapSections = []string{sectionPeople, sectionChats, sectionMessages, sectionQueries, sectionUpdates}

// A Bot is the bot that is played with.
type Bot struct {
	Name     string    `json:"name"`
	Username string    `json:"username"`
	Status   string    `json:"status"` // building, starting, running, stopped, crashed or waiting
	Run      bool      `json:"run"`    // whether play runs the bot itself
	PID      int       `json:"pid,omitempty"`
	Since    time.Time `json:"since"` // of the status
	Exit     string    `json:"exit,omitempty"`
	Log      []string  `json:"log"`
	Commands []Command `json:"commands"`
}

// The statuses of a bot.
const (
	statusBuilding = "building"
	statusStarting = "starting"
	statusRunning  = "running"
	statusStopped  = "stopped"
	statusCrashed  = "crashed"
	statusWaiting  = "waiting" // for the author to start it
)

// A Command is a command of the bot's menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// A Build is the result of generating and building the bot.
type Build struct {
	OK          bool         `json:"ok"`
	At          time.Time    `json:"at"`
	Took        Milliseconds `json:"took_ms"`
	Diagnostics []Diagnostic `json:"diagnostics"`
	Output      string       `json:"output"` // what else the compiler printed
}

// Milliseconds is a duration that is encoded as a number of milliseconds.
type Milliseconds time.Duration

// MarshalJSON implements json.Marshaler.
func (m Milliseconds) MarshalJSON() ([]byte, error) {
	return json.Marshal(milliseconds(time.Duration(m)))
}

// A Diagnostic is a mistake in the spec or in the bot's source.
type Diagnostic struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Severity string `json:"severity"` // error or warning
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Source   string `json:"source"` // the line
	Code     string `json:"code,omitempty"`
}

// A Person is a user.
type Person struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Username string `json:"username"`
	Blocked  bool   `json:"blocked,omitempty"` // the person has blocked the bot
}

// A Chat is a chat that the bot is in.
type Chat struct {
	ID       int64     `json:"id"`
	Type     string    `json:"type"`
	Title    string    `json:"title"`
	Members  []int64   `json:"members"`
	Typing   string    `json:"typing"` // the chat action of the bot, or empty
	Keyboard *Keyboard `json:"keyboard"`
}

// A Keyboard is a reply keyboard.
type Keyboard struct {
	Rows        [][]Key `json:"rows"`
	Placeholder string  `json:"placeholder,omitempty"`
	OneTime     bool    `json:"one_time,omitempty"`
	To          []int64 `json:"to,omitempty"` // the users who see it; empty: all
}

// A Key is a key of a reply keyboard.
type Key struct {
	Text string `json:"text"`
	Kind string `json:"kind"` // text, contact, location, ...
}

// A Message is the latest version of a message.
type Message struct {
	Chat      int64      `json:"chat"`
	ID        int64      `json:"id"`
	From      int64      `json:"from"` // 0: the bot; the chat's id: a post of a channel
	ViaBot    bool       `json:"via_bot,omitempty"`
	At        time.Time  `json:"at"`
	Text      string     `json:"text"`
	Entities  []Entity   `json:"entities,omitempty"`
	Kind      string     `json:"kind"`
	File      *File      `json:"file,omitempty"`
	Group     string     `json:"group,omitempty"` // media_group_id
	ReplyTo   int64      `json:"reply_to,omitempty"`
	Edited    bool       `json:"edited,omitempty"`
	Deleted   bool       `json:"deleted,omitempty"`
	Buttons   [][]Button `json:"buttons,omitempty"`
	Reactions []Reaction `json:"reactions,omitempty"`
	Invoice   *Invoice   `json:"invoice,omitempty"`
	Note      string     `json:"note,omitempty"`
	Update    int64      `json:"update,omitempty"` // the update that the message made
}

// An Entity is a part of a text with a meaning. Offset and Length count UTF-16 code units.
type Entity struct {
	Type     string `json:"type"`
	Offset   int64  `json:"offset"`
	Length   int64  `json:"length"`
	URL      string `json:"url,omitempty"`
	Language string `json:"language,omitempty"`
}

// A File is the file of a message.
type File struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int    `json:"size"`
	MIME string `json:"mime"`
}

// A Button is a button of an inline keyboard.
type Button struct {
	Text  string `json:"text"`
	Kind  string `json:"kind"` // callback, url, pay, copy, switch, web_app or game
	Value string `json:"value"`
}

// A Reaction is an emoji below a message, with those who chose it. 0 is the bot.
type Reaction struct {
	Emoji string  `json:"emoji"`
	From  []int64 `json:"from"`
}

// An Invoice is what a message asks to pay.
type Invoice struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Amount      int64  `json:"amount"` // in the smallest unit of the currency
	Currency    string `json:"currency"`
}

// A Query is a callback query, an inline query or a pre-checkout query.
type Query struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"` // callback, inline or pre_checkout
	User     int64    `json:"user"`
	Chat     int64    `json:"chat,omitempty"`
	Message  int64    `json:"message,omitempty"`
	Answered bool     `json:"answered"`
	Text     string   `json:"text,omitempty"`
	Alert    bool     `json:"alert,omitempty"`
	URL      string   `json:"url,omitempty"`
	Results  []Result `json:"results,omitempty"`
}

// A Result is a result of an inline query.
type Result struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// An Update is an update with its trail: what the bot did with it, and why.
type Update struct {
	ID         int64           `json:"id"`
	Kind       string          `json:"kind"`
	Chat       int64           `json:"chat,omitempty"`
	User       int64           `json:"user,omitempty"`
	Message    int64           `json:"message,omitempty"`
	At         time.Time       `json:"at"`
	Summary    string          `json:"summary"`
	Status     string          `json:"status"`
	Handlers   []string        `json:"handlers"`
	Steps      []Step          `json:"steps"`
	Keys       []ConstraintKey `json:"keys"`
	Shard      *int            `json:"shard,omitempty"`
	Workers    int             `json:"workers,omitempty"`
	Attempt    int             `json:"attempt"`
	Deliveries int             `json:"deliveries"`
	Waited     float64         `json:"waited_ms"`
	Took       float64         `json:"took_ms"`
	Error      string          `json:"error,omitempty"`
	Sessions   []Session       `json:"sessions"`
	Calls      []Call          `json:"calls"`
	Raw        json.RawMessage `json:"raw,omitempty"`
	Expired    string          `json:"expired,omitempty"` // the session whose state has timed out, which made the update come once more
}

// The statuses of an update.
const (
	updateQueued   = "queued"  // the bot has not taken it
	updateWaiting  = "waiting" // in the bot
	updateRunning  = "running"
	updateHandled  = "handled"
	updateFailed   = "failed"
	updateTimedOut = "timed_out"
	updateDropped  = "dropped"  // no handler wants its kind
	updateRepeated = "repeated" // recognized as one that was taken before
	updateLost     = "lost"     // the bot ended before it was handled, and it will not come again
)

// A Step is a handler that the bot tried.
type Step struct {
	Handler string `json:"handler"`
	Trigger string `json:"trigger"`
	Outcome string `json:"outcome"` // ran, runs, perhaps, no or not reached
	Why     string `json:"why,omitempty"`

	goesOn bool // the next handlers are tried after it has run
}

// A ConstraintKey is a key by which an update is kept in order.
type ConstraintKey struct {
	Constraint string `json:"constraint"`
	Text       string `json:"text"`
}

// A Session is a session that an update has loaded or changed.
type Session struct {
	Name   string          `json:"name"`
	Key    string          `json:"key"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	// Changed says that a change is committed. Otherwise the session was only loaded, and there is no After.
	Changed bool `json:"changed,omitempty"`
}

// A Call is a call of the bot for an update.
type Call struct {
	Method string         `json:"method"`
	Params map[string]any `json:"params"`
	OK     bool           `json:"ok"`
	Code   int            `json:"code"`
	Answer string         `json:"answer"` // a short text of the result, or the description of the error
	Took   float64        `json:"took_ms"`
	At     time.Time      `json:"at"`

	seq int // the number among the calls of the update
}

// A Fault is what will happen to the next calls.
type Fault struct {
	Method     string `json:"method"` // empty: any
	Kind       string `json:"kind"`   // 429, 500, reset or timeout
	Times      int    `json:"times"`
	RetryAfter int64  `json:"retry_after,omitempty"`
}
