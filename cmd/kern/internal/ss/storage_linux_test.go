package ss

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"unsafe"

	"kern.sys/cmd/kern/internal/bpf/bpftest"
	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// listening runs fn in a namespace where a socket listens, with its descriptor.
func listening(t *testing.T, fn func(socket int)) {
	t.Helper()
	if err := netns.Do(nstest.New(t), func() error {
		lo, err := netlink.LinkByName("lo")
		if err == nil {
			err = netlink.LinkSetUp(lo)
		}
		if err != nil {
			return err
		}
		var plain net.ListenConfig
		plain.SetMultipathTCP(false) // which has a socket of TCP beside its own
		l, err := plain.Listen(t.Context(), "tcp4", "127.0.0.1:8000")
		if err != nil {
			return err
		}
		defer l.Close()
		raw, err := l.(*net.TCPListener).SyscallConn()
		if err != nil {
			return err
		}
		socket := -1
		if err := raw.Control(func(s uintptr) { socket = int(s) }); err != nil {
			return err
		}
		fn(socket)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// store has a map hold a value for a socket.
func store(t *testing.T, fd, socket int, value []byte) {
	t.Helper()
	key := new(int32(socket))
	attr := &unix.BpfMapElemAttr{Map_fd: uint32(fd)}
	attr.Key.Ptr, attr.Value.Ptr = (*byte)(unsafe.Pointer(key)), &value[0]
	_, err := unix.Bpf(unix.BPF_MAP_UPDATE_ELEM, unsafe.Pointer(attr), unsafe.Sizeof(*attr))
	if errors.Is(err, unix.ENOMEM) { // an architecture that has no memory to give without locks, as um
		err = unix.EOPNOTSUPP
	}
	nstest.NeedOption(t, "CONFIG_BPF_SYSCALL", "", err)
}

func show(t *testing.T, line string) string {
	t.Helper()
	var out bytes.Buffer
	if status := Run(strings.Fields(line), &out, &out); status != 0 {
		t.Errorf("%s: status %d", line, status)
	}
	return out.String()
}

// What a map has for a socket is shown with the map's number and by its type.
func TestShowsStorageOfBPF(t *testing.T) {
	v := bpftest.Values[0]
	fd, id := v.Storage(t)
	listening(t, func(socket int) {
		store(t, fd, socket, v.Bytes)
		n := int32(native.Uint32(v.Bytes))
		one := fmt.Sprintf(" --bpf-map-id=%d", id)

		for _, c := range []struct{ line, want string }{
			{"-tlnH --bpf-maps", fmt.Sprintf("\n\tmap_id:%d [\n\t\t(int)%d\n\t]", id, n)},
			{"-tlnHO --bpf-maps", fmt.Sprintf(" map_id:%d(int)%d", id, n)},
			{"-tlnH" + one, fmt.Sprintf("\n\tmap_id:%d [\n\t\t(int)%d\n\t]", id, n)},
		} {
			if got := show(t, c.line); !strings.Contains(got, c.want) || strings.Count(got, "map_id") != 1 {
				t.Errorf("%s: %q, want %q", c.line, got, c.want)
			}
		}
		if got := show(t, "-tlnH"); strings.Contains(got, "map_id") {
			t.Errorf("shown without being asked for: %s", got)
		}
		for line, want := range map[string]string{
			"--bpf-map-id=0":        "ss: invalid BPF map ID 0",
			"--bpf-map-id=x":        "ss: invalid BPF map ID x",
			"--bpf-maps" + one:      "ss: --bpf-maps and --bpf-map-id cannot be used together",
			one + " --bpf-maps":     "ss: --bpf-maps and --bpf-map-id cannot be used together",
			"--bpf-map-id=99999999": "ss: cannot get fd for BPF map ID 99999999",
		} {
			var out bytes.Buffer
			if status := Run(strings.Fields(line), &out, &out); status == 0 || !strings.Contains(out.String(), want) {
				t.Errorf("%s: status %d, %s", line, status, out.Bytes())
			}
		}
	})
}

// Values of all types are shown as ss shows them.
func TestShowsStorageAsSS(t *testing.T) {
	ss, err := exec.LookPath("ss")
	if err != nil {
		t.Skip("iproute2's ss is not installed")
	}
	listening(t, func(socket int) {
		for _, v := range bpftest.Values {
			fd, id := v.Storage(t)
			store(t, fd, socket, v.Bytes)
			for _, line := range []string{"-tlnH", "-tlnHO"} {
				line += fmt.Sprintf(" --bpf-map-id=%d", id)
				want, err := exec.Command(ss, strings.Fields(line)...).CombinedOutput()
				if bytes.Contains(want, []byte("unrecognized option")) {
					t.Skip("ss is built without libbpf, or before 6.9")
				}
				if got := show(t, line); err != nil || got != string(want) {
					t.Errorf("%s, %x: ss %s shows %v\n%s\nkern\n%s", v.Name, v.Bytes, line, err, want, got)
				}
			}
		}
	})
}
