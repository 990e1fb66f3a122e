package tgtest

import (
	"strconv"
	"time"
)

// invoice is what a message with an invoice asks for.
type invoice struct {
	title, payload, currency string
	total                    int64 // in the smallest unit of the currency
}

// payment is a pre_checkout_query that the bot may answer.
type payment struct {
	by      *Member
	message *Message
}

// Pay pays the invoice of a message, and the bot receives a pre_checkout_query. If the bot answers it with ok, the server
// sends the message with the successful_payment to the bot. Pay fails the test if the message has no invoice.
func (m *Member) Pay(message *Message) *Query {
	s := m.server
	s.tbHelper()
	bill := message.invoice
	if bill == nil {
		s.failf("message %d in %s has no invoice", message.ID, m.Name())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := &Query{
		ID: s.world.newQuery(m.Chat, message.Bot), Data: bill.payload, bot: message.Bot,
		method: "answerPreCheckoutQuery", param: "pre_checkout_query_id",
	}
	s.world.payments[q.ID] = payment{m, message}
	o := object(`"pre_checkout_query":`)
	o.open()
	o.str("id", q.ID)
	o.raw("from", m.user.encoded)
	bill.encode(&o)
	o.close()
	s.note(entry{chat: m.Chat, by: m.user, verb: verbPays, text: bill.title})
	q.bot.enqueue(newBody("pre_checkout_query", o), time.Now())
	return q
}

// encode appends the fields that a pre_checkout_query and a successful_payment have in common.
func (i *invoice) encode(o *object) {
	o.str("currency", i.currency)
	o.int("total_amount", i.total)
	o.str("invoice_payload", i.payload)
}

// setInvoice makes a message an invoice.
func setInvoice(m *Message, params Params) *reply {
	var prices []struct {
		Amount int64 `json:"amount"`
	}
	if params.Decode("prices", &prices) != nil {
		return wrong("can't parse labeled prices JSON object")
	}
	bill := &invoice{title: params["title"], payload: params["payload"], currency: params["currency"]}
	for _, price := range prices {
		bill.total += price.Amount
	}
	o := object(`"invoice":`)
	o.open()
	o.str("title", bill.title)
	o.str("description", params["description"])
	o.str("start_parameter", params["start_parameter"])
	o.str("currency", bill.currency)
	o.int("total_amount", bill.total)
	o.close()
	m.Media, m.content, m.invoice = "invoice", o, bill
	return nil
}

func (s *Server) answerPreCheckoutQuery(call *Call) reply {
	id := call.Params["pre_checkout_query_id"]
	chat, answer := s.answerQuery(call, "pre_checkout_query_id")
	if answer.description != "" {
		return answer
	}
	if !call.Params.Bool("ok") {
		if chat != nil {
			s.note(entry{chat: chat, bot: call.bot, verb: verbAnswers, text: call.Params["error_message"]})
		}
		return answer
	}
	paid, pending := s.world.payments[id]
	delete(s.world.payments, id)
	if pending {
		s.receive(paid)
	}
	return answer
}

// receive sends the bot the message about a successful payment.
func (s *Server) receive(paid payment) {
	s.world.lastPayment++
	charge := strconv.FormatInt(s.world.lastPayment, 10)
	o := object(`"successful_payment":`)
	o.open()
	paid.message.invoice.encode(&o)
	o.str("telegram_payment_charge_id", "tgtest-charge-"+charge)
	o.str("provider_payment_charge_id", "tgtest-provider-charge-"+charge)
	o.close()
	s.sayLocked(&Message{Chat: paid.by.Chat, From: paid.by.user, Media: "successful_payment", content: o})
}
