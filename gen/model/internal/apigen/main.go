// Command apigen writes api_gen.go into the current directory, from the gotgbot that go.mod names.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/tggen/tggen/gen/model/internal/load"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "apigen:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	t, err := load.Load(ctx, ".")
	if err != nil {
		return err
	}
	source, err := load.Source(t)
	if err != nil {
		return err
	}
	return os.WriteFile("api_gen.go", source, 0o644)
}
