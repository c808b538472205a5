package netns_test

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netns"
	"kern.sys/unix"
)

// What programs that were written for vishvananda/netns compare with ==, os.Is… and type assertions.
func TestErrorsAreBareByDefault(t *testing.T) {
	nstest.Private(t)
	add(t, "taken")
	defer netns.DeleteNamed("taken")
	second := func(_ netns.NsHandle, err error) error { return err }
	closed := netns.NsHandle(1 << 20)
	for _, c := range []struct {
		name string
		err  error
		want error
	}{
		{"Set", netns.Set(netns.None()), unix.EBADF},
		{"Setns", netns.Setns(netns.None(), netns.CLONE_NEWNET), unix.EBADF},
		{"Close", closed.Close(), unix.EBADF},
		{"GetFromName", second(netns.GetFromName("nosuch")), unix.ENOENT},
		{"GetFromPath", second(netns.GetFromPath("/nosuch")), unix.ENOENT},
		{"GetFromPid", second(netns.GetFromPid(1 << 30)), unix.ENOENT},
		{"GetFromThread", second(netns.GetFromThread(os.Getpid(), 1<<30)), unix.ENOENT},
		{"DeleteNamed", netns.DeleteNamed("nosuch"), unix.ENOENT},
	} {
		if c.err != c.want {
			t.Errorf("%s: error is %T %v, want %v itself", c.name, c.err, c.err, c.want)
		}
	}
	var e *fs.PathError
	if err := second(netns.NewNamed("taken")); !errors.As(err, &e) || err != e || e.Err != unix.EEXIST ||
		!os.IsExist(err) {
		t.Errorf("NewNamed: error is %T %v", err, err)
	}
	if err := netns.Do(netns.None(), nil); !errors.Is(err, unix.EBADF) ||
		err.Error() != "netns set NS(none): bad file descriptor" {
		t.Errorf("Do is no function of others, and says %v", err)
	}
}

func TestNewRefusedIsBare(t *testing.T) {
	refused := make(chan error)
	go func() {
		runtime.LockOSThread() // and the thread ends
		loseCapabilities(t)
		_, err := netns.New()
		refused <- err
	}()
	if err := <-refused; err != unix.EPERM || !os.IsPermission(err) {
		t.Errorf("error is %T %v", err, err)
	}
}
