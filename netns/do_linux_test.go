package netns_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/netns"
	"kern.sys/unix"
)

func TestDoRestoresHoweverFnEnds(t *testing.T) {
	ns := nstest.New(t)
	failure := errors.New("failure")
	for _, c := range []struct {
		name  string
		fn    func() error
		err   error
		panic any
	}{
		{"returns", func() error { return nil }, nil, nil},
		{"fails", func() error { return failure }, failure, nil},
		{"panics", func() error { panic("oops") }, nil, "oops"},
		{"goes elsewhere", func() error { other, err := netns.New(); return errors.Join(err, other.Close()) }, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			origin := lock(t)
			defer func() {
				if p := recover(); p != c.panic {
					t.Errorf("panic %v, want %v", p, c.panic)
				}
				if now := get(t); !now.Equal(origin) {
					t.Errorf("left in %v, came from %v", now, origin)
				}
			}()
			err := netns.Do(ns, func() error {
				if now := get(t); !now.Equal(ns) {
					t.Errorf("fn runs in %v, want %v", now, ns)
				}
				return c.fn()
			})
			if !errors.Is(err, c.err) {
				t.Errorf("%v, want %v", err, c.err)
			}
		})
	}
}

func TestDoRestoresWhenFnEndsTheGoroutine(t *testing.T) {
	ns := nstest.New(t)
	origin := get(t)
	done := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(done)
		defer func() {
			if now := get(t); !now.Equal(origin) {
				t.Errorf("left in %v, came from %v", now, origin)
			}
		}()
		_ = netns.Do(ns, func() error {
			runtime.Goexit() // as t.FailNow does
			return nil
		})
	}()
	<-done
}

func TestDoReturnsToTheCallersForeignNamespace(t *testing.T) {
	origin, a, b := lock(t), nstest.New(t), nstest.New(t)
	if err := netns.Set(a); err != nil {
		t.Fatal(err)
	}
	err := netns.Do(b, func() error {
		return netns.Do(origin, func() error { return nil })
	})
	if now := get(t); err != nil || !now.Equal(a) {
		t.Errorf("left in %v, came from %v; %v", now, a, err)
	}
	if err := netns.Set(origin); err != nil {
		t.Error(err)
	}
}

func TestDoInNoNamespaceDoesNotCallFn(t *testing.T) {
	lock(t)
	err := netns.Do(netns.None(), func() error {
		t.Error("called")
		return nil
	})
	if !errors.Is(err, unix.EBADF) {
		t.Error(err)
	}
}

func TestDoGivesUpThreadThatCannotReturn(t *testing.T) {
	ns := nstest.New(t)
	failure := errors.New("failure")
	tid, result := make(chan int, 1), make(chan error)
	go func() {
		err := netns.Do(ns, func() error {
			tid <- unix.Gettid()
			loseCapabilities(t)
			return failure
		})
		result <- err // and the thread ends, with the lock that Do has left
	}()
	err := <-result
	if !errors.Is(err, failure) || !errors.Is(err, os.ErrPermission) ||
		!strings.Contains(err.Error(), "the thread is lost") {
		t.Errorf("got %v", err)
	}
	awaitGone(t, fmt.Sprintf("/proc/self/task/%d", <-tid))
}

// awaitGone waits until a file of /proc is gone, for which there is no event.
func awaitGone(t *testing.T, path string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); exists(path); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there", path)
		}
	}
}

func BenchmarkDo(b *testing.B) {
	ns := nstest.New(b)
	nothing := func() error { return nil }
	b.ReportAllocs()
	for b.Loop() {
		if err := netns.Do(ns, nothing); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTwoSetns is the floor that Do is measured against.
func BenchmarkTwoSetns(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ns := nstest.New(b)
	origin, err := netns.Get()
	if err != nil {
		b.Fatal(err)
	}
	defer origin.Close()
	for b.Loop() {
		for _, ns := range []netns.NsHandle{ns, origin} {
			if err := unix.Setns(int(ns), unix.CLONE_NEWNET); err != nil {
				b.Fatal(err)
			}
		}
	}
}
