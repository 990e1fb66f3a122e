// Command write writes the pages of package reference. It runs in the folder docs.
package main

import (
	"context"
	"log"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/tggen/tggen/docs/internal/reference"
)

func main() {
	log.SetFlags(0)
	if err := write(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func write(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "tggen")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tool := filepath.Join(dir, "tggen")
	build := exec.CommandContext(ctx, "go", "build", "-o", tool, "../cmd/tggen")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	pages, err := reference.Pages(ctx, reference.Source{Root: "..", Tool: tool})
	if err != nil {
		return err
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join("reference", name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
