package tgtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// controlAct is the body of a request to /control/send or /control/press.
type controlAct struct {
	User      string `json:"user"`
	Chat      string `json:"chat"`
	Text      string `json:"text"`
	MessageID int64  `json:"message_id"`
	Button    string `json:"button"`
}

// readControl decodes a request's body into v. It refuses unknown fields.
func readControl(r *http.Request, v any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxRequest))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	return nil
}

// member returns the user and the chat of a request. It adds them if they do not exist.
func (s *Server) member(act controlAct) (*Member, error) {
	if act.User == "" {
		return nil, errors.New("the user is missing")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	user, err := s.world.userNamed(act.User)
	if err != nil || act.Chat == "" {
		return user.Member, err
	}
	at := slices.IndexFunc(s.world.order, func(c *Chat) bool { return c.user == nil && c.Title == act.Chat })
	if at >= 0 {
		return user.In(s.world.order[at]), nil
	}
	chat, err := s.world.addChat("group", chatConfig{title: act.Chat})
	return user.In(chat), err
}

// userNamed returns the first user with that first name, or a new user.
func (w *world) userNamed(firstName string) (*User, error) {
	for _, c := range w.order {
		if c.user != nil && c.user.FirstName == firstName {
			return c.user, nil
		}
	}
	return w.addUser(gotgbot.User{FirstName: firstName, LanguageCode: "en"})
}

func (s *Server) controlSend(r *http.Request) (any, error) {
	var act controlAct
	if err := readControl(r, &act); err != nil {
		return nil, err
	}
	who, err := s.member(act)
	if err != nil {
		return nil, err
	}
	if act.Text == "" {
		return nil, errors.New("the text is empty")
	}
	if who.Type == "channel" {
		return nil, fmt.Errorf("%s is a channel", act.Chat)
	}
	m := who.Send(act.Text)
	return map[string]int64{"chat_id": who.Chat.ID, "message_id": m.ID}, nil
}

func (s *Server) controlPress(r *http.Request) (any, error) {
	var act controlAct
	if err := readControl(r, &act); err != nil {
		return nil, err
	}
	who, err := s.member(act)
	if err != nil {
		return nil, err
	}
	messages := who.Messages()
	for _, m := range slices.Backward(messages) {
		b, ok := m.Button(act.Button)
		if ok && b.CallbackData != "" && (act.MessageID == 0 || act.MessageID == m.ID) {
			return map[string]string{"callback_query_id": who.PressData(m, b.CallbackData).ID}, nil
		}
	}
	return nil, fmt.Errorf("no message in %s has a button %q to press", who.Name(), act.Button)
}

func (s *Server) controlFail(r *http.Request) (any, error) {
	var request struct {
		Method string `json:"method"`
		Fault  Fault  `json:"fault"`
	}
	if err := readControl(r, &request); err != nil {
		return nil, err
	}
	s.Fail(request.Method, request.Fault)
	return struct{}{}, nil
}

func (s *Server) controlHeal(r *http.Request) (any, error) {
	s.Heal(r.FormValue("method"))
	return struct{}{}, nil
}

func (s *Server) controlFailDelivery(r *http.Request) (any, error) {
	var request struct {
		Kind  string        `json:"kind"`
		Fault DeliveryFault `json:"fault"`
	}
	if err := readControl(r, &request); err != nil {
		return nil, err
	}
	s.FailDelivery(request.Kind, request.Fault)
	return struct{}{}, nil
}

func (s *Server) controlHealDelivery(r *http.Request) (any, error) {
	s.HealDelivery(r.FormValue("kind"))
	return struct{}{}, nil
}
