package netlink

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

func TestProcEventsRefused(t *testing.T) {
	if _, ok, err := decodeProcEvent(procMessage(PROC_EVENT_NONE, uint32(syscall.EPERM))); ok ||
		!errors.Is(err, syscall.EPERM) {
		t.Errorf("a refusal: %v, %v", ok, err)
	}
}

// firstNamespace is the network namespace of which the kernel announces processes. The test is skipped where it is
// not to be had, and where nothing is announced to this process.
func firstNamespace(t *testing.T) netns.NsHandle {
	t.Helper()
	ns, err := netns.GetFromPath("/proc/1/ns/net")
	if err != nil {
		t.Skip("the first network namespace is not to be had:", err)
	}
	t.Cleanup(func() { ns.Close() })
	h, err := NewHandleAt(ns, uapi.NETLINK_CONNECTOR)
	if err != nil {
		t.Skip("the first network namespace is not to be entered:", err)
	}
	defer h.Close()
	l, err := wire.Listen(wire.Config{NetNS: &ns, Protocol: uapi.NETLINK_CONNECTOR}, uapi.CN_IDX_PROC)
	nstest.NeedOption(t, "CONFIG_PROC_EVENTS", "", err)
	defer l.Close()
	e := procEvents(nil)
	if err := e.begin(l); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("true").Run(); err != nil {
		t.Fatal(err)
	}
	if err := l.Receive(wire.From(t.Context()), time.Second, func(wire.Message) {}); errors.Is(err, wire.ErrTimeout) {
		t.Skip("process events need the first PID and user namespaces, and CONFIG_PROC_EVENTS")
	} else if err != nil {
		t.Fatal(err)
	}
	return ns
}

// The kernel itself sends the sorts of events that are asked for, and no others.
func TestProcEventsFilteredByTheKernel(t *testing.T) {
	ns := firstNamespace(t)
	l, err := wire.Listen(wire.Config{NetNS: &ns, Protocol: uapi.NETLINK_CONNECTOR}, uapi.CN_IDX_PROC)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	e := procEvents([]uint32{PROC_EVENT_EXEC, PROC_EVENT_NONZERO_EXIT})
	if err := e.begin(l); err != nil {
		t.Fatal(err)
	}
	good, bad := exec.Command("true"), exec.Command("false")
	if err := good.Run(); err != nil {
		t.Fatal(err)
	}
	if err := bad.Run(); err == nil {
		t.Fatal("false succeeds")
	}
	well, badly := uint32(good.Process.Pid), uint32(bad.Process.Pid)
	var execs int
	var others []ProcEvent
	for ended := false; !ended; {
		err := l.Receive(wire.From(t.Context()), 20*time.Second, func(m wire.Message) {
			v, ok, err := decodeProcEvent(m)
			switch msg := v.Msg.(type) {
			case *ExecProcEvent:
				if msg.Pid() == well || msg.Pid() == badly {
					execs++
				}
			case *ExitProcEvent:
				if msg.Pid() == badly {
					ended = true
				} else if msg.Pid() == well {
					others = append(others, v)
				}
			case *ForkProcEvent:
				if msg.ChildPid == well || msg.ChildPid == badly {
					others = append(others, v)
				}
			default:
				if err != nil {
					t.Error(ok, err)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if execs != 2 {
		t.Errorf("%d programs were announced", execs)
	}
	if len(others) != 0 {
		nstest.Need(t, "the filter of process events", "6.6", fmt.Errorf("not asked for: %+v", others))
	}
}

// Of older kernels, too, an iteration has the events that were asked for.
func TestProcEventsOfSomeSorts(t *testing.T) {
	ns := firstNamespace(t)
	h, err := NewHandleAt(ns, uapi.NETLINK_CONNECTOR)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	var failed sync.Map // processes that ended with 1
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			_ = exec.CommandContext(ctx, "true").Run()
			cmd := exec.CommandContext(ctx, "false")
			if cmd.Start() == nil {
				failed.Store(uint32(cmd.Process.Pid), true)
				_ = cmd.Wait()
			}
		}
	})
	seen := false
	for e, err := range h.WithContext(ctx).ProcEvents(PROC_EVENT_NONZERO_EXIT) {
		if err != nil {
			t.Fatal(err)
		}
		exit, is := e.Msg.(*ExitProcEvent)
		if !is || e.What != PROC_EVENT_EXIT || exit.ExitCode == 0 {
			t.Fatalf("not asked for: %+v %+v", e, e.Msg)
		}
		if _, seen = failed.Load(exit.Pid()); seen && exit.ExitCode == 1<<8 {
			break
		}
	}
	stop()
	running.Wait()
	if !seen {
		t.Error("the end of no process is seen")
	}
}
