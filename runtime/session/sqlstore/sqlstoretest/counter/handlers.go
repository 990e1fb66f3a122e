// Package counter is a bot that counts the texts of each user in sessions. Its tests kill it and measure it.
package counter

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

//go:generate go tool tggen

// A bot counts.
type bot struct {
	// work is what each handler does before it counts. If it returns an error, the handler fails.
	work func() error
}

var errAtRandom = errors.New("this handler fails at random")

func (b bot) Begin(ctx context.Context, in *BeginInput) (BeginTo, error) {
	first, err := strconv.Atoi(in.Text)
	if err != nil {
		return nil, err
	}
	in.Tally.Count++ // a handler that fails afterwards has not counted
	return CountOdd{First: first, Count: 1}, b.work()
}

func (b bot) ToEven(ctx context.Context, in *ToEvenInput) (ToEvenTo, error) {
	c := in.Count
	in.Tally.Count++
	return CountEven{First: c.First, Count: c.Count + 1, Fault: check(c.First+c.Count, in.Text, c.Fault)}, b.work()
}

func (b bot) ToOdd(ctx context.Context, in *ToOddInput) (ToOddTo, error) {
	c := in.Count
	in.Tally.Count++
	return CountOdd{First: c.First, Count: c.Count + 1, Fault: check(c.First+c.Count, in.Text, c.Fault)}, b.work()
}

func (b bot) Sleep(ctx context.Context, in *SleepInput) (SleepTo, error) {
	return NapAsleep{Number: in.Args.Number}, b.work()
}

// Wake says which nap has ended.
func (b bot) Wake(ctx context.Context, in *WakeInput) error {
	_, err := in.Reply(ctx, fmt.Sprint("Nap ", in.Nap.Number, " is over."), nil)
	return err
}

// check returns the fault, or a new one if a text is not the number that is next.
func check(next int, text, fault string) string {
	if fault == "" && text != strconv.Itoa(next) {
		return fmt.Sprintf("%s came when %d was next", text, next)
	}
	return fault
}
