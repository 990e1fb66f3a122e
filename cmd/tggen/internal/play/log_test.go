package play

import (
	"slices"
	"testing"
)

// TestLog checks that the lines of the log are plain text: a bot colours them for a terminal, and may print anything.
func TestLog(t *testing.T) {
	l := &log{changed: func() {}}
	l.Write([]byte("\x1b[1;31mred\x1b[0m and\tplain\r\n\x1b]8;;http://x\x07link\x1b]8;;\x1b\\ \x00\x07end\nhalf \xff"))
	l.Write([]byte(" a line\n"))
	if want := []string{"red and\tplain", "link end", "half � a line"}; !slices.Equal(l.lines(), want) {
		t.Errorf("the log is %q, want %q", l.lines(), want)
	}
}
