package ip

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/netns"
	"kern.sys/unix"
)

// named makes namespaces for a test, and takes them away after it.
func named(t *testing.T, cmds ...string) {
	t.Helper()
	t.Cleanup(func() { clitest.SetUp(t, "-all netns del") })
	clitest.SetUp(t, cmds...)
}

func TestNetworkNamespacesAreShownAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		clitest.CompareRun(t, "", "netns") // without the directory
		named(t, "netns add red", "netns add green", "netns add blue", "netns set red 7", "netns set blue auto",
			"-n red netns set green 3")
		for _, show := range []string{
			"netns", "netns list", "netns l", "netns show", "netns lst", "-br netns", "-p netns list", "-n red netns",
			"netns list-id", "-n red netns list-id", "-d netns list-id",
			"netns list-id nsid 7", "netns list-id target-nsid 7", "netns list-id target-nsid 7 nsid 3",
			"netns list-id nsid 0x7",
		} {
			args := clitest.Words(t, show)
			clitest.CompareRun(t, "", args...)
			clitest.CompareRun(t, "", append([]string{"-j"}, args...)...)
		}
	})
}

func TestNamespacesMadeByOneAreUsedByTheOther(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		named(t)
		clitest.SetUpByKern(t, "netns add red", "netns add green", "netns set red 7", "netns set green auto")
		clitest.CompareRun(t, "", "-j", "netns", "list")
		clitest.SetUp(t, "-n red link set lo up", "netns exec green true")
		if r := clitest.Kern("-n", "red", "-br", "link"); !strings.Contains(r.Out, "UNKNOWN") {
			t.Errorf("lo is not up: %v", r)
		}
		clitest.SetUp(t, "netns add blue", "netns del green")
		clitest.SetUpByKern(t, "-n blue link set lo up", "netns del red", "netns del blue")
		if r := clitest.IP(t, "netns"); r.Out != "" {
			t.Errorf("there still is %s", r.Out)
		}
		clitest.SetUpByKern(t, "netns add red", "netns add blue", "-all netns del")
		if r := clitest.IP(t, "netns"); r.Out != "" {
			t.Errorf("there still is %s", r.Out)
		}
	})
}

func TestNetnsAddCoversOnlyWhereNothingIsMounted(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		before := 0 // what the host mounted there stands below
		mounts := func() (dirs []string) {
			b, err := os.ReadFile("/proc/self/mounts")
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(b)) {
				if dir := strings.Fields(line)[1]; strings.HasPrefix(dir, "/run/netns") {
					dirs = append(dirs, dir)
				}
			}
			return dirs[before:]
		}
		uncover := func() { // all that tests before this one mounted
			for unix.Unmount("/run/netns", unix.MNT_DETACH) == nil {
			}
		}
		named(t)
		uncover()
		before = len(mounts())
		clitest.SetUp(t, "netns add red", "netns del red")
		want := mounts()
		uncover()
		clitest.SetUpByKern(t, "netns add red", "netns del red")
		if got := mounts(); len(want) != 1 || !slices.Equal(got, want) {
			t.Errorf("kern mounts %q, ip %q", got, want)
		}
		uncover()
		if ns, err := netns.Create("old"); err != nil { // as tools do that mount no folder
			t.Fatal(err)
		} else {
			ns.Close()
		}
		clitest.SetUpByKern(t, "netns add red", "netns attach again "+fmt.Sprint(os.Getpid()))
		if got := mounts(); !slices.Equal(got, []string{"/run/netns/old", "/run/netns/red", "/run/netns/again"}) {
			t.Errorf("mounted: %q", got)
		}
		clitest.SetUp(t, "netns add blue") // ip covers
		clitest.SetUpByKern(t, "netns del old", "netns add old", "-all netns del")
		if got := mounts(); !slices.Equal(got, want) {
			t.Errorf("mounted: %q", got)
		}
	})
}

func TestNetnsOfProcessesIsFound(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		named(t, "netns add red")
		sleeper := clitest.Watch(t, clitest.Process(t, "netns", "exec", "red", "sh", "-c", "echo ready; exec sleep 1000"))
		sleeper.Until(t, "ready")
		defer func() {
			_ = sleeper.Cmd.Process.Kill()
			_ = sleeper.Cmd.Wait()
		}()
		pid := fmt.Sprint(sleeper.Cmd.Process.Pid)
		clitest.CompareRun(t, "", "netns", "pids", "red")
		clitest.CompareRun(t, "", "netns", "identify", pid)
		clitest.SetUpByKern(t, "netns attach again "+pid)
		clitest.CompareRun(t, "", "netns", "attach", "again", pid)
		clitest.CompareRun(t, "", "netns", "attach", "more", "4000000")
		clitest.CompareRun(t, "", "netns", "pids", "again")
		clitest.CompareRun(t, "", "netns", "identify", pid)
		if got := clitest.Kern("netns", "pids", "again").Out; got != pid+"\n" {
			t.Errorf("pids %q, want %s", got, pid)
		}
	})
}

func TestNetnsExecRunsCommandsAsIPDoes(t *testing.T) {
	clitest.NeedIP(t)
	t.Setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin") // without what the user may not search
	nstest.Do(t, func() {
		named(t, "netns add red", "netns add blue", "-n red link add va type veth peer name vb")
		if _, err := os.Stat("/sys/class/net"); err != nil {
			t.Skip("no /sys")
		}
		for _, line := range []string{
			"netns exec red true", "netns exec red false", "netns exec red sh -c 'exit 7'", "netns exec red ls /sys/class/net",
			"netns exec red ip netns identify",
			"netns exec red sh -c 'echo out; echo err >&2'", "netns exec red nonexistent", "netns exec red /nonexistent",
			"netns exec red /", "netns exec nope true",
			"netns exec red sh -c 'kill -9 $$'", "netns exec red sh -c 'kill -15 $$'", "netns exec red", "netns exec",
			"-all netns exec ls /sys/class/net",
			"-all netns exec false", "-all netns exec nonexistent", "-all netns exec sh -c 'kill -9 $$'", "-all netns exec",
		} {
			args := clitest.Words(t, line)
			if want, got := clitest.IP(t, args...), clitest.RunProcess(t, args...); want != got {
				t.Errorf("%s:\nip   %v\nkern %v", line, want, got)
			}
		}
	})
}

func TestNetnsExecInABatchComesBack(t *testing.T) {
	nstest.Do(t, func() {
		named(t)
		lines := "netns add red\nnetns exec red sh -c 'ls /sys/class/net'\nnetns exec red cat\nlink show dev lo\nnetns " +
			"exec red false\n"
		r := clitest.KernIn(lines, "-b", "-")
		if !strings.Contains(r.Out, "lo\n") || !strings.Contains(r.Out, "LOOPBACK") {
			t.Errorf("got %v", r)
		}
		if r.Code != cli.StatusFailed || !strings.Contains(r.Err, "Command failed -:5") {
			t.Errorf("got %v", r)
		}
		// Where the namespace is not there, ip 6.1 reads on in both processes.
		r = clitest.KernIn("netns exec nope true\nnetns exec red true\n", "-force", "-b", "-")
		want := "Cannot open network namespace \"nope\": No such file or directory\nCommand failed -:1\n"
		if r.Code != cli.StatusFailed || r.Err != want {
			t.Errorf("got %v, want %s", r, want)
		}
	})
}

func TestNetnsExecInABatchComesAfterWhatIsQueued(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		named(t)
		clitest.SetUpByKern(t, fmt.Sprintf("netns attach here %d", unix.Gettid()))
		r := clitest.KernIn("addr add 10.1.0.7/32 dev lo\nnetns exec here ip -o addr\n", "-force", "-b", "-")
		if r.Code != 0 || !strings.Contains(r.Out, "10.1.0.7/32") {
			t.Errorf("got %v", r)
		}
	})
}

// wrongNetnsWords are commands that fail.
var wrongNetnsWords = []string{
	"netns nope", "netns add red", "netns add c/d", "netns add ..", "netns add .", "netns add ''", "netns add",
	"netns set red 8", "netns set nope 8", "netns set red", "netns set",
	"netns set red x", "netns set red -1", "netns set ../x 5", "netns exec ../x true", "netns pids nope", "netns pids",
	"netns pids ../x", "netns identify 99999999", "netns identify nope",
	"netns identify -5", "netns identify 0", "netns attach red 5", "netns attach green", "netns attach",
	"netns attach green nope", "netns attach green 0", "netns attach green 4000000",
	"netns attach ../x 5", "netns del nope", "netns del", "netns del ''", "netns del ../x", "netns list-id nope",
	"netns list-id nsid x", "netns list-id nsid",
	"netns list-id nsid 70", "netns list-id target-nsid x", "netns list-id target-nsid 99", "-n nope netns", "netns help",
}

func TestWrongNetnsWordsEndAsWithIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		named(t, "netns add red", "netns set red 7")
		before := clitest.IP(t, "netns")
		for _, line := range wrongNetnsWords {
			args := clitest.Words(t, line)
			want, got := clitest.IP(t, args...), clitest.Kern(args...)
			clitest.SameEnd(t, line, want, got)
			if after := clitest.IP(t, "netns"); after != before {
				t.Fatalf("%s changed something: %v", line, after)
			}
		}
	})
}

func TestNetnsMonitorReportsNames(t *testing.T) {
	nstest.Do(t, func() {
		named(t)
		clitest.SetUpByKern(t, "netns add early")
		w := clitest.Watch(t, clitest.Process(t, "netns", "monitor"))
		for i := 0; ; i++ { // until it watches
			name := fmt.Sprintf("probe%d", i)
			clitest.SetUpByKern(t, "netns add "+name, "netns del "+name)
			if watching(w) {
				break
			}
		}
		clitest.SetUpByKern(t, "netns add red", "netns del red", "netns add end")
		w.Until(t, "add red")
		if got := w.Until(t, "add end"); got != "delete red\n" {
			t.Errorf("got %q", got)
		}
		if rest, code := w.Stop(t); code != 0 || rest != "" || w.Err.Len() != 0 {
			t.Errorf("status %d, %q, %s", code, rest, w.Err)
		}
	})
}

// watching reports whether a process has an inotify watch.
func watching(w *clitest.Watcher) bool {
	dir := fmt.Sprintf("/proc/%d/fdinfo", w.Cmd.Process.Pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if b, err := os.ReadFile(dir + "/" + e.Name()); err == nil && strings.Contains(string(b), "inotify wd:") {
			return true
		}
	}
	return false
}
