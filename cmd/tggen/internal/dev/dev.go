package dev

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/tggen/tggen/cmd/tggen/internal/play"
	"github.com/tggen/tggen/gen/plan"
)

// How often dev looks at the files, and how long they must not change until it builds.
const (
	lookInterval  = 250 * time.Millisecond
	quietInterval = 50 * time.Millisecond // after a change, until the files are quiet
	quiet         = 100 * time.Millisecond
)

// A Page shows the builds. A [play.Play] is one.
type Page interface {
	ShowBuild(play.Build)
	SetPlan(*plan.Plan)
}

// A Bot runs a binary. A [play.Runner] is one.
type Bot interface {
	Building()
	Replace(ctx context.Context, binary string) error
}

// A Config describes what is developed.
type Config struct {
	Project Project
	Page    Page
	Bot     Bot
	Output  io.Writer // receives the mistakes and the times of builds
	Temp    string    // a folder for binaries
}

// developer generates and builds whenever the source changes.
type developer struct {
	Config
	watcher *watcher
	builds  int
	binary  string // what the bot runs; empty before the first build
}

// Run generates and builds the bot and runs it, and does so again whenever its source changes, until ctx ends. While the source has a
// mistake, the old bot goes on. Changes during a build lead to another one after it.
//
// Run does not stop the bot in the end.
func Run(ctx context.Context, c Config) error {
	watcher, err := newWatcher(c.Project.Dir)
	if err != nil {
		return err
	}
	d := &developer{Config: c, watcher: watcher}
	watcher.look()
	var built chan struct{} // closed when the running build has ended; nil if no build runs
	changed, last := true, time.Time{}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			if built != nil {
				<-built
			}
			return nil
		case <-built:
			built = nil
		case <-timer.C:
			start := time.Now()
			if watcher.look() {
				changed, last = true, start
			}
			wait := lookInterval
			if changed && built == nil {
				wait = quietInterval
			}
			timer.Reset(max(wait, 4*time.Since(start))) // a search of many files must not keep the machine busy
		}
		if changed && built == nil && time.Since(last) >= quiet {
			changed, built = false, make(chan struct{})
			go func() {
				defer close(built)
				d.build(ctx)
			}()
		}
	}
}

// build generates, builds and runs the bot once.
func (d *developer) build(ctx context.Context) {
	d.builds++
	start := time.Now()
	binary := filepath.Join(d.Temp, fmt.Sprintf("bot%d.exe", d.builds)) // Windows needs the ending, and the others do not care
	d.Bot.Building()
	result, err := d.Project.build(ctx, binary, func(do func() Generated) {
		d.watcher.while(func() (string, []string) {
			generated := do()
			return generated.Output, generated.Inputs
		})
	})
	if err != nil { // ctx has ended
		return
	}
	if !result.Build.OK {
		next := "The bot starts when this is mended."
		if d.binary != "" {
			next = "The old bot goes on until this is mended."
		}
		fmt.Fprintf(d.Output, "%s%s\n", result.Text, next)
		d.Page.ShowBuild(result.Build)
		return
	}
	took, equal := time.Duration(result.Build.Took).Round(time.Millisecond), same(d.binary, binary)
	if equal {
		fmt.Fprintf(d.Output, "Built in %v. The bot is the same.\n", took)
	} else {
		fmt.Fprintf(d.Output, "Built in %v.\n", took)
	}
	d.Page.SetPlan(result.Plan)
	d.Page.ShowBuild(result.Build)
	if equal {
		os.Remove(binary)
		return
	}
	if err := d.Bot.Replace(context.WithoutCancel(ctx), binary); err != nil { // the end of ctx must not kill the old bot
		fmt.Fprintf(d.Output, "The bot was not started: %v\n", err)
		return
	}
	os.Remove(d.binary) // it fails for the first one, which has no name
	d.binary = binary
	d.watcher.alsoWatch(dependencies(ctx, d.Project.Dir), start)
}

// same reports whether two binaries are equal.
func same(old, new string) bool {
	if old == "" {
		return false
	}
	a, err := os.ReadFile(old)
	if err != nil {
		return false
	}
	b, err := os.ReadFile(new)
	return err == nil && bytes.Equal(a, b)
}
