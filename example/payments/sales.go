package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
)

// Sales is a file of what was sold and given back, with a line of JSON for each. A line is synced to the disk before a method
// returns. The methods may be called concurrently.
type Sales struct {
	seats int

	mu   sync.Mutex
	file *os.File
	all  []Sale // in the order of the file; the ticket n is all[n-1]
}

// A Sale is a ticket that was paid for.
type Sale struct {
	Charge   string `json:"charge"` // Telegram's id of the payment; a refund needs it
	User     int64  `json:"user"`
	Stars    int64  `json:"stars"`
	Refunded bool   `json:"refunded,omitempty"`
}

var errSoldOut = errors.New("all tickets are sold")

// openSales opens the file of the sales of so many seats, or creates it. The last line is dropped if a crash left it incomplete.
func openSales(path string, seats int) (*Sales, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	s := &Sales{seats: seats, file: file}
	if err := s.load(path); err != nil {
		file.Close()
		return nil, err
	}
	return s, nil
}

func (s *Sales) load(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	number := 0
	for line := range bytes.Lines(whole) {
		number++
		var sale Sale
		if err := json.Unmarshal(line, &sale); err != nil {
			return fmt.Errorf("%s:%d: %w", path, number, err)
		}
		s.note(sale)
	}
	return s.file.Truncate(int64(len(whole)))
}

// note takes a line of the file into memory. A later line of the same payment replaces the earlier one.
func (s *Sales) note(sale Sale) {
	if i := s.index(sale.Charge); i >= 0 {
		s.all[i] = sale
	} else {
		s.all = append(s.all, sale)
	}
}

func (s *Sales) index(charge string) int {
	return slices.IndexFunc(s.all, func(sale Sale) bool { return sale.Charge == charge })
}

// write appends a line to the file.
func (s *Sales) write(sale Sale) error {
	line, err := json.Marshal(sale)
	if err != nil {
		return err
	}
	if _, err := s.file.Write(append(line, '\n')); err != nil {
		return err
	}
	return s.file.Sync()
}

// Left returns how many tickets are for sale.
func (s *Sales) Left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left()
}

func (s *Sales) left() int {
	left := s.seats
	for _, sale := range s.all {
		if !sale.Refunded {
			left--
		}
	}
	return left
}

// Book books a payment and returns the number of its ticket. A payment that was booked before keeps its ticket. If no ticket is
// left, the error is errSoldOut.
func (s *Sales) Book(sale Sale) (ticket int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(sale.Charge); i >= 0 {
		return i + 1, nil
	}
	if s.left() <= 0 {
		return 0, errSoldOut
	}
	if err := s.write(sale); err != nil {
		return 0, err
	}
	s.note(sale)
	return len(s.all), nil
}

// Of returns the numbers of the tickets that a user has.
func (s *Sales) Of(user int64) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var tickets []int
	for i, sale := range s.all {
		if sale.User == user && !sale.Refunded {
			tickets = append(tickets, i+1)
		}
	}
	return tickets
}

// Sale returns the sale of a ticket.
func (s *Sales) Sale(ticket int) (sale Sale, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ticket < 1 || ticket > len(s.all) {
		return Sale{}, false
	}
	return s.all[ticket-1], true
}

// GiveBack notes that the money for a ticket was given back.
func (s *Sales) GiveBack(ticket int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sale := s.all[ticket-1]
	sale.Refunded = true
	if err := s.write(sale); err != nil {
		return err
	}
	s.note(sale)
	return nil
}

// Close closes the file.
func (s *Sales) Close() error { return s.file.Close() }
