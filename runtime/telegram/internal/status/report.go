package status

import (
	"strconv"
	"time"
)

// A Report is what /statusz shows. It has ids and names of the spec, and nothing that a user wrote.
type Report struct {
	State    string    `json:"state"`
	Live     Verdict   `json:"live"`  // filled in by Handler
	Ready    Verdict   `json:"ready"` // filled in by Handler
	Bot      Bot       `json:"bot"`
	Now      time.Time `json:"now"`
	Started  time.Time `json:"started,omitzero"`
	Source   string    `json:"source"`
	Delivery string    `json:"delivery"`

	Polling *Polling `json:"polling,omitempty"`
	Webhook *Webhook `json:"webhook,omitempty"`
	Queue   *Queue   `json:"queue,omitempty"`
	Updates Updates  `json:"updates"`
	Stuck   List     `json:"stuck"`   // the handlers that have timed out
	Running List     `json:"running"` // the others
	Store   *Store   `json:"store,omitempty"`
	Journal *Journal `json:"journal,omitempty"`
}

// A Verdict is the answer of a probe.
type Verdict struct {
	OK    bool   `json:"ok"`
	Fault string `json:"fault,omitempty"`
}

// A Bot is who the bot is. It is empty before the server has said so.
type Bot struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
}

// Polling counts what the poller did.
type Polling struct {
	LastAnswer time.Time `json:"last_answer,omitzero"`
	Polls      int64     `json:"polls"`
	Failures   int64     `json:"failures"`
	Fetched    int64     `json:"fetched"`
	Dropped    int64     `json:"dropped"`
	Duplicates int64     `json:"duplicates"`
}

// Webhook counts what the webhook did.
type Webhook struct {
	LastUpdate   time.Time `json:"last_update,omitzero"`
	Received     int64     `json:"received"`
	Dropped      int64     `json:"dropped"`
	Duplicates   int64     `json:"duplicates"`
	Refused      int64     `json:"refused"`
	Unauthorized int64     `json:"unauthorized"`
	Invalid      int64     `json:"invalid"`

	Registration Registration `json:"registration"`
}

// A Registration is what the server was told about a webhook, and what it says.
type Registration struct {
	State string `json:"state"` // whether the webhook is set
	Error string `json:"error,omitempty"`

	Asked       time.Time `json:"asked,omitzero"` // when the server said what follows
	Pending     int64     `json:"pending"`        // the updates that wait to be delivered
	LastError   string    `json:"last_error,omitempty"`
	LastErrorAt time.Time `json:"last_error_at,omitzero"`
}

// A Queue is the state of the durable queue, as this process sees it.
type Queue struct {
	Error       string `json:"error,omitempty"` // why it does not work now
	Backlog     int64  `json:"backlog"`         // updates that are stored and not done, of all partitions
	DeadLetters int64  `json:"dead_letters"`
	Processes   int    `json:"processes"`  // that share the work
	Partitions  []int  `json:"partitions"` // of this process
	Held        int    `json:"held"`       // updates that this process has received and not done
	Leading     bool   `json:"leading"`    // this process may poll
	Leader      string `json:"leader,omitempty"`
}

// Updates are the updates in hand, and what became of others.
type Updates struct {
	HasRoom   bool    `json:"has_room"`
	Queued    int     `json:"queued"`
	Retrying  int     `json:"retrying"`
	Running   int     `json:"running"`
	Abandoned int     `json:"abandoned"`
	Bytes     int64   `json:"bytes"`
	Oldest    *Oldest `json:"oldest,omitempty"`

	Handled  int64 `json:"handled"`
	Failed   int64 `json:"failed"`
	TimedOut int64 `json:"timed_out"`
	Stuck    int64 `json:"stuck"`
	Retried  int64 `json:"retried"`
}

// An Update names an update. 0 stands for no chat, and no user.
type Update struct {
	ID      int64  `json:"update"`
	Kind    string `json:"kind"`
	Chat    int64  `json:"chat"`
	User    int64  `json:"user"`
	Handler string `json:"handler"`
}

// Oldest is the oldest update in hand.
type Oldest struct {
	Update
	Age Seconds `json:"age_seconds"`
}

// A List is a list of handlers, those that have run longest first, cut off after some.
type List struct {
	Total    int        `json:"total"`
	Handlers []Activity `json:"handlers"`
}

// MaxListed is how many handlers a list shows.
const MaxListed = 100

// Add adds a handler to the list, or counts it only.
func (l *List) Add(a Activity) {
	if l.Total++; l.Total <= MaxListed {
		l.Handlers = append(l.Handlers, a)
	}
}

// An Activity is a handler that has started and not returned.
type Activity struct {
	Update
	Shard    int       `json:"shard"`
	Since    time.Time `json:"since"`
	Took     Seconds   `json:"took_seconds"`
	Waited   Seconds   `json:"waited_seconds"`
	Released bool      `json:"released,omitempty"` // its constraints are released
}

// A Store is the state of the store of the sessions or of the journal.
type Store struct {
	Failing      bool      `json:"failing"`
	FailingSince time.Time `json:"failing_since,omitzero"`
	Failures     int       `json:"failures,omitempty"` // since then
}

// A Journal is the state of the journal of calls.
type Journal struct {
	Store
	Deletions int `json:"deletions"` // the records that wait to be deleted
}

// Seconds is a duration that is a number of seconds in JSON.
type Seconds time.Duration

// MarshalJSON implements json.Marshaler.
func (s Seconds) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, time.Duration(s).Round(time.Millisecond).Seconds(), 'f', -1, 64), nil
}
