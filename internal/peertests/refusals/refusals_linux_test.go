package refusals_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/internal/peertests/refusals"
	"kern.sys/internal/peertests/refusals/ours"
	"kern.sys/internal/peertests/refusals/peer"
	"kern.sys/netns"
	"kern.sys/unix"
)

func TestMain(m *testing.M) { nstest.Main(m) }

// outcome is what became of a case.
type outcome struct {
	setup, err error
	state      string // what the kernel has
	panicked   any
}

// run does a case in a new namespace, on a thread that ends with it. Without rights the thread loses its
// capabilities before the call.
func run(t *testing.T, c refusals.Case, rights bool) (o outcome) {
	t.Helper()
	ns := nstest.New(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { o.panicked = recover() }()
		runtime.LockOSThread()
		if o.setup = errors.Join(netns.Set(ns), quiet()); o.setup != nil {
			return
		}
		if c.Setup != nil {
			if o.setup = c.Setup(); o.setup != nil {
				return
			}
		}
		if !rights {
			if o.setup = loseRights(); o.setup != nil {
				return
			}
		}
		o.err = c.Do()
		if rights {
			o.state, o.setup = state()
		}
	}()
	<-done
	return o
}

func loseRights() error {
	header := struct {
		version uint32
		pid     int32
	}{version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]struct{ effective, permitted, inheritable uint32 }
	if _, _, e := syscall.RawSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none)),
		0); e != 0 {
		return e
	}
	return nil
}

// byChance is what differs by chance or by time: hardware addresses, carriers, timers.
var byChance = regexp.MustCompile(`([0-9a-f]{2}:){5}[0-9a-f]{2}|(bridge_id|designated_root|designated_bridge) \S+|\S+_timer +\S+|tentative|linkdown|` +
	`dadfailed|NO-CARRIER,|,?LOWER_UP|,?M-DOWN|state [A-Z]+`)

// quiet keeps IPv6 from making addresses and routes by itself, which takes it time.
func quiet() error {
	for _, setting := range []string{"accept_dad", "addr_gen_mode"} {
		path := "/proc/sys/net/ipv6/conf/default/" + setting
		value := map[string]string{"accept_dad": "0", "addr_gen_mode": "1"}[setting]
		if err := os.WriteFile(path, []byte(value), 0); err != nil {
			return err
		}
	}
	return nil
}

// state returns what ip shows of the thread's namespace.
func state() (string, error) {
	var all strings.Builder
	for _, batch := range []struct{ option, lines string }{
		{"-d", "addr show\nroute show table all\nrule show\nneigh show\nneigh show proxy\nnexthop show\n"},
		{"-6", "route show table all\nrule show\nneigh show\nneigh show proxy\n"},
	} {
		cmd := exec.Command("ip", batch.option, "-batch", "-")
		cmd.Stdin = strings.NewReader(batch.lines)
		var stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &all, &stderr
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("%w: %s", err, stderr.Bytes())
		}
	}
	var lines []string
	for l := range strings.Lines(byChance.ReplaceAllString(all.String(), "")) {
		if l = strings.TrimSpace(l); !strings.Contains(l, "table local") && !strings.Contains(l, "ff00::/8") {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n"), nil
}

// kind says what programs can see in an error.
func kind(err error) string {
	switch e := err.(type) {
	case nil:
		return "no error"
	case syscall.Errno:
		return unix.ErrnoName(e)
	case *fs.PathError:
		return "path error of " + kind(e.Err)
	}
	switch name := fmt.Sprintf("%T", err); {
	case strings.HasSuffix(name, ".LinkNotFoundError"):
		return "LinkNotFoundError"
	case strings.HasSuffix(name, ".found"):
		return err.Error()
	}
	return "words"
}

// targets are what programs look for with errors.Is.
var targets = []error{
	syscall.EEXIST, syscall.ENOENT, syscall.ENODEV, syscall.ESRCH, syscall.EINVAL, syscall.EOPNOTSUPP, syscall.EPERM,
	syscall.EBUSY, syscall.EADDRNOTAVAIL, syscall.ENETUNREACH, syscall.EINTR, syscall.EAGAIN,
	os.ErrExist, os.ErrNotExist, os.ErrPermission,
}

// differences says where a program would see something else.
func differences(ours, peer error) (all []string) {
	if a, b := kind(ours), kind(peer); a != b {
		all = append(all, fmt.Sprintf("error is %s (%v), want %s (%v)", a, ours, b, peer))
	}
	for name, is := range map[string]func(error) bool{
		"os.IsExist": os.IsExist, "os.IsNotExist": os.IsNotExist, "os.IsPermission": os.IsPermission,
		"os.IsTimeout": os.IsTimeout,
	} {
		if is(ours) != is(peer) {
			all = append(all, fmt.Sprintf("%s of %v is %v, of %v %v", name, ours, is(ours), peer, is(peer)))
		}
	}
	bare := func(err error) bool { _, ok := err.(syscall.Errno); return ok }
	for _, target := range targets {
		// More than the other library's words matches errors here, but nothing less.
		if a, b := errors.Is(ours, target), errors.Is(peer, target); b && !a || a && !b && bare(peer) {
			all = append(all, fmt.Sprintf("errors.Is %v: %v of %v, %v of %v", target, a, ours, b, peer))
		}
	}
	return all
}

func byName(cases []refusals.Case) map[string]refusals.Case {
	all := map[string]refusals.Case{}
	for _, c := range cases {
		if _, twice := all[c.Name]; twice {
			panic("two cases " + c.Name)
		}
		all[c.Name] = c
	}
	return all
}

// compare runs each case of both, and reports what is not the same.
func compare(t *testing.T, ours, peer func() []refusals.Case, rights bool) {
	var names []string
	for _, c := range ours() {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	for _, name := range names {
		reason, known := exception(name, rights)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Cases are made again for each run: the calls change their arguments.
			theirs, mine := run(t, byName(peer())[name], rights), run(t, byName(ours())[name], rights)
			if (theirs.setup == nil) != (mine.setup == nil) {
				t.Fatalf("setup: %v here, %v there", mine.setup, theirs.setup)
			}
			if mine.panicked != nil {
				t.Fatalf("panic: %v", mine.panicked)
			}
			if theirs.panicked != nil {
				return // nothing to be like
			}
			if theirs.setup != nil {
				t.Fatalf("setup: %v", theirs.setup)
			}
			all := differences(mine.err, theirs.err)
			if mine.state != theirs.state {
				all = append(all, "the kernel has\n"+firstDifference(mine.state, theirs.state))
			}
			switch {
			case known && len(all) == 0 && rights:
				t.Errorf("is no exception: %s", reason)
			case !known:
				for _, d := range all {
					t.Error(d)
				}
			}
		})
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out []string
	for _, l := range x {
		if !slices.Contains(y, l) {
			out = append(out, "+ "+l)
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) {
			out = append(out, "- "+l)
		}
	}
	return strings.Join(out, "\n")
}

func TestLinks(t *testing.T)    { compare(t, ours.Links, peer.Links, true) }
func TestPrefixes(t *testing.T) { compare(t, ours.Prefixes, peer.Prefixes, true) }
func TestObjects(t *testing.T)  { compare(t, ours.Objects, peer.Objects, true) }
func TestWithoutRights(t *testing.T) {
	all := func(a, b func() []refusals.Case) func() []refusals.Case {
		return func() []refusals.Case { return append(a(), b()...) }
	}
	compare(t, all(ours.Links, ours.Objects), all(peer.Links, peer.Objects), false)
}
