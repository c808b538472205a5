package nstest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Program skips a test for want of a program that is not a part of the kernel; err is what looking for it gave, and
// pkg the package of Debian that has it.
func Program(t testing.TB, name, pkg string, err error) {
	t.Helper()
	if err != nil {
		skip(t, "program "+name+" (package "+pkg+")", err.Error())
	}
}

// ModuleFile returns a file of the module, such as one of the documentation, by its path from the package's folder.
// The test is skipped where test binaries run without the module around them.
func ModuleFile(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if sources, _ := filepath.Glob("*.go"); sources == nil {
			skip(t, "the module's files around the test", err.Error())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
