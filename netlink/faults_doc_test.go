package netlink

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFaultTable looks for the tests that docs/testing.md names for each fault.
func TestFaultTable(t *testing.T) {
	doc, err := os.ReadFile("../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(doc), "\n## Faults\n")
	table, _, _ = strings.Cut(table, "\n## ")
	files := map[string]string{}
	for _, pattern := range []string{"*_test.go", "wire/*_test.go", "nl/*_test.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = string(b)
		}
	}
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)\\w+)(?:/([^`]+))?`").FindAllStringSubmatch(table, -1)
	for _, n := range named {
		found := false
		for _, text := range files {
			found = found || strings.Contains(text, "\nfunc "+n[1]+"(") && (n[2] == "" || strings.Contains(text, `"`+n[2]+`"`))
		}
		if !found {
			t.Errorf("there is no %s", n[0])
		}
	}
	if len(named) < 50 {
		t.Errorf("the table names %d tests", len(named))
	}
}
