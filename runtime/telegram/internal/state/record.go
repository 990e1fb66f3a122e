package state

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// A record is a line of fields that are separated by spaces, and after it the data:
//
//	tggen1 VERSION STATE EXPIRES DUE TIMER ABSORBED
//	{"name":"Ann"}
//
// STATE is the name of the state, "-" for a session that has only data, and "." if there is no value and the record holds
// only ABSORBED. EXPIRES and DUE are milliseconds since 1970, or 0: when the value expires, and when the state times out. TIMER is
// the revision of the timer's record, or 0. ABSORBED says which updates have changed the record, see absorbed.
const recordMark = "tggen1"

const (
	noValue  = "."
	dataOnly = "-"
)

// stored is the content of a record.
type stored struct {
	version  int
	state    string
	data     []byte
	expires  int64 // when the value expires; 0: never
	due      int64 // when the state times out; 0: never
	timer    int64 // the revision of the timer's record; 0: none
	absorbed absorbed
}

func (s *stored) append(b []byte) []byte {
	b = append(b, recordMark...)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(s.version), 10)
	b = append(b, ' ')
	b = append(b, s.state...)
	for _, n := range [...]int64{s.expires, s.due, s.timer} {
		b = append(b, ' ')
		b = strconv.AppendInt(b, n, 10)
	}
	b = append(b, ' ')
	b = s.absorbed.append(b)
	b = append(b, '\n')
	return append(b, s.data...)
}

// parse reads a record. The result shares memory with raw.
func parse(raw []byte) (s stored, err error) {
	line, data, _ := bytes.Cut(raw, []byte{'\n'})
	var fields [7][]byte
	for i := range fields {
		var more bool
		if fields[i], line, more = bytes.Cut(line, []byte{' '}); more != (i < len(fields)-1) {
			return s, errFormat
		}
	}
	if string(fields[0]) != recordMark || len(fields[2]) == 0 {
		return s, errFormat
	}
	numbers := [...]*int64{new(int64), &s.expires, &s.due, &s.timer}
	for i, at := range [...]int{1, 3, 4, 5} {
		if *numbers[i], err = parseInt(fields[at]); err != nil {
			return s, err
		}
	}
	s.version, s.state = int(*numbers[0]), string(fields[2])
	if len(data) > 0 {
		s.data = data
	}
	s.absorbed, err = parseAbsorbed(fields[6])
	return s, err
}

func parseInt(text []byte) (int64, error) {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errFormat, err)
	}
	return n, nil
}

// absorbed says which updates a record has absorbed: the last ones up to upTo, and those in ids. With polling, the updates of one
// session come in the order of their ids, so that upTo is enough. With a webhook they come in any order. As text it is
// "UPTO,ID,ID@WHEN", or "-" for none.
type absorbed struct {
	upTo int64
	ids  []int64 // in the order in which they were absorbed
	when int64   // when the last of them was absorbed, in seconds since 1970; 0: none was
}

const (
	// remembered is how long absorbed updates are remembered. Telegram keeps an update for 24 hours. After a week without
	// updates, it begins with a random id again, so that the numbers must not count for ever.
	remembered = 25 * time.Hour

	// reach is how far below the last absorbed update one can be that comes again. Telegram hands out at most 100 updates
	// that are not confirmed, and numbers them one after another. A lower number is that of a new update: the bot has moved to
	// another Bot API server, which begins with a random id of its own.
	reach = 100_000

	// maxIDs is how many updates that came in any order are remembered for each session.
	maxIDs = 100
)

func (a absorbed) append(b []byte) []byte {
	if a.when == 0 {
		return append(b, '-')
	}
	b = strconv.AppendInt(b, a.upTo, 10)
	for _, id := range a.ids {
		b = append(b, ',')
		b = strconv.AppendInt(b, id, 10)
	}
	b = append(b, '@')
	return strconv.AppendInt(b, a.when, 10)
}

func parseAbsorbed(text []byte) (a absorbed, err error) {
	if string(text) == "-" {
		return a, nil
	}
	list, when, ok := bytes.Cut(text, []byte{'@'})
	if !ok {
		return a, errFormat
	}
	if a.when, err = parseInt(when); err != nil {
		return a, err
	}
	first, list, more := bytes.Cut(list, []byte{','})
	if a.upTo, err = parseInt(first); err != nil {
		return a, err
	}
	for more {
		var id []byte
		id, list, more = bytes.Cut(list, []byte{','})
		n, err := parseInt(id)
		if err != nil {
			return a, err
		}
		a.ids = append(a.ids, n)
	}
	return a, nil
}

// has reports whether the update was absorbed.
func (a absorbed) has(id int64, now time.Time) bool {
	return a.until().After(now) && (a.reaches(id) || slices.Contains(a.ids, id))
}

// reaches reports whether upTo says that the update was absorbed.
func (a absorbed) reaches(id int64) bool { return id <= a.upTo && id > a.upTo-reach }

// until returns when the updates are forgotten.
func (a absorbed) until() time.Time {
	if a.when == 0 {
		return time.Time{}
	}
	return time.Unix(a.when, 0).Add(remembered)
}

// with returns what has absorbed another update, too. ordered says that updates come in the order of their ids.
func (a absorbed) with(id int64, ordered bool, now time.Time) absorbed {
	next := absorbed{upTo: a.upTo, when: now.Unix()}
	if !a.until().After(now) {
		a, next.upTo = absorbed{}, 0
	}
	if ordered && !next.reaches(id) {
		next.upTo = id
	}
	for _, other := range a.ids {
		if !next.reaches(other) && other != id {
			next.ids = append(next.ids, other)
		}
	}
	if !ordered {
		next.ids = append(next.ids, id)
	}
	if extra := len(next.ids) - maxIDs; extra > 0 {
		next.ids = next.ids[extra:]
	}
	return next
}
