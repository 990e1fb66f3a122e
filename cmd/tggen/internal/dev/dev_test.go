package dev

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/cmd/tggen/internal/play"
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/plan"
)

// A rig runs the loop of dev with a generator that takes a while and then fails, so that nothing is compiled.
type rig struct {
	folder
	takes  time.Duration
	builds []time.Duration // when each build began, since the start of the test
	begin  time.Time
	shown  int
	output bytes.Buffer
}

func (r *rig) ShowBuild(b play.Build) {
	if b.OK || len(b.Diagnostics) != 1 || b.Diagnostics[0].Message != "no" {
		r.t.Errorf("the build is shown as %+v", b)
	}
	r.shown++
}
func (r *rig) SetPlan(*plan.Plan) { r.t.Error("a plan of a spec with a mistake is set") }

// Building takes as long as a build. Generating itself must not wait in a bubble, as it holds a lock.
func (r *rig) Building() {
	r.builds = append(r.builds, time.Since(r.begin))
	time.Sleep(r.takes)
}

func (r *rig) Replace(context.Context, string) error {
	r.t.Error("a bot is started that was not built")
	return nil
}

// run runs dev in a bubble until do returns.
func run(t *testing.T, takes time.Duration, do func(r *rig)) *rig {
	f, _ := newFolder(t)
	r := &rig{folder: f, takes: takes}
	synctest.Test(t, func(t *testing.T) {
		r.begin = time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		project := Project{Dir: f.path("bot"), Generate: func(context.Context) Generated {
			return Generated{Found: diag.List{{Message: "no"}}, Output: f.path("bot/bot.gen.go")}
		}}
		go func() {
			ended <- Run(ctx, Config{Project: project, Page: r, Bot: r, Output: &r.output, Temp: t.TempDir()})
		}()
		do(r)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("dev ended with %v", err)
		}
	})
	return r
}

// save changes a file. Its size is new each time.
func (r *rig) save(size int) { r.write("bot/main.go", strings.Repeat("x", size)) }

func TestBuildsOnceWithoutChanges(t *testing.T) {
	r := run(t, time.Second, func(*rig) { time.Sleep(time.Minute) })
	if len(r.builds) != 1 || r.shown != 1 || !strings.Contains(r.output.String(), "The bot starts when this is mended.") {
		t.Errorf("%d builds began and %d were shown:\n%s", len(r.builds), r.shown, &r.output)
	}
}

func TestBuildsAfterASave(t *testing.T) {
	var saved time.Duration
	r := run(t, 0, func(r *rig) {
		time.Sleep(10 * time.Second)
		r.save(10)
		saved = time.Since(r.begin)
		time.Sleep(time.Minute)
	})
	if len(r.builds) != 2 || r.builds[1]-saved < quiet || r.builds[1]-saved > lookInterval+quiet+2*quietInterval {
		t.Errorf("saved after %v, and builds began after %v", saved, r.builds)
	}
}

// TestBurst saves every 20 ms for a second. No build begins before the files are quiet.
func TestBurst(t *testing.T) {
	var last time.Duration
	r := run(t, 0, func(r *rig) {
		time.Sleep(10 * time.Second)
		for i := range 50 {
			r.save(10 + i)
			last = time.Since(r.begin)
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(time.Minute)
	})
	if len(r.builds) != 2 || r.builds[1] < last+quiet-quietInterval {
		t.Errorf("the last save was after %v, and builds began after %v", last, r.builds)
	}
}

// TestSavesDuringABuild saves many times while a build is under way. It leads to one more build, after that one.
func TestSavesDuringABuild(t *testing.T) {
	r := run(t, 5*time.Second, func(r *rig) {
		time.Sleep(time.Second)
		for i := range 30 {
			r.save(10 + i)
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(time.Minute)
	})
	if len(r.builds) != 2 || r.builds[1] < r.takes {
		t.Errorf("builds began after %v", r.builds)
	}
}

// TestEndsDuringABuild ends dev while a build is under way. Run returns after it.
func TestEndsDuringABuild(t *testing.T) {
	r := run(t, 5*time.Second, func(*rig) { time.Sleep(time.Second) })
	if len(r.builds) != 1 || r.shown != 0 {
		t.Errorf("%d builds began, and %d were shown after the end", len(r.builds), r.shown)
	}
}

// A binary that cannot be read is not the same.
func TestSame(t *testing.T) {
	f := folder{t, t.TempDir()}
	f.write("a", "1")
	f.write("b", "1")
	f.write("c", "2")
	for _, c := range []struct {
		old, new string
		want     bool
	}{{"a", "b", true}, {"a", "c", false}, {"a", "nothing", false}, {"nothing", "a", false}} {
		if got := same(f.path(c.old), f.path(c.new)); got != c.want {
			t.Errorf("%s and %s are the same: %v", c.old, c.new, got)
		}
	}
	if same("", f.path("a")) {
		t.Error("there is no old binary, and it is the same")
	}
	os.Remove(f.path("a"))
}
