package tgtest

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest/internal/markup"
)

// inlineResult is an InlineQueryResult, as far as the server knows it.
type inlineResult struct {
	Type    string          `json:"type"`
	ID      string          `json:"id"`
	Caption string          `json:"caption"`
	Mode    string          `json:"parse_mode"`
	Markup  json.RawMessage `json:"reply_markup"`
	Content *struct {
		Text     string                  `json:"message_text"`
		Mode     string                  `json:"parse_mode"`
		Entities []gotgbot.MessageEntity `json:"entities"`
	} `json:"input_message_content"`
}

// Choose chooses a result of an inline query that the bot has answered: the user sends the result's message to the chat, via
// the bot. The bot receives the message, and a chosen_inline_result. If the message has buttons, it also has an
// [Message.InlineMessageID], under which the bot can edit it, and a press of a button names the message by that id. Choose
// fails the test if the bot has not answered the query with such a result: wait with [Query.Answer] first.
func (m *Member) Choose(query *Query, resultID string) *Message {
	s := m.server
	s.tbHelper()
	m.checkNoChannel()
	s.mu.Lock()
	message, problem := s.chosen(m, query, resultID)
	if problem != "" {
		s.mu.Unlock()
		s.failf("%s", problem)
		return nil
	}
	defer s.mu.Unlock()
	s.sayLocked(message)
	if message.InlineMessageID != "" {
		s.world.inline[message.InlineMessageID] = message
	}
	o := object(`"chosen_inline_result":`)
	o.open()
	o.raw("from", m.user.encoded)
	o.text("inline_message_id", message.InlineMessageID)
	o.str("query", query.Data)
	o.str("result_id", resultID)
	o.close()
	query.bot.enqueue(newBody("chosen_inline_result", o), time.Now())
	return message
}

// chosen returns the message of an inline result, or why the result has no message.
func (s *Server) chosen(m *Member, query *Query, resultID string) (message *Message, problem string) {
	var answer *Call
	for _, call := range query.bot.calls.from(0) {
		if call.Method == query.method && call.Params[query.param] == query.ID && call.OK() {
			answer = call
		}
	}
	if answer == nil || query.method != "answerInlineQuery" {
		return nil, "the bot has not answered the inline query " + strconv.Quote(query.Data)
	}
	var results []json.RawMessage
	if answer.Params.Decode("results", &results) != nil {
		return nil, "the results of the inline query " + strconv.Quote(query.Data) + " are not a list"
	}
	for _, raw := range results {
		var result inlineResult
		if json.Unmarshal(raw, &result) == nil && result.ID == resultID {
			return s.viaBot(m, query.bot, result, raw)
		}
	}
	return nil, "the bot offers no result " + strconv.Quote(resultID) + " for the inline query " + strconv.Quote(query.Data)
}

// viaBot returns the message that a user sends with an inline result.
func (s *Server) viaBot(m *Member, b *Bot, result inlineResult, raw json.RawMessage) (message *Message, problem string) {
	message = &Message{Chat: m.Chat, From: m.user, ViaBot: true, Bot: b}
	if refused := setMarkup(message, Params{"reply_markup": string(result.Markup)}); refused != nil {
		return nil, "the result " + result.ID + ": " + refused.description
	}
	var err error
	if content := result.Content; content != nil {
		message.Text, message.Entities, err = markup.Format(content.Text, content.Mode, content.Entities)
	} else {
		message.caption = true
		message.Text, message.Entities, err = markup.Format(result.Caption, result.Mode, nil)
		message.Media = inlineMedia(result.Type)
		if _, isFile := fileFields[message.Media]; isFile {
			message.content = s.world.fileContent(message.Media, s.inlineFile(result.Type, message.Media, raw))
		}
	}
	if err != nil {
		return nil, "the result " + result.ID + ": " + err.Error()
	}
	if len(message.markup) > 0 {
		s.world.lastInline++
		message.InlineMessageID = "tgtest-inline-" + strconv.FormatInt(s.world.lastInline, 10)
	}
	return message, ""
}

// inlineMedia returns the field of a message for a type of inline result.
func inlineMedia(resultType string) string {
	if resultType == "gif" || resultType == "mpeg4_gif" {
		return "animation"
	}
	return resultType
}

// inlineFile returns the id of an inline result's file, which the bot names by its id or by a URL.
func (s *Server) inlineFile(resultType, field string, raw json.RawMessage) string {
	var fields map[string]json.RawMessage
	json.Unmarshal(raw, &fields) // it has been decoded before
	var id, url string
	json.Unmarshal(fields[resultType+"_file_id"], &id)
	json.Unmarshal(fields[resultType+"_url"], &url)
	if _, known := s.world.files[id]; known {
		return id
	}
	return s.world.storeFile(File{Name: fileName(url)}, field)
}
