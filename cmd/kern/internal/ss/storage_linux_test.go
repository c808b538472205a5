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

	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// call makes a call about what attr holds.
func call[T any](t *testing.T, cmd int, attr *T) int {
	t.Helper()
	r, err := unix.Bpf(cmd, unsafe.Pointer(attr), unsafe.Sizeof(*attr))
	if errors.Is(err, unix.ENOMEM) { // an architecture that has no memory to give without locks, as um
		err = unix.EOPNOTSUPP
	}
	nstest.NeedOption(t, "CONFIG_BPF_SYSCALL", "5.2", err)
	return int(r)
}

func pointer[T any](p *T) unix.Pointer64 {
	var p64 unix.Pointer64
	p64.Ptr = (*byte)(unsafe.Pointer(p))
	return p64
}

// storageMap makes a map of an int for each socket, which needs a description of its types (BTF): one, "int".
func storageMap(t *testing.T) (fd int, id uint32) {
	t.Helper()
	const kindInt, signed = 1 << 24, 1 << 24
	text := "\x00int\x00"
	var b []byte
	for _, n := range []uint32{24 /* header */, 0, 16 /* types */, 16, uint32(len(text)),
		1 /* name */, kindInt, 4 /* bytes */, signed | 32 /* bits */} {
		b = append(b, 0, 0, 0, 0)
		native.PutUint32(b[len(b)-4:], n)
	}
	magic := []byte{0, 0, 1 /* version */, 0}
	native.PutUint16(magic, 0xeb9f)
	b = append(append(magic, b...), text...)
	btf := call(t, unix.BPF_BTF_LOAD, &unix.BpfBtfLoadAttr{Btf: pointer(&b[0]), Btf_size: uint32(len(b))})
	defer unix.Close(btf)
	fd = call(t, unix.BPF_MAP_CREATE, &unix.BpfMapCreateAttr{Map_type: unix.BPF_MAP_TYPE_SK_STORAGE, Key_size: 4,
		Value_size: 4, Map_flags: unix.BPF_F_NO_PREALLOC, Btf_fd: uint32(btf), Btf_key_type_id: 1, Btf_value_type_id: 1})
	t.Cleanup(func() { unix.Close(fd) })
	info := new(unix.BpfMapInfo)
	call(t, unix.BPF_OBJ_GET_INFO_BY_FD, &unix.BpfInfoAttr{Bpf_fd: uint32(fd), Info_len: uint32(unsafe.Sizeof(*info)),
		Info: pointer(info)})
	return fd, info.Id
}

// What a map has for a socket is shown with the map's number and by its type, as ss does.
func TestShowsStorageOfBPF(t *testing.T) {
	fd, id := storageMap(t)
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
		key, value := new(int32), []byte{1, 2, 3, 4}
		if err := raw.Control(func(s uintptr) {
			*key = int32(s)
			call(t, unix.BPF_MAP_UPDATE_ELEM, &unix.BpfMapElemAttr{Map_fd: uint32(fd), Key: pointer(key),
				Value: pointer(&value[0])})
		}); err != nil {
			return err
		}
		show := func(line string) string {
			var out bytes.Buffer
			if status := Run(strings.Fields(line), &out, &out); status != 0 {
				t.Errorf("%s: status %d", line, status)
			}
			return out.String()
		}
		one := fmt.Sprintf(" --bpf-map-id=%d", id)
		n := int32(native.Uint32(value))
		for _, c := range []struct{ line, want string }{
			{"-tlnH --bpf-maps", fmt.Sprintf("\n\tmap_id:%d [\n\t\t(int)%d\n\t]", id, n)},
			{"-tlnHO --bpf-maps", fmt.Sprintf(" map_id:%d(int)%d", id, n)},
			{"-tlnH" + one, fmt.Sprintf("\n\tmap_id:%d [\n\t\t(int)%d\n\t]", id, n)},
		} {
			if got := show(c.line); !strings.Contains(got, c.want) || strings.Count(got, "map_id") != 1 {
				t.Errorf("%s: %q, want %q", c.line, got, c.want)
			}
		}
		if got := show("-tlnH"); strings.Contains(got, "map_id") {
			t.Errorf("shown without being asked for: %s", got)
		}
		if ss, err := exec.LookPath("ss"); err == nil {
			out, _ := exec.Command(ss, "-tlnHO", "--bpf-maps").CombinedOutput()
			if want := fmt.Sprintf("map_id:%d", id); !bytes.Contains(out, []byte(want)) && !bytes.Contains(out,
				[]byte("unrecognized option")) { // one without libbpf
				t.Errorf("ss shows %s", out)
			}
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
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
