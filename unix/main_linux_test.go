package unix_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func TestMain(m *testing.M) { nstest.Main(m) }

// ok fails the test if err is not nil.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fails fails the test if err is not want.
func fails(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}

// need skips the test if err says that the kernel does not have the feature, and fails it for other errors.
func need(t testing.TB, feature, minKernel string, err error) {
	t.Helper()
	if err != nil {
		nstest.Need(t, feature, minKernel, err)
		t.Fatal(err)
	}
}

// temp writes a file and returns its path.
func temp(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	ok(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

// opened returns a descriptor of a path.
func opened(t testing.TB, path string, flags int) int {
	t.Helper()
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC, 0)
	ok(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// closed returns a descriptor that is not open.
const closed = 1 << 20

// pair returns two connected sockets.
func pair(t testing.TB, typ int) (a, b int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, typ|unix.SOCK_CLOEXEC, 0)
	ok(t, err)
	t.Cleanup(func() { _, _ = unix.Close(fds[0]), unix.Close(fds[1]) })
	return fds[0], fds[1]
}

// socket returns a socket, and ends the test as skipped if the kernel has none of the kind.
func socket(t testing.TB, domain, typ, proto int) int {
	t.Helper()
	fd, err := unix.Socket(domain, typ|unix.SOCK_CLOEXEC, proto)
	ok(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// onOwnThread runs f on a thread that nothing else uses after it.
func onOwnThread(t testing.TB, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		defer close(done)
		f()
	}()
	<-done
}

// ptr is a pointer as untyped calls take it.
func ptr[T any](p *T) unsafe.Pointer { return unsafe.Pointer(p) }

// capable reports whether the process has a capability in the user namespace that the system began with.
func capable(t testing.TB, c int) bool {
	t.Helper()
	own, err := os.ReadFile("/proc/self/uid_map")
	ok(t, err)
	if fields := strings.Fields(string(own)); len(fields) < 3 || fields[2] != "4294967295" {
		return false
	}
	var data [2]unix.CapUserData
	ok(t, unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &data[0]))
	return data[c/32].Effective>>(c%32)&1 != 0
}

// withoutCapabilities runs f on a thread of its own that has none.
func withoutCapabilities(t testing.TB, f func()) {
	t.Helper()
	onOwnThread(t, func() {
		var none [2]unix.CapUserData
		if err := unix.Capset(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &none[0]); err != nil {
			t.Error(err)
			return
		}
		f()
	})
}
