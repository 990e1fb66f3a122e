package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tggen/tggen/gen/diag"
)

// replayed finds an example of a code in the scripts of the command line, by running one that shows the code: its commands up
// to the one that reports it. It is for codes that depend on what is in the folder besides the spec.
func replayed(ctx context.Context, s Source, scripts []string, code string) (string, error) {
	for _, path := range scripts {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			return "", err
		}
		if !bytes.Contains(archive.Comment, []byte(`"code": "`+code+`"`)) {
			continue
		}
		found, err := replay(ctx, s, archive, code)
		if err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
		if found != "" {
			return found, nil
		}
	}
	return "", nil
}

// replay runs a script until a command reports the code. Of the commands of testscript it knows those that change files, and
// skips lines with a condition.
func replay(ctx context.Context, s Source, archive *txtar.Archive, code string) (string, error) {
	dir, err := os.MkdirTemp("", "tggen")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := lay(dir, archive); err != nil {
		return "", err
	}
	for line := range strings.Lines(string(archive.Comment)) {
		words := strings.Fields(strings.ReplaceAll(line, "'", ""))
		if len(words) == 0 {
			continue
		}
		for i, word := range words[1:] {
			if words[0] == "cp" || words[0] == "mv" || words[0] == "rm" || words[0] == "mkdir" || words[0] == "cd" {
				words[i+1] = filepath.Join(dir, filepath.FromSlash(word))
			}
		}
		switch {
		case words[0] == "cp" && len(words) == 3:
			err = copyFile(words[1], words[2])
		case words[0] == "mv" && len(words) == 3:
			err = os.Rename(words[1], words[2])
		case words[0] == "rm":
			for _, path := range words[1:] {
				err = errors.Join(err, os.RemoveAll(path))
			}
		case words[0] == "mkdir":
			for _, path := range words[1:] {
				err = errors.Join(err, os.MkdirAll(path, 0o755))
			}
		case words[0] == "cd" && len(words) == 2:
			dir = words[1]
		case slices.Contains(words, "tggen") && (words[0] == "exec" || words[0] == "exit" || words[0] == "!"):
			tool, err := filepath.Abs(s.Tool)
			if err != nil {
				return "", err
			}
			command := exec.CommandContext(ctx, tool, words[slices.Index(words, "tggen")+1:]...)
			command.Dir = dir
			var printed bytes.Buffer
			command.Stderr = &printed
			_ = command.Run() // many of them fail
			if found := find(printed.Bytes(), dir, code); found != "" {
				return found, nil
			}
		}
		if err != nil {
			return "", err
		}
	}
	return "", nil
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

// find returns the diagnostic with a code as text, from what a command printed as JSON in the folder dir. It is empty if there is
// none.
func find(printed []byte, dir, code string) string {
	type place struct {
		File         string
		Line, Column int
	}
	var all []struct {
		place
		EndColumn           int
		Code, Message, Hint string
		Related             []struct {
			place
			Message string
		}
	}
	if json.Unmarshal(printed, &all) != nil {
		return ""
	}
	for _, one := range all {
		if one.Code != code {
			continue
		}
		sources := diag.Sources{}
		add := func(name string) {
			if text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
				sources[name] = text
			}
		}
		add(one.File)
		d := diag.Diagnostic{Pos: diag.Pos(one.place), End: one.EndColumn, Code: code, Message: one.Message, Hint: one.Hint}
		for _, r := range one.Related {
			add(r.File)
			d.Related = append(d.Related, diag.Related{Pos: diag.Pos(r.place), Message: r.Message})
		}
		var text bytes.Buffer
		if (diag.List{d}).Text(&text, sources) != nil {
			return ""
		}
		return text.String()
	}
	return ""
}
