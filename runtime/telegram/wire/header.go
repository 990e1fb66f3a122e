package wire

import (
	"cmp"
	"encoding/json"
	"math"
	"strings"
)

// A Header is what the scan finds out about an update without decoding it: enough to drop it, to order it and to confirm
// it. A field is 0 if the update has no such thing.
type Header struct {
	// ID is the update_id.
	ID int64

	// Kind says which of the update's fields is set. It is [KindUnknown] if this package does not know the field. Telegram
	// sets exactly one. If more are set, Kind is the first of them in the order of the fields of gotgbot.Update, and [CheckKind]
	// refuses the update.
	Kind Kind

	// Chat is the id of the chat where it happened. For a business connection that is the private chat with its user.
	// Inline queries, payments and poll answers have no chat.
	Chat int64

	// User is the id of who did it: a user, or the chat on whose behalf a message, a reaction or a vote was sent. In place of
	// an anonymous administrator, Telegram names a user that stands for all of them; User is then the id of the group.
	User int64

	// Thread is the message_thread_id of the forum topic that the message is in, or the message whose button was pressed.
	// It is 0 in the General topic of a forum, whose messages have no thread. It is 0, too, for a reply in a group without
	// topics, though such a message has a message_thread_id: that names the first message of the replies.
	Thread int64

	// DirectMessagesTopic is the id of the topic that the message is in, in the direct messages chat of a channel.
	DirectMessagesTopic int64

	// Migrated is the other id of a group that becomes a supergroup. Two messages say so: the last one of the group, which
	// has the id of the supergroup here, and the first one of the supergroup, which has the id of the group.
	Migrated int64
}

// A RawUpdate is an update that is not decoded yet, and its header.
type RawUpdate struct {
	Header
	Raw []byte // the update's JSON; it shares memory with the body that was split
}

// A slot is one of the numbers from which the header is made.
type slot uint8

const (
	slotChat slot = iota
	slotUser
	slotSender // the chat on whose behalf it was sent; it stands in for a user
	slotVoter  // the chat that voted; it stands in for a user that stands for many
	slotThread
	slotInTopic // 1 if the thread is a topic
	slotDirectTopic
	slotMigratedTo
	slotMigratedFrom
	slotDate // 0 for a gotgbot.InaccessibleMessage, which has no topic
	slotCount
)

// slots holds the numbers of one update. The scan collects them from the text, and headerOf from the decoded update.
type slots [slotCount]int64

// The users that Telegram names in place of a chat. Each stands for many people.
const (
	userTelegram = 777000     // a post of a channel in the group that is linked to it
	userChannel  = 136817688  // Channel_Bot: a channel that writes or votes
	userGroup    = 1087968824 // GroupAnonymousBot: an administrator that is anonymous
)

// generalTopic is the thread of the General topic of a forum. The server leaves it out, and refuses messages to it.
const generalTopic = 1

// fill makes the header of the numbers. The kind is in the header already.
func (s *slots) fill(to *Header) {
	to.Chat, to.User = s[slotChat], s[slotUser]
	switch to.User {
	case 0:
		to.User = s[slotSender]
	case userTelegram, userChannel, userGroup:
		// Some kinds, such as chat_member, do not name the chat on whose behalf an administrator acts. It is the group.
		to.User = cmp.Or(s[slotSender], s[slotVoter], to.Chat, to.User)
	}
	to.Migrated = cmp.Or(s[slotMigratedTo], s[slotMigratedFrom])
	if p := kindPlaces[to.Kind]; p != nil && p.dated && s[slotDate] == 0 {
		return
	}
	if s[slotInTopic] != 0 && s[slotThread] != generalTopic {
		to.Thread = s[slotThread]
	}
	to.DirectMessagesTopic = s[slotDirectTopic]
}

// A place is a member of a JSON object. It holds the number for a slot, or an object with more places inside.
type place struct {
	name   string
	head   uint64 // the first eight bytes of the name, as load returns them
	slot   slot
	inside *places
}

// places are the places of an object.
type places struct {
	lengths uint64  // bit n is set if a name is n bytes long
	list    []place // in the order of the lengths of their names
	dated   bool    // the topic counts only if slotDate is not 0
}

// find returns the index of the place with the name s[start:end], or -1. It also reports whether the name equals a
// place's name only if case is ignored, as encoding/json does.
func (p *places) find(s string, start, end int, head uint64) (index int, ambiguous bool) {
	for k := range p.list {
		f := &p.list[k]
		if len(f.name) != end-start {
			if len(f.name) > end-start {
				break
			}
			continue
		}
		if (head^f.head)&^(lowBits*0x20) != 0 {
			continue
		}
		if s[start:end] == f.name {
			return k, false
		}
		if strings.EqualFold(s[start:end], f.name) {
			return -1, true
		}
	}
	return -1, false
}

// headerScan is the state of the scan of one update.
type headerScan struct {
	slots slots

	// ambiguous is set if encoding/json may read the update in another way than the scan: a name comes twice, or matches
	// only after its escapes are replaced or its case is ignored. Then the header is taken from the decoded update.
	ambiguous bool
}

// ScanHeader finds the header of one update, such as a webhook or a queue brings. White space around it is allowed. The
// error is a [*SplitError].
func ScanHeader(raw []byte) (Header, error) {
	var h Header
	s := textOf(raw)
	next, mistake := scanUpdate(s, skipSpace(s, 0), &h)
	if next >= 0 {
		if end := skipSpace(s, next); end < len(s) {
			next = ^end
		}
	}
	if next < 0 {
		return Header{}, syntaxError(s, next)
	}
	if mistake != "" {
		return Header{}, &SplitError{Problem: mistake}
	}
	return h, nil
}

// scanUpdate skips the value at i and, if it is an update, puts its header into h. If the value is valid JSON but not an
// update, mistake says why.
func scanUpdate(s string, i int, h *Header) (next int, mistake string) {
	*h = Header{}
	if i >= len(s) {
		return ^i, ""
	}
	if s[i] != '{' {
		return skipValue(s, i, noLimit), "an update that is not an object"
	}
	start := i
	var scan headerScan
	named := false // there is an update_id
	i = skipSpace(s, i+1)
	if i < len(s) && s[i] == '}' {
		return i + 1, noID
	}
	for more := true; more; {
		name, plain, value := memberName(s, i)
		if i = value; i < 0 {
			return i, ""
		}
		if !plain {
			scan.ambiguous = true
		}
		if name == "update_id" {
			named = true
			if c := s[i]; c == '-' || c-'0' <= 9 {
				h.ID, i, _ = scanInt(s, i)
			} else {
				if c != 'n' {
					h.ID = 0
				}
				i = skipValue(s, i, noLimit)
			}
		} else if kind := KindOf(name); kind == KindUnknown {
			scan.ambiguous = scan.ambiguous || !plainName(name)
			i = skipValue(s, i, noLimit)
		} else if s[i] == 'n' {
			scan.ambiguous = scan.ambiguous || h.Kind == kind
			i = skipLiteral(s, i)
		} else {
			scan.ambiguous = scan.ambiguous || h.Kind != KindUnknown
			h.Kind = kind
			scan.slots = slots{}
			if places := kindPlaces[kind]; places != nil {
				i = scan.object(s, i, places)
			} else {
				i = skipValue(s, i, noLimit)
			}
		}
		if i < 0 {
			return i, ""
		}
		if i, more = nextMember(s, i); i < 0 {
			return i, ""
		}
	}
	scan.slots.fill(h)
	if scan.ambiguous {
		decodedHeader(s[start:i], h)
	}
	switch {
	case h.ID > 0 && h.ID < math.MaxInt64: // the server is asked for the next one
		return i, ""
	case named:
		return i, badID
	}
	return i, noID
}

const (
	noID  = "an update without an update_id"
	badID = "an update whose update_id is not a number from 1 to 9223372036854775806"
)

// object skips the value at i and, if it is an object, collects the numbers in its places. The scan spends most of its
// time here, so object has a faster form of memberName and nextMember in line.
func (h *headerScan) object(s string, i int, p *places) int {
	if s[i] != '{' {
		return skipValue(s, i, noLimit)
	}
	i = skipSpace(s, i+1)
	if i < len(s) && s[i] == '}' {
		return i + 1
	}
	var seen uint64
	for {
		if i >= len(s) || s[i] != '"' {
			return ^i
		}
		name := i + 1
		end, plain, head := scanName(s, name)
		if end < 0 {
			return end
		}
		if end+2 < len(s) && s[end+1] == ':' && s[end+2] > ' ' {
			i = end + 2
		} else {
			if i = skipColon(s, end+1); i < 0 {
				return i
			}
			if i = skipSpace(s, i); i >= len(s) {
				return ^i
			}
		}
		found := -1
		if !plain {
			h.ambiguous = true
		} else if p.lengths>>uint(end-name)&1 != 0 {
			var ambiguous bool
			found, ambiguous = p.find(s, name, end, head)
			h.ambiguous = h.ambiguous || ambiguous
		}
		if found < 0 {
			if s[i] == '"' {
				i = skipString(s, i+1)
			} else {
				i = skipValue(s, i, noLimit)
			}
		} else {
			h.ambiguous = h.ambiguous || seen>>found&1 != 0
			seen |= 1 << found
			if f := &p.list[found]; f.inside != nil {
				i = h.object(s, i, f.inside)
			} else if c := s[i]; c == '-' || c-'0' <= 9 {
				h.slots[f.slot], i, _ = scanInt(s, i)
			} else {
				if f.slot == slotInTopic {
					h.slots[slotInTopic] = 0
					if c == 't' {
						h.slots[slotInTopic] = 1
					}
				}
				i = skipValue(s, i, noLimit)
			}
		}
		if i < 0 {
			return i
		}
		if i >= len(s) {
			return ^i
		}
		if s[i] != ',' {
			if i = skipSpace(s, i); i >= len(s) {
				return ^i
			}
			if s[i] == '}' {
				return i + 1
			}
			if s[i] != ',' {
				return ^i
			}
		}
		if i++; i < len(s) && isSpace(s[i]) {
			i = skipSpace(s, i)
		}
	}
}

// decodedHeader sets the header of an ambiguous update by decoding it. Telegram does not send such updates. If the update
// cannot be decoded either, only its id counts.
func decodedHeader(raw string, h *Header) {
	if u, err := DecodeUpdate(raw); err == nil {
		*h = headerOf(u)
		return
	}
	var only struct {
		ID int64 `json:"update_id"`
	}
	if json.Unmarshal([]byte(raw), &only) != nil {
		only.ID = h.ID
	}
	h.ID = only.ID
}
