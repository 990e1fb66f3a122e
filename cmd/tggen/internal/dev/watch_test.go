package dev

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// folder is a folder whose files a test changes.
type folder struct {
	t   *testing.T
	dir string
}

func (f folder) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

func (f folder) write(name, content string) {
	f.t.Helper()
	if err := os.MkdirAll(filepath.Dir(f.path(name)), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(f.path(name), []byte(content), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f folder) check(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// newFolder makes a module, and a watcher of its folder bot that has looked once.
func newFolder(t *testing.T) (folder, *watcher) {
	t.Helper()
	f := folder{t, t.TempDir()}
	for _, name := range []string{"go.mod", "bot/main.go", "bot/lib/lib.go", "other/other.go", "nested/go.mod", "nested/nested.go"} {
		f.write(name, "1")
	}
	w, err := newWatcher(f.path("bot"))
	if err != nil {
		t.Fatal(err)
	}
	w.look()
	if w.look() {
		t.Fatal("a file has changed that has not")
	}
	return f, w
}

// TestWatch changes files in many ways, and says of each whether it is a change.
func TestWatch(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(f folder)
		want bool
	}{
		"a save":                 {func(f folder) { f.write("bot/main.go", "12") }, true},
		"another package":        {func(f folder) { f.write("other/other.go", "12") }, true},
		"a package below":        {func(f folder) { f.write("bot/lib/lib.go", "12") }, true},
		"a new file":             {func(f folder) { f.write("bot/new.go", "1") }, true},
		"a new folder":           {func(f folder) { f.write("bot/new/new.go", "1") }, true},
		"a file that is gone":    {func(f folder) { f.check(os.Remove(f.path("bot/main.go"))) }, true},
		"a folder that is gone":  {func(f folder) { f.check(os.RemoveAll(f.path("other"))) }, true},
		"go.mod":                 {func(f folder) { f.write("go.mod", "12") }, true},
		"a new go.sum":           {func(f folder) { f.write("go.sum", "1") }, true},
		"the same size":          {func(f folder) { f.check(os.Chtimes(f.path("bot/main.go"), time.Time{}, time.Unix(1, 0))) }, true},
		"an editor that renames": {func(f folder) { f.write("bot/tmp", "12"); f.check(os.Rename(f.path("bot/tmp"), f.path("bot/main.go"))) }, true},
		"an editor with a backup": {func(f folder) {
			f.check(os.Rename(f.path("bot/main.go"), f.path("bot/main.go~")))
			f.write("bot/main.go", "12")
		}, true},

		"an editor's own file": {func(f folder) { f.write("bot/.#main.go", "1"); f.write("bot/main.go~", "1"); f.write("bot/4913", "1") }, false},
		"a test":               {func(f folder) { f.write("bot/main_test.go", "1") }, false},
		"data of the bot":      {func(f folder) { f.write("bot/bot.db", "1") }, false},
		"a hidden folder":      {func(f folder) { f.write(".git/x.go", "1") }, false},
		"node_modules":         {func(f folder) { f.write("bot/node_modules/x/x.go", "1") }, false},
		"testdata":             {func(f folder) { f.write("bot/testdata/x.go", "1") }, false},
		"another module":       {func(f folder) { f.write("nested/nested.go", "12") }, false},
		"nothing":              {func(folder) {}, false},
	} {
		t.Run(name, func(t *testing.T) {
			f, w := newFolder(t)
			c.do(f)
			if got := w.look(); got != c.want {
				t.Errorf("the change is seen: %v, want %v", got, c.want)
			}
			if w.look() {
				t.Error("the same change is seen twice")
			}
		})
	}
}

// TestWatchWhatIsGenerated writes a file as the generator does. It is no change, but one of it by another hand is.
func TestWatchWhatIsGenerated(t *testing.T) {
	f, w := newFolder(t)
	generate := func(content string) {
		w.while(func() (string, []string) {
			f.write("bot/bot.gen.go", content)
			return f.path("bot/bot.gen.go"), []string{f.path("bot/spec.yaml"), f.path("bot/missing.yaml")}
		})
	}
	f.write("bot/spec.yaml", "1")
	f.check(os.Chtimes(f.path("bot/spec.yaml"), time.Time{}, time.Unix(1, 0)))
	generate("1")
	if w.look() {
		t.Error("what the generator writes is a change")
	}
	for _, change := range []string{"bot/spec.yaml", "bot/missing.yaml", "bot/bot.gen.go"} {
		f.write(change, "123")
		if !w.look() {
			t.Errorf("the change of %s is not seen", change)
		}
	}
	generate("12")
	f.check(os.Remove(f.path("bot/spec.yaml")))
	f.write("bot/main.go", "12")
	if !w.look() {
		t.Error("a change beside what the generator writes is not seen")
	}
}

// TestWatchLate adds a folder to those that are watched. A change before that, but after the build has read it, is seen.
func TestWatchLate(t *testing.T) {
	f, w := newFolder(t)
	since := time.Unix(1000, 0)
	for _, c := range []struct {
		folder   string
		modified time.Time
		want     bool
	}{{"a", since.Add(-time.Hour), false}, {"b", since.Add(time.Second), true}} {
		outside := folder{t, t.TempDir()}
		outside.write(c.folder+"/x.go", "1")
		outside.check(os.Chtimes(outside.path(c.folder+"/x.go"), time.Time{}, c.modified))
		w.alsoWatch([]string{outside.path(c.folder)}, since)
		if got := w.look(); got != c.want {
			t.Errorf("the change of %s is seen: %v, want %v", c.folder, got, c.want)
		}
		outside.write(c.folder+"/x.go", "12")
		if !w.look() {
			t.Errorf("a later change of %s is not seen", c.folder)
		}
	}
	// Files that are watched already have their own stamps: a change since the last look is seen.
	f.write("bot/main.go", "12")
	w.alsoWatch([]string{f.path("bot")}, time.Now().Add(time.Hour))
	if !w.look() {
		t.Error("a change is lost when its folder is added")
	}
}
