package netns_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netns"
	"kern.sys/unix"
)

func TestHandleWithoutNamespace(t *testing.T) {
	for _, c := range []struct {
		ns               netns.NsHandle
		open             bool
		text, unique     string
		closed           error
		afterFailedClose netns.NsHandle
	}{
		{netns.None(), false, "NS(none)", "NS(none)", unix.EBADF, -1},
		{999999, true, "NS(999999: unknown)", "NS(unknown)", unix.EBADF, 999999},
		{-5, true, "NS(-5: unknown)", "NS(unknown)", unix.EBADF, -5},
	} {
		ns := c.ns
		if got := ns.IsOpen(); got != c.open {
			t.Errorf("%d: open %v", c.ns, got)
		}
		if got := ns.String(); got != c.text {
			t.Errorf("%d: %s, want %s", c.ns, got, c.text)
		}
		if got := ns.UniqueId(); got != c.unique {
			t.Errorf("%d: %s, want %s", c.ns, got, c.unique)
		}
		if !ns.Equal(c.ns) || ns.Equal(12345) {
			t.Errorf("%d: equals itself %v, another one %v", c.ns, ns.Equal(c.ns), ns.Equal(12345))
		}
		if err := ns.Close(); !errors.Is(err, c.closed) || ns != c.afterFailedClose {
			t.Errorf("%d: close: %v, leaves %d", c.ns, err, ns)
		}
	}
}

func TestHandleNamesItsNamespaceAsTheKernelDoes(t *testing.T) {
	lock(t)
	ns := get(t)
	link, err := os.Readlink("/proc/thread-self/ns/net") // net:[INODE]
	if err != nil {
		t.Fatal(err)
	}
	ino := strings.Trim(link, "net:[]")
	var st syscall.Stat_t
	if err := syscall.Stat("/proc/thread-self/ns/net", &st); err != nil {
		t.Fatal(err)
	}
	if got, want := ns.UniqueId(), fmt.Sprintf("NS(%d:%s)", st.Dev, ino); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := ns.String(), fmt.Sprintf("NS(%d: %d, %s)", int(ns), st.Dev, ino); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestEqual(t *testing.T) {
	lock(t)
	a, again, other := get(t), get(t), nstest.New(t)
	if !a.Equal(again) || !again.Equal(a) {
		t.Errorf("%v and %v differ", a, again)
	}
	if a.Equal(other) || a.Equal(netns.None()) || netns.None().Equal(a) {
		t.Errorf("%v equals %v or none", a, other)
	}
}

func TestCloseMakesNone(t *testing.T) {
	ns, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	if err := ns.Close(); err != nil || ns != netns.None() {
		t.Errorf("%v, %v", ns, err)
	}
}

func TestHandlesCloseOnExec(t *testing.T) {
	nstest.Private(t)
	origin := lock(t)
	handles := map[string]func() (netns.NsHandle, error){
		"Get":         netns.Get,
		"New":         netns.New,
		"NewNamed":    func() (netns.NsHandle, error) { return netns.NewNamed("cloexec") },
		"GetFromName": func() (netns.NsHandle, error) { return netns.GetFromName("cloexec") },
	}
	for _, name := range []string{"Get", "New", "NewNamed", "GetFromName"} {
		ns, err := handles[name]()
		if err != nil {
			t.Fatal(err)
		}
		flags, err := unix.FcntlInt(uintptr(ns), unix.F_GETFD, 0)
		if err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("%s: flags %#x, %v", name, flags, err)
		}
		if err := ns.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := errors.Join(netns.Set(origin), netns.DeleteNamed("cloexec")); err != nil {
		t.Error(err)
	}
}

func TestGetFromPid(t *testing.T) {
	nstest.Private(t)
	pid := child(t)
	ns, err := netns.GetFromPid(pid)
	if err != nil {
		t.Fatal(err)
	}
	defer ns.Close()
	byPath, err := netns.GetFromPath(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer byPath.Close()
	if !ns.Equal(byPath) || ns.Equal(get(t)) {
		t.Errorf("by number %v, by path %v, own %v", ns, byPath, get(t))
	}
}

func TestGetFromThread(t *testing.T) {
	want := nstest.New(t)
	tid, stop, done := make(chan int), make(chan struct{}), make(chan error)
	go func() {
		done <- netns.Do(want, func() error {
			tid <- unix.Gettid()
			<-stop
			return nil
		})
	}()
	got, err := netns.GetFromThread(unix.Getpid(), <-tid)
	close(stop)
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestGetFailsForWhatIsNoNamespace(t *testing.T) {
	detailed(t)
	dir := t.TempDir()
	file, fifo := filepath.Join(dir, "file"), filepath.Join(dir, "fifo")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	path := netns.GetFromPath
	for _, c := range []struct {
		name string
		get  func() (netns.NsHandle, error)
		is   error
		text string
	}{
		{"missing file", func() (netns.NsHandle, error) { return path(dir + "/none") }, os.ErrNotExist,
			`netns get "` + dir + `/none": no such file or directory`},
		{"file", func() (netns.NsHandle, error) { return path(file) }, unix.EINVAL, `netns get "` + file +
			`": not a namespace: invalid argument`},
		{"folder", func() (netns.NsHandle, error) { return path(dir) }, unix.EINVAL, `": not a namespace: invalid argument`},
		{"FIFO, which must not hang", func() (netns.NsHandle, error) { return path(fifo) }, unix.EINVAL,
			`": not a namespace: invalid argument`},
		{"NUL in path", func() (netns.NsHandle, error) { return path("a\x00b") }, unix.EINVAL,
			`netns get "a\x00b": invalid argument`},
		{"no such process", func() (netns.NsHandle, error) { return netns.GetFromPid(1 << 30) }, os.ErrNotExist,
			`netns get "process 1073741824": no such file or directory`},
		{"no such thread", func() (netns.NsHandle, error) { return netns.GetFromThread(os.Getpid(), 1<<30) }, os.ErrNotExist,
			`thread 1073741824": no such`},
		{"no such name", func() (netns.NsHandle, error) { return netns.GetFromName("none") }, os.ErrNotExist,
			`netns get "none": no such file or directory`},
	} {
		ns, err := c.get()
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) || ns != netns.None() {
			t.Errorf("%s: %v, %v", c.name, ns, err)
		}
		if c.is == os.ErrNotExist && !os.IsNotExist(err) {
			t.Errorf("%s: os.IsNotExist does not know %v", c.name, err)
		}
	}
}

func TestNewAndSet(t *testing.T) {
	nstest.Private(t)
	origin := lock(t)
	ns, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	defer ns.Close()
	if now := get(t); !now.Equal(ns) || ns.Equal(origin) {
		t.Errorf("in %v, made %v, came from %v", now, ns, origin)
	}
	if err := netns.Set(origin); err != nil {
		t.Fatal(err)
	}
	if now := get(t); !now.Equal(origin) {
		t.Errorf("in %v, set %v", now, origin)
	}
}

func TestNewWithoutRightLeavesThread(t *testing.T) {
	detailed(t)
	nstest.Private(t)
	lock(t) // checks where the thread is at the end
	regain := loseCapabilities(t)
	ns, err := netns.New()
	regain()
	if !errors.Is(err, os.ErrPermission) || err.Error() != "netns new: operation not permitted" || ns != netns.None() {
		t.Errorf("%v, %v", ns, err)
	}
}

func TestSetRefuses(t *testing.T) {
	detailed(t)
	nstest.Private(t)
	lock(t)
	uts, err := netns.GetFromPath("/proc/self/ns/uts")
	if err != nil {
		t.Fatal(err)
	}
	defer uts.Close()
	if err := netns.Set(netns.None()); !errors.Is(err, unix.EBADF) ||
		err.Error() != "netns set NS(none): bad file descriptor" {
		t.Errorf("none: %v", err)
	}
	if err := netns.Set(uts); !errors.Is(err, unix.EINVAL) {
		t.Errorf("namespace of another kind: %v", err)
	}
	own := get(t)
	if err := netns.Setns(own, netns.CLONE_NEWUTS); !errors.Is(err, unix.EINVAL) {
		t.Errorf("kind other than said: %v", err)
	}
	if err := netns.Setns(own, 0); err != nil {
		t.Errorf("any kind: %v", err)
	}
}
