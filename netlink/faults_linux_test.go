package netlink

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kern.sys/netns"
)

// TestHandleOutlivesTheNameOfItsNamespace deletes a namespace's name while a
// handle, a mirror and Watch are on it: they keep the namespace.
func TestHandleOutlivesTheNameOfItsNamespace(t *testing.T) {
	const name = "kern-faults"
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	home, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	ns, err := netns.NewNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := netns.Set(home); err != nil {
			t.Fatal(err)
		}
	}()
	h, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := netns.DeleteNamed(name); err != nil {
		t.Fatal(err)
	}
	ns.Close()
	if err := netns.Set(home); err != nil {
		t.Fatal(err)
	}
	x := mustAdd(t, h, ifb("x0"))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	w, err := h.watchTables("watch", []Table{LinkTable}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	m, err := h.NewMirror(ctx, LinkTable)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := h.LinkDel(x); err != nil {
		t.Fatal(err)
	}
	if err := m.Verify(ctx); err != nil || m.Snapshot().Len(LinkTable) != 1 {
		t.Errorf("the mirror has %d links, %v", m.Snapshot().Len(LinkTable), err)
	}
	// Watch goes on after the link's end too.
	mustAdd(t, h, ifb("x1"))
	gone, made := false, false
	w.run(ctx, func(ev Event, err error) bool {
		l, ok := ev.(LinkEvent)
		if err != nil || !ok {
			t.Errorf("got %v, %v", ev, err)
			return false
		}
		gone = gone || l.New == nil && l.Old.Attrs().Name == "x0"
		made = l.New != nil && l.New.Attrs().Name == "x1"
		return !made
	})
	if !gone || !made {
		t.Errorf("the end of x0 was told: %v; x1: %v", gone, made)
	}
}

// TestOutOfDescriptors has every call that needs a new socket fail with an
// error that says so; what needs none goes on, and all is well when there are
// descriptors again.
func TestOutOfDescriptors(t *testing.T) {
	h, ns := newHandle(t)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	none.Cur = 1 // of which number 0 is open; all that are open stay
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	_, byHandle := h.LinkByName("lo")
	_, byPackage := LinkByName("lo")
	_, newOne := NewHandleAt(ns)
	_, mirror := h.NewMirror(context.Background(), AllTables()...)
	var watch error
	for _, watch = range h.Watch(context.Background(), AllTables()...) {
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if byHandle != nil {
		t.Errorf("an open socket: %v", byHandle)
	}
	for what, err := range map[string]error{"package": byPackage, "new handle": newOne, "mirror": mirror,
		"watch": watch} {
		if !errors.Is(err, syscall.EMFILE) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := LinkByName("lo"); err != nil {
		t.Errorf("with descriptors again: %v", err)
	}
}

// TestChildrenGetNoSockets starts a child while sockets are open and being
// opened.
func TestChildrenGetNoSockets(t *testing.T) {
	h, _ := newHandle(t)
	ctx, cancel := context.WithCancel(context.Background())
	var opening sync.WaitGroup
	opening.Go(func() {
		for ctx.Err() == nil {
			if _, err := LinkByName("lo"); err != nil {
				t.Error(err)
			}
		}
	})
	defer opening.Wait()
	defer cancel()
	newMirror(t, h, LinkTable)
	for range 20 {
		out, err := exec.Command("ls", "-l", "/proc/self/fd").Output()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(out), "socket:") {
			t.Fatalf("the child has sockets:\n%s", out)
		}
	}
}

// TestSignalsDoNotDisturb sends the process signals all the while that requests,
// dumps and waits are under way.
func TestSignalsDoNotDisturb(t *testing.T) {
	h, _ := newHandle(t)
	m := newMirror(t, h, RouteTable)
	ctx, cancel := context.WithCancel(context.Background())
	var signals sync.WaitGroup
	signals.Go(func() {
		for ctx.Err() == nil {
			// What the runtime itself uses to interrupt threads; it changes nothing.
			tasks, _ := os.ReadDir("/proc/self/task")
			for _, task := range tasks {
				var tid int
				fmt.Sscan(task.Name(), &tid)
				_, _, _ = syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(os.Getpid()), uintptr(tid), uintptr(syscall.SIGURG))
			}
		}
	})
	defer signals.Wait()
	defer cancel()
	for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end); {
		storm(t, h, 0, 256, (*Handle).RouteAdd)
		routes, err := h.RouteListFiltered(FAMILY_V4, &Route{Table: 1000}, RT_FILTER_TABLE)
		if err != nil || len(routes) != 256 {
			t.Fatalf("%d routes, %v", len(routes), err)
		}
		storm(t, h, 0, 256, (*Handle).RouteDel)
		if _, err := h.LinkByName("lo"); err != nil {
			t.Fatal(err)
		}
	}
	verify(t, m)
}
