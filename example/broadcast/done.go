package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
)

// Done is a file that remembers which chats are done: the id of one on each line. Each line is written with one write, so
// that a process that is killed leaves at most its last line incomplete.
type Done struct {
	mu   sync.Mutex
	file *os.File
	has  map[int64]bool // what the file had when it was opened; it does not change
}

// openDone opens the file, or creates it.
func openDone(path string) (*Done, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		file.Close()
		return nil, err
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1] // without a line that is incomplete
	if err := file.Truncate(int64(len(whole))); err != nil {
		file.Close()
		return nil, err
	}
	ids, err := parseChats(path, string(whole))
	if err != nil {
		file.Close()
		return nil, err
	}
	d := &Done{file: file, has: make(map[int64]bool, len(ids))}
	for _, id := range ids {
		d.has[id] = true
	}
	return d, nil
}

// Has reports whether a chat was done when the file was opened.
func (d *Done) Has(chat int64) bool { return d.has[chat] }

// Add notes that a chat is done.
func (d *Done) Add(chat int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := d.file.WriteString(strconv.FormatInt(chat, 10) + "\n")
	return err
}

// Close closes the file.
func (d *Done) Close() error { return d.file.Close() }

// readChats reads a file with the id of a chat on each line.
func readChats(path string) ([]int64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseChats(path, string(data))
}

func parseChats(path, text string) ([]int64, error) {
	var chats []int64
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		id, err := strconv.ParseInt(line, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %q is not the id of a chat", path, number, line)
		}
		chats = append(chats, id)
	}
	return chats, nil
}
