package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// A BuildError reports a package that did not build.
type BuildError struct {
	Dir    string // the folder of the package
	Output string // what the go command printed, such as the lines of the compiler
	Err    error
}

// Error returns the folder and the output of the go command.
func (e *BuildError) Error() string {
	if e.Output == "" {
		return fmt.Sprintf("building the package in %s: %v", e.Dir, e.Err)
	}
	return fmt.Sprintf("building the package in %s: %v\n%s", e.Dir, e.Err, e.Output)
}

// Unwrap returns the error of running the go command.
func (e *BuildError) Unwrap() error { return e.Err }

// Build builds the main package in the folder dir with `go build` and writes the binary to the file binary. A relative name of the
// binary is relative to the folder of this process. The flags are those of go build, such as -race. If the go command fails, the error is
// a [*BuildError]. When ctx ends, the go command and the compilers that it has started are killed.
func Build(ctx context.Context, dir, binary string, flags ...string) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return fmt.Errorf("building the package in %s: %w", dir, err)
	}
	if info, err := os.Stat(dir); err != nil {
		return fmt.Errorf("building the package in %s: %w", dir, err)
	} else if !info.IsDir() {
		return fmt.Errorf("building the package in %s: it is not a folder", dir)
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("building the package in %s: %w", dir, err)
	}
	var output bytes.Buffer
	build, err := Start(Config{Binary: tool, Args: slices.Concat([]string{"build"}, flags, []string{"-o", binary, "."}), Dir: dir, Output: &output})
	if err != nil {
		return fmt.Errorf("building the package in %s: %w", dir, err)
	}
	stop := context.AfterFunc(ctx, func() { build.Kill() })
	err = build.Wait()
	if !stop() {
		return fmt.Errorf("building the package in %s: %w", dir, ctx.Err())
	}
	if err == nil {
		err = checkMain(binary)
	}
	if err != nil {
		return &BuildError{Dir: dir, Output: output.String(), Err: err}
	}
	return nil
}

// checkMain checks that the go command wrote a program. It writes an archive for a package that is not main.
func checkMain(binary string) error {
	file, err := os.Open(binary)
	if err != nil {
		return err
	}
	defer file.Close()
	const archive = "!<arch>\n"
	start := make([]byte, len(archive))
	if _, err := io.ReadFull(file, start); err != nil {
		return err
	}
	if string(start) == archive {
		return errors.New("it is not a main package")
	}
	return nil
}
