package emit

import (
	"bytes"
	"strings"
)

// groupImports puts the standard library before the rest, with an empty line between, as people do. Jennifer sorts all
// imports into one block.
func groupImports(source []byte) []byte {
	const begin, end = "import (\n", "\n)\n"
	head, rest, ok := bytes.Cut(source, []byte(begin))
	if !ok {
		return source
	}
	block, tail, ok := bytes.Cut(rest, []byte(end))
	if !ok {
		return source
	}
	var standard, others []string
	for line := range strings.SplitSeq(string(block), "\n") {
		path := line[strings.IndexByte(line, '"')+1:]
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
			others = append(others, line)
		} else {
			standard = append(standard, line)
		}
	}
	if len(standard) > 0 && len(others) > 0 {
		standard = append(standard, "")
	}
	grouped := strings.Join(append(standard, others...), "\n")
	return bytes.Join([][]byte{head, []byte(begin), []byte(grouped), []byte(end), tail}, nil)
}
