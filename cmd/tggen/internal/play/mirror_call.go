package play

import (
	"encoding/json"

	"github.com/tggen/tggen/runtime/tgtest"
)

// syncCalls takes over the new ones among the calls of the bot.
func (m *mirror) syncCalls(calls []*tgtest.Call) {
	from := len(calls)
	for from > 0 && calls[from-1].Seq >= m.calls {
		from--
	}
	for _, call := range calls[from:] {
		m.calls = call.Seq + 1
		m.play.trail.call(call)
		m.play.record.call(call)
		if call.OK() {
			m.apply(call)
		}
	}
}

// apply takes over the effect of a call.
func (m *mirror) apply(call *tgtest.Call) {
	params := call.Params
	switch call.Method {
	case "deleteMessage":
		m.delete(call.ChatID(), params.Int("message_id"))
	case "deleteMessages":
		var ids []int64
		params.Decode("message_ids", &ids)
		for _, id := range ids {
			m.delete(call.ChatID(), id)
		}
	case "setMessageReaction":
		m.touchMessage(call.ChatID(), params.Int("message_id"))
	case "answerCallbackQuery":
		m.answered(params["callback_query_id"], func(q *Query) {
			q.Text, q.Alert, q.URL = params["text"], params.Bool("show_alert"), params["url"]
		})
	case "answerPreCheckoutQuery":
		m.answered(params["pre_checkout_query_id"], func(q *Query) { q.Text = params["error_message"] })
	case "answerInlineQuery":
		m.answered(params["inline_query_id"], func(q *Query) { q.Results = results(params) })
	case "setMyCommands", "deleteMyCommands":
		m.play.board.touch(sectionBot, "")
	}
	if call.Message != nil {
		m.describe(call)
	}
}

func (m *mirror) delete(chat, id int64) {
	key := messageKey(chat, id)
	if found := m.messages[key]; found != nil && !found.deleted {
		found.deleted = true
		m.play.board.touch(sectionMessages, key)
	}
}

// describe notes what a sent message holds besides its text.
func (m *mirror) describe(call *tgtest.Call) {
	found := m.messages[messageKey(call.Message.Chat.ID, call.Message.ID)]
	if found == nil {
		return
	}
	params := call.Params
	switch call.Method {
	case "sendInvoice":
		var prices []struct {
			Amount int64 `json:"amount"`
		}
		params.Decode("prices", &prices)
		found.invoice = &Invoice{Title: params["title"], Description: params["description"], Currency: params["currency"]}
		for _, price := range prices {
			found.invoice.Amount += price.Amount
		}
	case "sendLocation", "sendVenue":
		found.note = params["title"] + " " + params["latitude"] + ", " + params["longitude"]
	case "sendContact":
		found.note = params["first_name"] + " " + params["phone_number"]
	case "sendPoll":
		found.note = params["question"]
	case "sendDice":
		found.note = params["emoji"]
	}
}

// answered notes the answer to a query.
func (m *mirror) answered(id string, set func(*Query)) {
	if q := m.queries[id]; q != nil {
		q.Answered = true
		set(q)
		m.play.board.touch(sectionQueries, id)
	}
}

// results returns the results of an inline query for the page.
func results(params tgtest.Params) []Result {
	var list []struct {
		ID          string `json:"id"`
		Title       string `json:"title"`
		Description string `json:"description"`
		Caption     string `json:"caption"`
		Type        string `json:"type"`
		Content     struct {
			Text string `json:"message_text"`
		} `json:"input_message_content"`
	}
	params.Decode("results", &list)
	all := []Result{}
	for _, r := range list {
		shown := Result{ID: r.ID, Title: r.Title, Text: r.Description}
		if shown.Title == "" {
			shown.Title = r.Type
		}
		for _, other := range []string{r.Content.Text, r.Caption} {
			if shown.Text == "" {
				shown.Text = other
			}
		}
		all = append(all, shown)
	}
	return all
}

// parameters returns the parameters of a call: those that are JSON objects or lists as such, and all others as texts.
func parameters(call *tgtest.Call) map[string]any {
	all := make(map[string]any, len(call.Params)+len(call.Files))
	for name, value := range call.Params {
		all[name] = value
		if len(value) > 0 && (value[0] == '{' || value[0] == '[') && json.Valid([]byte(value)) {
			all[name] = json.RawMessage(value)
		}
	}
	for name, f := range call.Files {
		all[name] = map[string]any{"name": f.Name, "size": len(f.Data)}
	}
	return all
}
