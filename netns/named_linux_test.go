package netns_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netns"
	"kern.sys/unix"
)

// add makes a named namespace that goes when the test ends, and returns to the namespace the thread was in.
func add(t *testing.T, name string) netns.NsHandle {
	t.Helper()
	origin := lock(t)
	ns, err := netns.NewNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ns.Close() })
	if err := netns.Set(origin); err != nil {
		t.Fatal(err)
	}
	return ns
}

func list(t *testing.T) []string {
	t.Helper()
	names, err := netns.List()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestNewNamedMovesThreadIntoIt(t *testing.T) {
	nstest.Private(t)
	origin := lock(t)
	ns, err := netns.NewNamed("moves")
	if err != nil {
		t.Fatal(err)
	}
	defer ns.Close()
	if now := get(t); !now.Equal(ns) || ns.Equal(origin) {
		t.Errorf("in %v, made %v, came from %v", now, ns, origin)
	}
	byName, err := netns.GetFromName("moves")
	if err != nil {
		t.Fatal(err)
	}
	defer byName.Close()
	if !byName.Equal(ns) {
		t.Errorf("made %v, the name is of %v", ns, byName)
	}
	if err := errors.Join(netns.Set(origin), netns.DeleteNamed("moves")); err != nil {
		t.Error(err)
	}
	if _, err := netns.GetFromName("moves"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after the name is deleted: %v", err)
	}
}

func TestIpSeesWhatNewNamedMade(t *testing.T) {
	nstest.Private(t)
	ns := add(t, "ours")
	if got := ip(t, "netns", "list"); !slices.Contains(strings.Split(got, "\n"), "ours") {
		t.Errorf("ip netns list: %q", got)
	}
	link := ip(t, "netns", "exec", "ours", "readlink", "/proc/self/ns/net")
	if ino := strings.Trim(link, "net:[]"); !strings.HasSuffix(ns.UniqueId(), ":"+ino+")") {
		t.Errorf("ip netns exec is in %s, made %v", link, ns)
	}
	ip(t, "netns", "del", "ours")
	if names := list(t); slices.Contains(names, "ours") {
		t.Errorf("after ip netns del: %q", names)
	}
}

func TestWhatIpMadeIsSeen(t *testing.T) {
	nstest.Private(t)
	lock(t)
	ip(t, "netns", "add", "theirs")
	if names := list(t); !slices.Contains(names, "theirs") {
		t.Errorf("list: %q", names)
	}
	ns, err := netns.GetFromName("theirs")
	if err != nil {
		t.Fatal(err)
	}
	defer ns.Close()
	link := ip(t, "netns", "exec", "theirs", "readlink", "/proc/self/ns/net")
	if ino := strings.Trim(link, "net:[]"); !strings.HasSuffix(ns.UniqueId(), ":"+ino+")") {
		t.Errorf("ip netns exec is in %s, found %v", link, ns)
	}
	if err := netns.DeleteNamed("theirs"); err != nil {
		t.Fatal(err)
	}
	if got := ip(t, "netns", "list"); strings.Contains(got, "theirs") {
		t.Errorf("ip netns list: %q", got)
	}
}

func TestBadNamesDoNothing(t *testing.T) {
	detailed(t)
	nstest.Private(t)
	lock(t)
	before := list(t)
	for _, c := range []struct {
		name string
		is   error
	}{
		{"", unix.EINVAL},
		{".", unix.EINVAL},
		{"..", unix.EINVAL},
		{"a/b", unix.EINVAL},
		{"/etc/passwd", unix.EINVAL},
		{"a\x00b", unix.EINVAL},
		{strings.Repeat("x", 256), unix.ENAMETOOLONG},
	} {
		ns, err := netns.NewNamed(c.name)
		if want := fmt.Sprintf("netns new %q: ", c.name); !errors.Is(err, c.is) || !strings.HasPrefix(err.Error(), want) ||
			ns != netns.None() {
			t.Errorf("NewNamed: %v, %v", ns, err)
		}
		ns, err = netns.GetFromName(c.name)
		if want := fmt.Sprintf("netns get %q: ", c.name); !errors.Is(err, c.is) || !strings.HasPrefix(err.Error(), want) ||
			ns != netns.None() {
			t.Errorf("GetFromName: %v, %v", ns, err)
		}
		err = netns.DeleteNamed(c.name)
		if want := fmt.Sprintf("netns delete %q: ", c.name); !errors.Is(err, c.is) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("DeleteNamed: %v", err)
		}
	}
	if after := list(t); !slices.Equal(before, after) {
		t.Errorf("names were %q, are %q", before, after)
	}
}

func TestTakenNameIsKept(t *testing.T) {
	detailed(t)
	nstest.Private(t)
	first := add(t, "taken")
	ns, err := netns.NewNamed("taken")
	if !os.IsExist(err) || !errors.Is(err, os.ErrExist) || err.Error() != `netns new "taken": file exists` ||
		ns != netns.None() {
		t.Errorf("%v, %v", ns, err)
	}
	still, err := netns.GetFromName("taken")
	if err != nil {
		t.Fatal(err)
	}
	defer still.Close()
	if !still.Equal(first) {
		t.Errorf("the name is of %v, was of %v", still, first)
	}
	if err := netns.DeleteNamed("taken"); err != nil {
		t.Error(err)
	}
}

func TestErrorsOfMountsAreSeenByOsIs(t *testing.T) {
	nstest.Private(t)
	err := netns.Attach("nothing", netns.None())
	if !os.IsNotExist(err) || err.Error() != `netns attach "nothing": mount: no such file or directory` ||
		exists("/run/netns/nothing") {
		t.Errorf("%v, file %v", err, exists("/run/netns/nothing"))
	}
}

func TestLongestNameWorks(t *testing.T) {
	nstest.Private(t)
	name := strings.Repeat("x", 255)
	add(t, name)
	if err := netns.DeleteNamed(name); err != nil {
		t.Error(err)
	}
}

func TestLeftoverFileIsNoNamespaceAndCanBeDeleted(t *testing.T) {
	nstest.Private(t)
	add(t, "real") // makes the folder
	defer netns.DeleteNamed("real")
	if err := os.WriteFile("/run/netns/leftover", nil, 0); err != nil {
		t.Fatal(err)
	}
	if ns, err := netns.GetFromName("leftover"); err == nil ||
		err.Error() != `netns get "leftover": not a namespace: invalid argument` {
		t.Errorf("%v, %v", ns, err)
	}
	if err := netns.DeleteNamed("leftover"); err != nil || exists("/run/netns/leftover") {
		t.Errorf("delete: %v", err)
	}
	if err := netns.DeleteNamed("leftover"); !errors.Is(err, os.ErrNotExist) || !os.IsNotExist(err) {
		t.Errorf("delete what is gone: %v", err)
	}
}

func TestDeleteNamedOfLinkLeavesItsTarget(t *testing.T) {
	nstest.Private(t)
	add(t, "target")
	if err := os.Symlink("/run/netns/target", "/run/netns/link"); err != nil {
		t.Fatal(err)
	}
	if err := netns.DeleteNamed("link"); err != nil {
		t.Error(err)
	}
	ns, err := netns.GetFromName("target")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(ns.Close(), netns.DeleteNamed("target")); err != nil {
		t.Error(err)
	}
}

func TestWithoutRightNothingIsMade(t *testing.T) {
	nstest.Private(t)
	lock(t)
	regain := loseCapabilities(t)
	ns, err := netns.NewNamed("forbidden")
	regain()
	if !errors.Is(err, os.ErrPermission) || ns != netns.None() || exists("/run/netns/forbidden") {
		t.Errorf("%v, %v, file %v", ns, err, exists("/run/netns/forbidden"))
	}
	add(t, "kept")
	regain = loseCapabilities(t)
	err = netns.DeleteNamed("kept")
	regain()
	if !os.IsPermission(err) || !slices.Contains(list(t), "kept") {
		t.Errorf("delete: %v, names %q", err, list(t))
	}
	if err := netns.DeleteNamed("kept"); err != nil {
		t.Error(err)
	}
}

func TestFailedMountLeavesThreadWhereItWas(t *testing.T) {
	nstest.Private(t)
	lock(t) // checks where the thread is at the end
	ns, err := netns.NewAt(filepath.Join(t.TempDir(), "missing"))
	if !errors.Is(err, os.ErrNotExist) || ns != netns.None() {
		t.Errorf("%v, %v", ns, err)
	}
}

func TestNewNamedUndoesWhatItDid(t *testing.T) {
	inUserNamespace(t, func() {
		add(t, "first")
		if err := os.WriteFile("/proc/sys/user/max_net_namespaces", []byte("1"), 0); err != nil {
			t.Fatal(err)
		}
		ns, err := netns.NewNamed("second")
		if !errors.Is(err, unix.ENOSPC) || ns != netns.None() || exists("/run/netns/second") {
			t.Errorf("%v, %v, file %v", ns, err, exists("/run/netns/second"))
		}
		if err := netns.DeleteNamed("first"); err != nil {
			t.Error(err)
		}
	})
}

func TestOneOfManyGetsTheName(t *testing.T) {
	nstest.Private(t)
	ipPath, _ := exec.LookPath("ip")
	const goroutines, processes = 16, 4
	var made atomic.Int32
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			origin, err := netns.Get()
			if err != nil {
				t.Error(err)
				return
			}
			defer origin.Close()
			ns, err := netns.NewNamed("contended")
			if errors.Is(err, os.ErrExist) {
				return
			}
			if err := errors.Join(err, netns.Set(origin), ns.Close()); err != nil {
				t.Error(err)
				return
			}
			made.Add(1)
		})
	}
	if ipPath != "" {
		for range processes {
			all.Go(func() {
				if exec.Command(ipPath, "netns", "add", "contended").Run() == nil {
					made.Add(1)
				}
			})
		}
	}
	all.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("%d made it", n)
	}
	if err := netns.DeleteNamed("contended"); err != nil {
		t.Error(err)
	}
}

func TestNamesComeAndGoConcurrently(t *testing.T) {
	nstest.Private(t)
	const goroutines, rounds = 8, 20
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			name := fmt.Sprint("busy", g%(goroutines/2)) // two goroutines a name
			for range rounds {
				if err := comeAndGo(name); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	for _, name := range list(t) {
		if strings.HasPrefix(name, "busy") {
			t.Errorf("%s is left", name)
		}
	}
}

// comeAndGo makes, finds and deletes a namespace that another goroutine may make and delete too.
func comeAndGo(name string) error {
	runtime.LockOSThread()
	origin, err := netns.Get()
	if err != nil {
		return err
	}
	defer origin.Close()
	ns, err := netns.NewNamed(name)
	if err == nil {
		err = errors.Join(netns.Set(origin), ns.Close())
	}
	if err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	now, err := netns.Get()
	if err != nil {
		return err
	}
	defer now.Close()
	if !now.Equal(origin) {
		return fmt.Errorf("thread is in %v, came from %v", now, origin)
	}
	runtime.UnlockOSThread()
	if ns, err = netns.GetFromName(name); err == nil {
		err = ns.Close()
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := netns.DeleteNamed(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
