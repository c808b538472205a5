// Package bpftest has object files for tests.
package bpftest

import (
	"embed"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

//go:embed testdata
var files embed.FS

// Objects returns the path of the object file in the machine's byte order, that of the other one, and that of their
// source.
func Objects(t testing.TB) (object, other, source string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string) string {
		b, err := files.ReadFile("testdata/" + name)
		path := filepath.Join(dir, name)
		if err == nil {
			err = os.WriteFile(path, b, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	little, big := write("prog.el.o"), write("prog.eb.o")
	if native.Uint16([]byte{0, 1}) == 1 {
		little, big = big, little
	}
	return little, big, write("prog.c")
}

// Need skips a test where the kernel loads no programs, by what a command said.
func Need(t testing.TB, said string) {
	t.Helper()
	var err error
	switch {
	case strings.Contains(said, "peration not permitted"), strings.Contains(said, "an be mounted"):
		err = os.ErrPermission
	case strings.Contains(said, "annot allocate memory"): // without locks, as um
		err = unix.EOPNOTSUPP
	}
	nstest.NeedOption(t, "CONFIG_BPF_SYSCALL", "", err)
}
