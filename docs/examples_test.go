package docs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExamples checks that the documentation lists every bot in example, and that each has a test.
func TestExamples(t *testing.T) {
	index, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob("../example/*/main.go")
	if err != nil || len(folders) < 6 {
		t.Fatalf("%d examples were found: %v", len(folders), err)
	}
	for _, main := range folders {
		folder := filepath.Dir(main)
		if !strings.Contains(string(index), "("+filepath.ToSlash(folder)+")") {
			t.Errorf("docs/README.md does not list %s", folder)
		}
		if tests, err := filepath.Glob(filepath.Join(folder, "*_test.go")); err != nil || len(tests) == 0 {
			t.Errorf("%s has no test", folder)
		}
	}
}
