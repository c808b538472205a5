package netns_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netns"
	"kern.sys/unix"
)

// inMounts runs fn in a process with an empty /run and mounts of its own, which are shared or private to begin with.
func inMounts(t *testing.T, propagation uintptr, fn func()) {
	t.Helper()
	inProcess(t, &syscall.SysProcAttr{}, func() {
		// What tests before this one mounted is hidden below, and listed.
		for unix.Unmount("/run", unix.MNT_DETACH) == nil {
		}
		err := errors.Join(unix.Mount("run", "/run", "tmpfs", 0, "mode=0755"),
			unix.Mount("", "/", "", unix.MS_REC|propagation, ""))
		if err != nil {
			t.Fatal(err)
		}
		lock(t)
		fn()
	})
}

// mountByHand names a new namespace as tools do that know neither "ip netns" nor this package: they make the
// folder and the file, and mount on the file.
func mountByHand(t *testing.T, name string) {
	t.Helper()
	mountAt(t, "/run/netns/"+name)
}

func mountAt(t *testing.T, path string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o444)); err != nil {
		t.Fatal(err)
	}
	ns, err := netns.CreateUnnamed()
	if err != nil {
		t.Fatal(err)
	}
	defer ns.Close()
	if err := unix.Mount(fmt.Sprintf("/proc/self/fd/%d", int(ns)), path, "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
}

// mounts returns where something is mounted at or below /run/netns, in the order it was mounted.
func mounts(t *testing.T) (dirs []string) {
	t.Helper()
	b, err := os.ReadFile("/proc/thread-self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if dir := strings.Fields(line)[1]; strings.HasPrefix(dir, "/run/netns") {
			dirs = append(dirs, strings.TrimPrefix(dir, "/run/"))
		}
	}
	return dirs
}

// makers make a namespace called name, and leave the thread where it is.
var makers = map[string]func(t *testing.T, name string) error{
	"NewNamed": func(t *testing.T, name string) error {
		origin := get(t)
		ns, err := netns.NewNamed(name)
		if err != nil {
			return err
		}
		return errors.Join(ns.Close(), netns.Set(origin))
	},
	"Create": func(t *testing.T, name string) error {
		ns, err := netns.Create(name)
		if err != nil {
			return err
		}
		return ns.Close()
	},
	"Attach": func(t *testing.T, name string) error {
		ns, err := netns.CreateUnnamed()
		if err != nil {
			return err
		}
		return errors.Join(netns.Attach(name, ns), ns.Close())
	},
	"ShareNamed and Create": func(t *testing.T, name string) error {
		if err := netns.ShareNamed(); err != nil {
			return err
		}
		ns, err := netns.Create(name)
		if err != nil {
			return err
		}
		return ns.Close()
	},
}

func TestWhatOthersMountedIsNeverCovered(t *testing.T) {
	for how, add := range makers {
		for _, propagation := range []uintptr{unix.MS_PRIVATE, unix.MS_SHARED} {
			t.Run(fmt.Sprintf("%s, propagation %#x", how, propagation), func(t *testing.T) {
				inMounts(t, propagation, func() {
					mountByHand(t, "old")
					if err := add(t, "new"); err != nil {
						t.Fatal(err)
					}
					if got := mounts(t); !slices.Equal(got, []string{"netns/old", "netns/new"}) {
						t.Errorf("mounted: %q", got)
					}
					// Who mounted it takes it away as it came.
					if err := errors.Join(unix.Unmount("/run/netns/old", 0), os.Remove("/run/netns/old")); err != nil {
						t.Error(err)
					}
					if err := netns.DeleteNamed("new"); err != nil {
						t.Error(err)
					}
					if left, got := list(t), mounts(t); len(left) != 0 || len(got) != 0 {
						t.Errorf("names left: %q, mounts: %q", left, got)
					}
				})
			})
		}
	}
}

func TestNothingButTheNameIsMounted(t *testing.T) {
	inMounts(t, unix.MS_PRIVATE, func() {
		for _, how := range []string{"NewNamed", "Create", "Attach"} {
			if err := makers[how](t, "new"); err != nil {
				t.Fatal(err)
			}
			if got := mounts(t); !slices.Equal(got, []string{"netns/new"}) {
				t.Errorf("%s: mounted: %q", how, got)
			}
			if err := netns.DeleteNamed("new"); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestShareNamedLetsNamesComeAndGoInOtherMountNamespaces(t *testing.T) {
	inMounts(t, unix.MS_PRIVATE, func() {
		if err := netns.ShareNamed(); err != nil {
			t.Fatal(err)
		}
		if got := mounts(t); !slices.Equal(got, []string{"netns"}) {
			t.Fatalf("mounted: %q", got)
		}
		other := exec.Command("unshare", "--mount", "--propagation", "slave", "sh", "-c",
			"echo; while read x; do n=0; while read -r _ dir _; do case $dir in /run/netns/new) n=$((n+1));; esac; done "+
				"</proc/self/mounts; echo $n; done")
		stdin, err := other.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := other.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		ask := func(question string) (answer string) {
			fmt.Fprint(stdin, question)
			if _, err := fmt.Fscanln(stdout, &answer); err != nil && question != "" {
				t.Error(err)
			}
			return answer
		}
		ask("") // it is in its own mount namespace now
		ns, err := netns.Create("new")
		if err != nil {
			t.Fatal(err)
		}
		ns.Close()
		if got := ask("?\n"); got != "1" {
			t.Errorf("elsewhere it is mounted %s times", got)
		}
		if err := netns.DeleteNamed("new"); err != nil {
			t.Error(err)
		}
		if got := ask("?\n"); got != "0" {
			t.Errorf("after it was deleted, it is mounted %s times elsewhere", got)
		}
		if err := stdin.Close(); err != nil {
			t.Error(err)
		}
		if err := other.Wait(); err != nil {
			t.Error(err)
		}
	})
}

func TestManyShareNamedAtATimeMountOnce(t *testing.T) {
	inMounts(t, unix.MS_PRIVATE, func() {
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				if err := netns.ShareNamed(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := mounts(t); !slices.Equal(got, []string{"netns"}) {
			t.Errorf("mounted: %q", got)
		}
	})
}

func TestDeleteNamedTakesHiddenMountsToo(t *testing.T) {
	cover := func(t *testing.T, dir string) {
		if err := unix.Mount(dir, dir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			t.Fatal(err)
		}
	}
	view := func(t *testing.T, dir string) { // and its mounts
		dir += "/other view"
		err := errors.Join(os.Mkdir(dir, 0o755), unix.Mount("/run/netns", dir, "", unix.MS_BIND|unix.MS_REC, ""))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	}
	for _, c := range []struct {
		name string
		hide func(t *testing.T)
	}{
		{"by ip netns add", func(t *testing.T) { ip(t, "netns", "add", "new") }},
		{"twice", func(t *testing.T) { cover(t, "/run/netns"); ip(t, "netns", "add", "new"); cover(t, "/run/netns") }},
		{"by a mount on the folder above", func(t *testing.T) { cover(t, "/run") }},
		{"its visible mount taken away", func(t *testing.T) {
			ip(t, "netns", "add", "new")
			if err := unix.Unmount("/run/netns/old", 0); err != nil {
				t.Fatal(err)
			}
		}},
		{"in another view of the folder", func(t *testing.T) { view(t, t.TempDir()) }},
		{"in another view, which is covered", func(t *testing.T) {
			dir := t.TempDir()
			view(t, dir)
			if err := unix.Mount("cover", dir, "tmpfs", 0, ""); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
		}},
	} {
		for _, propagation := range []uintptr{unix.MS_PRIVATE, unix.MS_SHARED} {
			t.Run(fmt.Sprintf("%s, propagation %#x", c.name, propagation), func(t *testing.T) {
				inMounts(t, propagation, func() {
					mountByHand(t, "old")
					c.hide(t)
					others := slices.DeleteFunc(list(t), func(name string) bool { return name == "old" })
					if err := netns.DeleteNamed("old"); err != nil {
						t.Fatal(err)
					}
					gone := !exists("/run/netns/old") && !slices.Contains(mounts(t), "netns/old")
					if !gone || !slices.Equal(list(t), others) {
						t.Errorf("names: %q, mounts: %q", list(t), mounts(t))
					}
					if err := makers["Create"](t, "old"); err != nil {
						t.Errorf("the name is not free: %v", err)
					}
					for _, name := range append(others, "old") {
						if ns, err := netns.GetFromName(name); err != nil {
							t.Error(err)
						} else {
							ns.Close()
						}
						if err := netns.DeleteNamed(name); err != nil {
							t.Error(err)
						}
					}
				})
			})
		}
	}
}

func TestDeleteNamedThatFailsChangesNothing(t *testing.T) {
	detailed(t)
	inMounts(t, unix.MS_PRIVATE, func() {
		mountByHand(t, "old")
		mountByHand(t, "other")
		// Nothing can be removed from a folder that is mounted read-only; mounts in it can.
		err := errors.Join(unix.Mount("/run/netns", "/run/netns", "", unix.MS_BIND|unix.MS_REC, ""),
			unix.Mount("", "/run/netns", "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""))
		if err != nil {
			t.Fatal(err)
		}
		before, err := netns.GetFromName("old")
		if err != nil {
			t.Fatal(err)
		}
		defer before.Close()
		err = netns.DeleteNamed("old")
		if !errors.Is(err, unix.EROFS) || !strings.HasPrefix(err.Error(), `netns delete "old": `) {
			t.Errorf("got %v", err)
		}
		after, err := netns.GetFromName("old")
		if err != nil {
			t.Fatal(err)
		}
		defer after.Close()
		if !before.Equal(after) {
			t.Errorf("the name was of %v, is of %v", before, after)
		}
	})
}

func TestDeleteNamedThatCannotReachHiddenMountsChangesNothing(t *testing.T) {
	detailed(t)
	inUserNamespace(t, func() {
		inMounts(t, unix.MS_PRIVATE, func() {
			mountByHand(t, "old")
			ip(t, "netns", "add", "new")
			before := mounts(t)
			limit := func(n string) {
				if err := os.WriteFile("/proc/sys/user/max_mnt_namespaces", []byte(n), 0); err != nil {
					t.Fatal(err)
				}
			}
			limit("1")
			err := netns.DeleteNamed("old")
			if !errors.Is(err, unix.ENOSPC) || !strings.HasPrefix(err.Error(), `netns delete "old": `) {
				t.Errorf("got %v", err)
			}
			if now := mounts(t); len(now) != len(before) || !slices.Contains(list(t), "old") {
				t.Errorf("mounted were %q, are %q", before, now)
			}
			ns, err := netns.GetFromName("old")
			if err != nil {
				t.Fatal(err)
			}
			ns.Close()
			limit("1000")
			if err := netns.DeleteNamed("old"); err != nil {
				t.Error(err)
			}
		})
	})
}

// Where /var/run is no link to /run, an "ip netns" that was built with iproute2's defaults uses /var/run/netns.
func TestNamesInVarRunAreFoundWhereItIsAnotherFolder(t *testing.T) {
	inMounts(t, unix.MS_PRIVATE, func() {
		if err := errors.Join(unix.Mount("var", "/var", "tmpfs", 0, ""), os.Mkdir("/var/run", 0o755)); err != nil {
			t.Fatal(err)
		}
		mountAt(t, "/var/run/netns/theirs")
		if err := netns.ShareNamed(); err != nil {
			t.Error(err)
		}
		if err := makers["Create"](t, "ours"); err != nil {
			t.Fatal(err)
		}
		if got := list(t); exists("/run/netns") || !slices.Equal(got, []string{"ours", "theirs"}) {
			t.Errorf("names: %q, /run/netns is there: %v", got, exists("/run/netns"))
		}

		// With both folders, new names go to /run/netns, and those of the other one are still found.
		mountByHand(t, "run")
		if err := makers["Create"](t, "more"); err != nil || !exists("/run/netns/more") {
			t.Errorf("%v, in /run/netns: %v", err, exists("/run/netns/more"))
		}
		for _, name := range []string{"theirs", "ours", "run", "more"} {
			ns, err := netns.GetFromName(name)
			if err != nil {
				t.Error(err)
				continue
			}
			if err := errors.Join(ns.Close(), netns.DeleteNamed(name)); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestCreateLeavesTheThread asks from where it is, and from another namespace.
func TestCreateLeavesTheThread(t *testing.T) {
	nstest.Private(t)
	origin := lock(t)
	create := map[string]func() (netns.NsHandle, error){
		"named":   func() (netns.NsHandle, error) { return netns.Create("created") },
		"unnamed": netns.CreateUnnamed,
	}
	for kind, create := range create {
		for where, from := range map[string]netns.NsHandle{"home": origin, "elsewhere": nstest.New(t)} {
			if err := netns.Set(from); err != nil {
				t.Fatal(err)
			}
			ns, err := create()
			if err != nil {
				t.Fatal(err)
			}
			if now := get(t); !now.Equal(from) || ns.Equal(from) || ns.Equal(origin) {
				t.Errorf("%s, %s: in %v, made %v, was in %v", kind, where, now, ns, from)
			}
			if kind == "named" {
				byName, err := netns.GetFromName("created")
				if err != nil {
					t.Fatal(err)
				}
				if !byName.Equal(ns) {
					t.Errorf("made %v, the name is of %v", ns, byName)
				}
				if err := errors.Join(byName.Close(), netns.DeleteNamed("created")); err != nil {
					t.Error(err)
				}
			}
			if err := ns.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := netns.Set(origin); err != nil {
		t.Fatal(err)
	}
}

func TestCreateThatFailsLeavesNothing(t *testing.T) {
	nstest.Private(t)
	lock(t)
	regain := loseCapabilities(t)
	ns, err := netns.Create("forbidden")
	unnamed, unnamedErr := netns.CreateUnnamed()
	regain()
	if !os.IsPermission(err) || !strings.HasPrefix(err.Error(), `netns create "forbidden": `) || ns != netns.None() {
		t.Errorf("%v, %v", ns, err)
	}
	if exists("/run/netns/forbidden") {
		t.Error("a file is left")
	}
	if !errors.Is(unnamedErr, os.ErrPermission) || unnamed != netns.None() {
		t.Errorf("unnamed: %v, %v", unnamed, unnamedErr)
	}
	add(t, "taken")
	defer netns.DeleteNamed("taken")
	if ns, err := netns.Create("taken"); !os.IsExist(err) || ns != netns.None() {
		t.Errorf("%v, %v", ns, err)
	}
}
