// Package guest runs the scripts of internal/selftests in guests of internal/vmtest: its test needs root, a kernel
// with all modules, and the scripts in testdata, where internal/selftests puts them.
package guest

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

//go:embed scripts.txt
var scriptLines string

// Scripts returns the scripts that run, with their arguments: of the kernel's selftests/net, of "drivers/" beside it,
// of "iproute2/", which is its testsuite, and of "tdc/", which are the cases of tc-testing.
func Scripts() []string { return strings.Split(strings.TrimSpace(scriptLines), "\n") }

// Choose returns the scripts that match a regular expression.
func Choose(expr string) ([]string, error) {
	match, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(Scripts(), func(s string) bool { return !match.MatchString(s) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no script matches %q", expr)
	}
	return chosen, nil
}
