package reference

import (
	"context"
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

//go:embed guarantees.txt
var guarantees string

var (
	testName   = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]*)\(`)
	testNumber = regexp.MustCompile(`G[0-9]+`)
)

// guaranteesPage is the file guarantees.txt with the tests of each guarantee: those that have its number in their name.
func guaranteesPage(_ context.Context, s Source) (string, error) {
	tests := make(map[string][]string)
	err := filepath.WalkDir(filepath.Join(s.Root, "runtime"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(s.Root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, match := range testName.FindAllStringSubmatch(string(text), -1) {
			prefix, _, _ := strings.Cut(strings.TrimPrefix(match[1], "Test"), "_")
			if !strings.HasPrefix(prefix, "G") {
				continue
			}
			for _, part := range strings.Split(strings.TrimPrefix(match[1], "Test"), "_") {
				if testNumber.FindString(part) != part {
					break
				}
				tests[part] = append(tests[part], "`"+match[1]+"` in [`"+filepath.ToSlash(folder)+"`](../../"+filepath.ToSlash(folder)+")")
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	intro, rest, _ := strings.Cut(guarantees, "\n## ")
	w := newPage("Guarantees", strings.TrimSpace(intro))
	for i, section := range strings.Split("\n## "+rest, "\n## ")[1:] {
		number := "G" + fmt.Sprint(i+1)
		if !strings.HasPrefix(section, number+" ") {
			return "", fmt.Errorf("guarantees.txt: section %d does not begin with %s", i+1, number)
		}
		if len(tests[number]) == 0 {
			return "", fmt.Errorf("no test below runtime has the number %s", number)
		}
		slices.Sort(tests[number])
		w.add("## %s\n\n<details><summary>Tests: %d</summary>\n\n- %s\n\n</details>\n", strings.TrimSpace(section), len(tests[number]), strings.Join(tests[number], "\n- "))
		delete(tests, number)
	}
	for number := range tests {
		return "", fmt.Errorf("guarantees.txt has no section %s, and %v is about it", number, tests[number][0])
	}
	return strings.TrimRight(w.String(), "\n") + "\n", nil
}
