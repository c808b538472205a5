package nstest

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"

	"kern.sys/netns"
	"kern.sys/unix"
)

func TestMain(m *testing.M) { Main(m) }

func TestMainGivesOwnNamespacesWithLoopbackUp(t *testing.T) {
	Private(t)
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	if lo.Flags&net.FlagUp == 0 {
		t.Errorf("lo has flags %v", lo.Flags)
	}
	entries, err := os.ReadDir("/run")
	if err != nil || len(entries) != 0 {
		t.Errorf("/run has %v, %v", entries, err)
	}
	if os.Geteuid() != 0 {
		t.Errorf("user %d", os.Geteuid())
	}
}

func TestNewGivesDifferentNamespaces(t *testing.T) {
	a, b := New(t), New(t)
	if a.Equal(b) {
		t.Errorf("%v and %v are the same", a, b)
	}
}

func TestDoRunsInNewNamespaceOnSameGoroutine(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	outside, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	Do(t, func() {
		inside, err := netns.Get()
		if err != nil {
			t.Fatal(err)
		}
		defer inside.Close()
		if inside.Equal(outside) {
			t.Error("fn runs in the caller's namespace")
		}
		lo, err := net.InterfaceByName("lo")
		if err != nil {
			t.Fatal(err)
		}
		if lo.Flags&net.FlagUp != 0 {
			t.Error("lo of a new namespace is up")
		}
	})
	after, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	defer after.Close()
	if !after.Equal(outside) {
		t.Errorf("left in %v, came from %v", after, outside)
	}
}

func TestJudge(t *testing.T) {
	const old, recent = "5.4.0-1-amd64", "6.18.44-fc"
	for _, c := range []struct {
		name string
		err  error
		sys  system
		want string // "": fail
	}{
		{"kernel too old", unix.EINVAL, system{release: old, modules: true, full: true}, "dogs (needs Linux 5.10)"},
		{"part not built", fmt.Errorf("add: %w", unix.EOPNOTSUPP), system{release: recent}, "kernel built without dogs"},
		{"part not built, complete kernel", unix.EOPNOTSUPP, system{release: recent, full: true}, ""},
		{"part not there, kernel with modules", unix.EOPNOTSUPP, system{release: recent, modules: true}, ""},
		{"error of another kind", unix.EINVAL, system{release: recent}, ""},
		{"user namespace", unix.EPERM, system{release: recent, user: true}, "dogs (needs root outside a user namespace)"},
		{"refused to root", unix.EPERM, system{release: recent}, ""},
		{"emulator", unix.ENOSYS, system{release: recent, modules: true, full: true, emulated: true},
			"emulator without dogs"},
		{"error of another kind of an emulator", unix.EINVAL, system{release: recent, emulated: true}, ""},
	} {
		if got := judge("dogs", "5.10", c.err, c.sys); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestOlderThan(t *testing.T) {
	for _, c := range []struct {
		release, than string
		want          bool
	}{
		{"6.1.0-44-amd64", "6.12", true},
		{"6.12.1", "6.12", false},
		{"6.12-rc3", "6.12", false},
		{"10.0.0", "6.12", false},
		{"4.19.0+", "", false},
		{"5", "5.1", true},
	} {
		if got := olderThan(c.release, c.than); got != c.want {
			t.Errorf("%q older than %q: %v", c.release, c.than, got)
		}
	}
}

func TestCompareNamesWhatLeaked(t *testing.T) {
	before, err := takeStock()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	go func() { <-stop }()
	err = before.differences()
	if err == nil || !strings.Contains(err.Error(), "leaked: /dev/null") ||
		!strings.Contains(err.Error(), "1 goroutines leaked") {
		t.Errorf("got %v", err)
	}
	close(stop)
	f.Close()
	if err := before.compare(); err != nil {
		t.Error(err)
	}
}

func TestCompareNamesPollutedThread(t *testing.T) {
	ns := New(t)
	before, err := takeStock()
	if err != nil {
		t.Fatal(err)
	}
	in, stop := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		in <- netns.Set(ns)
		<-stop
	}()
	if err := <-in; err != nil {
		t.Fatal(err)
	}
	if err := before.differences(); err == nil || !strings.Contains(err.Error(), "/ns/net is net:") {
		t.Errorf("got %v", err)
	}
	close(stop)
	if err := before.compare(); err != nil {
		t.Error(err)
	}
}

func TestOptionsAreReadFromTheKernelsConfiguration(t *testing.T) {
	config := []byte("#\n# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_BC=m\nCONFIG_D=\"CONFIG_E=y\"\nCONFIG_F=n\n")
	for option, want := range map[string]bool{
		"CONFIG_A": false, "CONFIG_B": true, "CONFIG_BC": true, "CONFIG_D": true, "CONFIG_E": false, "CONFIG_F": false,
		"CONFIG_": false,
	} {
		if got := isSet(config, option); got != want {
			t.Errorf("%s: %v", option, got)
		}
	}
	if set, known := configured("CONFIG_NET"); known && !set {
		t.Error("the running kernel has no network")
	}
}
