package dev

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A stamp is what a change of a file changes.
type stamp struct {
	modified time.Time
	size     int64
}

// A watcher looks at files again and again. It looks at their times and sizes, so it needs no help of the system, and sees a file
// that an editor writes under another name and renames. Any goroutine may call its methods.
type watcher struct {
	root string // the folder of the module, which is searched for source

	mu   sync.Mutex
	also map[string]bool // more files and folders; of a folder, the source in it and not that below
	seen map[string]stamp
	late bool // a file that is watched now had changed before it was
}

// newWatcher returns a watcher of the module that a folder belongs to. If it belongs to none, the watcher looks at the folder.
func newWatcher(dir string) (*watcher, error) {
	root, err := moduleRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("looking for the module of %s: %w", dir, err)
	}
	return &watcher{root: root, also: make(map[string]bool)}, nil
}

// moduleRoot returns the nearest folder with a go.mod, from a folder upwards.
func moduleRoot(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return dir, nil
		}
	}
}

// look looks at all files. It reports whether one has changed, come or gone since the last look.
func (w *watcher) look() (changed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := make(map[string]stamp, len(w.seen))
	w.search(now)
	for path := range w.also {
		add(now, path)
	}
	changed = w.late || !maps.Equal(w.seen, now)
	w.seen, w.late = now, false
	return changed
}

// while runs do, which writes a file and says which, and which files and folders are to be watched from now on. No look happens
// meanwhile, and what do has written counts as seen.
func (w *watcher) while(do func() (written string, watch []string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	start := time.Now()
	written, watch := do()
	if written, err := filepath.Abs(written); err == nil {
		delete(w.seen, written)
		if entry, err := os.Stat(written); err == nil {
			w.seen[written] = stampOf(entry)
		}
	}
	w.follow(watch, start)
}

// alsoWatch adds files and folders. They were read after the time since, so a later change counts as a change.
func (w *watcher) alsoWatch(paths []string, since time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.follow(paths, since)
}

func (w *watcher) follow(paths []string, since time.Time) {
	for _, path := range paths {
		path, err := filepath.Abs(path)
		if err != nil || w.also[path] {
			continue
		}
		w.also[path] = true
		now := make(map[string]stamp)
		add(now, path)
		for path, s := range now {
			if _, known := w.seen[path]; !known {
				w.seen[path] = s
				w.late = w.late || s.modified.After(since)
			}
		}
	}
}

func stampOf(info fs.FileInfo) stamp { return stamp{info.ModTime(), info.Size()} }

// search looks at the source of the module. Errors are no concern of it: a file that cannot be read is as good as gone, and the build
// reports it.
func (w *watcher) search(now map[string]stamp) {
	filepath.WalkDir(w.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return skip(entry)
		}
		if entry.IsDir() {
			if path != w.root && (ignored(entry.Name()) || isModule(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if !isSource(entry.Name()) {
			return nil
		}
		if info, err := os.Stat(path); err == nil { // follows a link
			now[path] = stampOf(info)
		}
		return nil
	})
}

// skip leaves out a folder that cannot be read.
func skip(entry fs.DirEntry) error {
	if entry != nil && entry.IsDir() {
		return filepath.SkipDir
	}
	return nil
}

// add looks at a file, or at the source in a folder.
func add(now map[string]stamp, path string) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	if !info.IsDir() {
		now[path] = stampOf(info)
		return
	}
	entries, _ := os.ReadDir(path)
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && isSource(entry.Name()) {
			now[filepath.Join(path, entry.Name())] = stampOf(info)
		}
	}
}

// ignored reports whether a folder holds no source of the bot.
func ignored(folder string) bool {
	return strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_") || slices.Contains([]string{"node_modules", "testdata", "vendor"}, folder)
}

// isModule reports whether a folder is a module of its own.
func isModule(folder string) bool {
	_, err := os.Lstat(filepath.Join(folder, "go.mod"))
	return err == nil
}

// isSource reports whether a file may change what is built. Tests do not. A file that an editor writes for itself begins with a
// period, as in .#main.go.
func isSource(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return false
	}
	switch filepath.Ext(name) {
	case ".go":
		return !strings.HasSuffix(name, "_test.go")
	case ".mod", ".sum":
		return name == "go.mod" || name == "go.sum"
	}
	return false
}
