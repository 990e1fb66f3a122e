package play

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/tgtest"
)

// kinds are the kinds of messages for the page, by the name of the content's field in the Bot API. All others are service messages.
var kinds = map[string]string{
	"": "text", "photo": "photo", "document": "document", "video": "video", "video_note": "video", "voice": "voice", "sticker": "sticker",
	"audio": "audio", "animation": "animation", "location": "location", "venue": "location", "contact": "contact", "poll": "poll",
	"invoice": "invoice", "dice": "dice",
}

func kindOf(media string) string {
	if kind, ok := kinds[media]; ok {
		return kind
	}
	return "service"
}

// service returns what a service message says.
func service(m *tgtest.Message) string {
	if kindOf(m.Media) != "service" {
		return ""
	}
	switch m.Media {
	case "new_chat_members":
		return "joined the group"
	case "left_chat_member":
		return "left the group"
	case "successful_payment":
		return "paid"
	}
	return strings.ReplaceAll(m.Media, "_", " ")
}

// file returns the file of a message, or nil.
func (m *mirror) file(version *tgtest.Message) *File {
	id := version.FileID()
	if id == "" {
		return nil
	}
	f, ok := m.play.api.File(id)
	if !ok {
		return nil
	}
	return &File{ID: id, Name: f.Name, Size: len(f.Data), MIME: http.DetectContentType(f.Data)}
}

// buttons returns an inline keyboard for the page.
func buttons(rows [][]gotgbot.InlineKeyboardButton) [][]Button {
	var all [][]Button
	for _, row := range rows {
		shown := make([]Button, len(row))
		for i, b := range row {
			shown[i] = button(b)
		}
		all = append(all, shown)
	}
	return all
}

func button(b gotgbot.InlineKeyboardButton) Button {
	shown := Button{Text: b.Text}
	switch {
	case b.CallbackData != "":
		shown.Kind, shown.Value = "callback", b.CallbackData
	case b.Url != "":
		shown.Kind, shown.Value = "url", b.Url
	case b.LoginUrl != nil:
		shown.Kind, shown.Value = "url", b.LoginUrl.Url
	case b.Pay:
		shown.Kind = "pay"
	case b.CopyText != nil:
		shown.Kind, shown.Value = "copy", b.CopyText.Text
	case b.WebApp != nil:
		shown.Kind, shown.Value = "web_app", b.WebApp.Url
	case b.CallbackGame != nil:
		shown.Kind = "game"
	case b.SwitchInlineQuery != nil:
		shown.Kind, shown.Value = "switch", *b.SwitchInlineQuery
	case b.SwitchInlineQueryCurrentChat != nil:
		shown.Kind, shown.Value = "switch", *b.SwitchInlineQueryCurrentChat
	default:
		shown.Kind = "callback"
	}
	return shown
}

// mention is a user name in a text.
var mention = regexp.MustCompile(`@([A-Za-z0-9_]+)`)

// takeKeyboard takes over the reply keyboard of a new message of the bot.
func (m *mirror) takeKeyboard(c *chat, version *tgtest.Message) {
	var markup struct {
		Keyboard    [][]json.RawMessage `json:"keyboard"`
		OneTime     bool                `json:"one_time_keyboard"`
		Placeholder string              `json:"input_field_placeholder"`
		Selective   bool                `json:"selective"`
		Remove      bool                `json:"remove_keyboard"`
	}
	if version.ReplyMarkup == "" || json.Unmarshal([]byte(version.ReplyMarkup), &markup) != nil {
		return
	}
	if !markup.Remove && markup.Keyboard == nil {
		return
	}
	m.play.board.touch(sectionChats, text(c.ID))
	if markup.Remove {
		c.keyboard = nil
		return
	}
	k := &Keyboard{Rows: [][]Key{}, OneTime: markup.OneTime, Placeholder: markup.Placeholder}
	for _, row := range markup.Keyboard {
		keys := []Key{}
		for _, raw := range row {
			keys = append(keys, key(raw))
		}
		k.Rows = append(k.Rows, keys)
	}
	if markup.Selective && c.Type != "private" {
		k.To = m.addressed(version)
	}
	c.keyboard = k
}

// key returns a key of a reply keyboard: a text, or an object with one field that says what the key does.
func key(raw json.RawMessage) Key {
	var plain string
	if json.Unmarshal(raw, &plain) == nil {
		return Key{plain, "text"}
	}
	var fields map[string]json.RawMessage
	json.Unmarshal(raw, &fields) // otherwise it is a key without a text
	k := Key{Kind: "text"}
	json.Unmarshal(fields["text"], &k.Text)
	for name, value := range fields {
		if kind, ok := strings.CutPrefix(name, "request_"); ok && string(value) != "false" {
			k.Kind = kind
		}
		if name == "web_app" {
			k.Kind = name
		}
	}
	return k
}

// addressed returns the users that a message mentions, and the one that it replies to.
func (m *mirror) addressed(version *tgtest.Message) []int64 {
	users := []int64{}
	add := func(id int64) {
		if !slices.Contains(users, id) {
			users = append(users, id)
		}
	}
	if to := version.ReplyTo; to != nil && to.From != nil {
		add(to.From.ID)
	}
	for _, name := range mention.FindAllStringSubmatch(version.Text, -1) {
		for _, person := range m.play.world.people {
			if strings.EqualFold(person.Username, name[1]) {
				add(person.ID)
			}
		}
	}
	for _, e := range version.Entities {
		if e.User != nil {
			add(e.User.Id)
		}
	}
	return users
}

// money writes an amount in the smallest unit of a currency.
func money(amount int64, currency string) string {
	if currency == "XTR" {
		return strconv.FormatInt(amount, 10) + " " + currency
	}
	return strconv.FormatFloat(float64(amount)/100, 'f', 2, 64) + " " + currency
}
