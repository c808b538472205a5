package unix_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/unix"
)

// TestPathsOfAnyLength opens paths around the length up to which a call keeps them on its stack.
func TestPathsOfAnyLength(t *testing.T) {
	dir := t.TempDir()
	for _, length := range []int{126, 127, 128, 129, 1000} {
		path := filepath.Join(dir, "x")
		path = strings.Repeat("/", length-len(path)) + path
		ok(t, os.WriteFile(path, nil, 0o600))
		var st unix.Stat_t
		ok(t, unix.Stat(path, &st))
		fails(t, unix.Stat(path+"y", &st), unix.ENOENT)
		ok(t, unix.Unlink(path))
		fails(t, unix.Unlink(path), unix.ENOENT)
		fails(t, unix.Unlink(path[:length-1]+"\x00"), unix.EINVAL)
	}
}

func TestShortPathsAreNotAllocated(t *testing.T) {
	dir := opened(t, t.TempDir(), unix.O_DIRECTORY)
	var st unix.Stat_t
	if n := testing.AllocsPerRun(100, func() {
		fd, err := unix.Openat(dir, "file", unix.O_CREAT|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
		ok(t, err)
		ok(t, unix.Close(fd))
		ok(t, unix.Renameat(dir, "file", dir, "other"))
		ok(t, unix.Fstatat(dir, "other", &st, 0))
		ok(t, unix.Unlinkat(dir, "other", 0))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
