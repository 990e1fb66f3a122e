package status

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"
)

// A writer writes the page. html/template would add reflection, and with it a megabyte, to the binary of a bot.
type writer struct{ strings.Builder }

// tag writes an element with a text.
func (w *writer) tag(name string, content any) {
	text := fmt.Sprint(content)
	switch v := content.(type) {
	case time.Time:
		text = "never"
		if !v.IsZero() {
			text = v.UTC().Format(time.DateTime)
		}
	case Seconds:
		text = time.Duration(v).Round(time.Millisecond).String()
	case bool:
		text = "no"
		if v {
			text = "yes"
		}
	}
	element, _, _ := strings.Cut(name, " ")
	w.WriteString("<" + name + ">" + html.EscapeString(text) + "</" + element + ">")
}

// A row is a label and a value.
type row struct {
	label string
	value any
}

// facts writes a heading and a table of labels and values.
func (w *writer) facts(heading string, rows ...row) {
	w.tag("h2", heading)
	w.WriteString("<table>\n")
	for _, r := range rows {
		w.WriteString("<tr>")
		w.tag(`th scope="row"`, r.label)
		w.tag("td", r.value)
		w.WriteString("</tr>\n")
	}
	w.WriteString("</table>\n")
}

// list writes a heading and a table of handlers.
func (w *writer) list(heading string, l List) {
	w.tag("h2", fmt.Sprintf("%s: %d", heading, l.Total))
	if l.Total == 0 {
		return
	}
	if l.Total > len(l.Handlers) {
		w.tag("p", fmt.Sprintf("The %d that have run longest:", len(l.Handlers)))
	}
	w.WriteString("<table>\n<tr>")
	for _, heading := range []string{"handler", "running for", "since (UTC)", "waited", "chat", "user", "update", "kind", "shard", "constraints"} {
		w.tag(`th scope="col"`, heading)
	}
	w.WriteString("</tr>\n")
	for _, a := range l.Handlers {
		constraints := "held"
		if a.Released {
			constraints = "released"
		}
		w.WriteString("<tr>")
		for _, cell := range []any{a.Handler, a.Took, a.Since, a.Waited, a.Chat, a.User, a.ID, a.Kind, a.Shard, constraints} {
			w.tag("td", cell)
		}
		w.WriteString("</tr>\n")
	}
	w.WriteString("</table>\n")
}

const head = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<style>
:root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif }
body { margin: 1rem auto; max-width: 70rem; padding: 0 1rem; overflow-x: auto }
table { border-collapse: collapse }
th, td { border-bottom: 1px solid #8888; padding: .2rem 1rem .2rem 0; text-align: left; font-variant-numeric: tabular-nums }
</style>
`

// page returns the report as a page without scripts.
func page(r *Report) string {
	w := new(writer)
	name := "a bot"
	if r.Bot.Username != "" {
		name = "@" + r.Bot.Username
	}
	w.WriteString(head)
	w.tag("title", name+": "+r.State)
	w.WriteString("\n</head>\n<body>\n")
	w.tag("h1", name+": "+r.State)
	w.facts("State",
		row{"live", r.Live.text()}, row{"ready", r.Ready.text()}, row{"id", r.Bot.ID}, row{"now (UTC)", r.Now},
		row{"started (UTC)", r.Started}, row{"source", r.Source}, row{"delivery", r.Delivery})
	w.list("Stuck handlers", r.Stuck)
	u := r.Updates
	oldest := "none"
	if o := u.Oldest; o != nil {
		oldest = fmt.Sprintf("%s %d, for %v, chat %d, user %d", o.Kind, o.ID, time.Duration(o.Age).Round(time.Millisecond), o.Chat, o.User)
		if o.Handler != "" {
			oldest += ", handler " + o.Handler
		}
	}
	w.facts("Updates in hand",
		row{"oldest", oldest}, row{"queued", u.Queued}, row{"waiting for another attempt", u.Retrying}, row{"running", u.Running},
		row{"timed out and not returned", u.Abandoned}, row{"bytes", u.Bytes}, row{"room for more", u.HasRoom})
	w.list("Running handlers", r.Running)
	w.facts("Counters",
		row{"handled", u.Handled}, row{"failed", u.Failed}, row{"timed out", u.TimedOut}, row{"stuck", u.Stuck}, row{"attempts made again", u.Retried})
	if p := r.Polling; p != nil {
		w.facts("Polling",
			row{"last answer (UTC)", p.LastAnswer}, row{"answered polls", p.Polls}, row{"failed polls", p.Failures},
			row{"updates", p.Fetched}, row{"dropped", p.Dropped}, row{"duplicates", p.Duplicates})
	}
	if h := r.Webhook; h != nil {
		w.facts("Webhook",
			row{"last update (UTC)", h.LastUpdate}, row{"updates", h.Received}, row{"dropped", h.Dropped}, row{"duplicates", h.Duplicates},
			row{"refused, to come again", h.Refused}, row{"without the secret", h.Unauthorized}, row{"invalid", h.Invalid})
		w.facts("Webhook, as the server sees it", h.Registration.rows()...)
	}
	if r.Queue != nil {
		w.facts("Queue", r.Queue.rows()...)
	}
	if r.Store != nil {
		w.facts("Store of the sessions", r.Store.rows()...)
	}
	if r.Journal != nil {
		w.facts("Journal of calls", append(r.Journal.rows(), row{"records to be deleted", r.Journal.Deletions})...)
	}
	w.WriteString("</body>\n</html>\n")
	return w.String()
}

func (v Verdict) text() string {
	if v.OK {
		return "yes"
	}
	return "no: " + v.Fault
}

func (r *Registration) rows() []row {
	rows := []row{{"state", r.State}}
	if r.Error != "" {
		rows = append(rows, row{"error", r.Error})
	}
	rows = append(rows, row{"asked (UTC)", r.Asked}, row{"updates to be delivered", r.Pending})
	if r.LastError == "" {
		return append(rows, row{"last error of a delivery", "none"})
	}
	return append(rows, row{"last error of a delivery", r.LastError}, row{"at (UTC)", r.LastErrorAt})
}

func (q *Queue) rows() []row {
	state, leader, partitions := "works", q.Leader, "none"
	if q.Error != "" {
		state = "does not work: " + q.Error
	}
	switch {
	case q.Leading:
		leader = "this process"
	case leader == "":
		leader = "none"
	}
	if len(q.Partitions) > 0 {
		partitions = strings.Trim(fmt.Sprint(q.Partitions), "[]")
	}
	return []row{
		{"state", state}, {"updates that are not done", q.Backlog}, {"dead letters", q.DeadLetters}, {"processes", q.Processes},
		{"leader", leader}, {"partitions of this process", partitions}, {"updates that this process has received", q.Held},
	}
}

func (s *Store) rows() []row {
	if !s.Failing {
		return []row{{"state", "works"}}
	}
	return []row{{"state", "fails"}, {"since (UTC)", s.FailingSince}, {"failures", strconv.Itoa(s.Failures)}}
}
