// Package bpftest has object files for tests.
package bpftest

import (
	"embed"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

//go:generate testdata/build

//go:embed testdata
var files embed.FS

// Object writes the object file of a source in testdata, of the machine's byte order, and returns its path.
func Object(t testing.TB, name string) string {
	t.Helper()
	return file(t, name+"."+order(false)+".o")
}

// Foreign returns an object file of the other byte order.
func Foreign(t testing.TB) string {
	t.Helper()
	return file(t, "prog."+order(true)+".o")
}

// Source returns a file that is no object file.
func Source(t testing.TB) string {
	t.Helper()
	return file(t, "prog.c")
}

func order(other bool) string {
	if big := native.Uint16([]byte{0, 1}) == 1; big != other {
		return "eb"
	}
	return "el"
}

func file(t testing.TB, name string) string {
	t.Helper()
	b, err := files.ReadFile("testdata/" + name)
	path := filepath.Join(t.TempDir(), name)
	if err == nil {
		err = os.WriteFile(path, b, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// FileSystem has commands mount a BPF file system of the test's own, where they look for one first.
func FileSystem(t testing.TB) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "bpf")
	t.Setenv("TC_BPF_MNT", dir)
	t.Cleanup(func() {
		for unix.Unmount(dir, unix.MNT_DETACH) == nil { // there may be a mount under it
		}
	})
	return dir
}

// Pin gives the program with a number a name in a BPF file system.
func Pin(t testing.TB, id uint32, path string) {
	t.Helper()
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	fd := call(t, path, unix.BPF_PROG_GET_FD_BY_ID, &unix.BpfGetIdAttr{Id: id})
	defer unix.Close(fd)
	pin := unix.BpfObjAttr{Bpf_fd: uint32(fd)}
	pin.Pathname.Ptr = name
	call(t, path, unix.BPF_OBJ_PIN, &pin)
}

// Count is the first value of a pinned map, or of the map that is at a place of that one: 64 bits in an array.
func Count(t testing.TB, path string, place ...uint32) (n uint64) {
	t.Helper()
	fd := open(t, path)
	defer func() { unix.Close(fd) }()
	for _, key := range place {
		var inner unix.BpfGetIdAttr
		lookup(t, path, fd, key, &inner.Id)
		unix.Close(fd)
		fd = call(t, path, unix.BPF_MAP_GET_FD_BY_ID, &inner)
	}
	lookup(t, path, fd, 0, &n)
	return n
}

// Link is the index of the link that keeps a pinned map.
func Link(t testing.TB, path string) int {
	t.Helper()
	fd := open(t, path)
	defer unix.Close(fd)
	var m unix.BpfMapInfo
	info := unix.BpfInfoAttr{Bpf_fd: uint32(fd), Info_len: uint32(unsafe.Sizeof(m))}
	info.Info.Ptr = (*byte)(unsafe.Pointer(&m))
	call(t, path, unix.BPF_OBJ_GET_INFO_BY_FD, &info)
	return int(m.Ifindex)
}

func open(t testing.TB, path string) (fd int) {
	t.Helper()
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	var get unix.BpfObjAttr
	get.Pathname.Ptr = name
	return call(t, path, unix.BPF_OBJ_GET, &get)
}

func lookup[V any](t testing.TB, path string, fd int, key uint32, value *V) {
	t.Helper()
	elem := unix.BpfMapElemAttr{Map_fd: uint32(fd)}
	elem.Key.Ptr, elem.Value.Ptr = (*byte)(unsafe.Pointer(&key)), (*byte)(unsafe.Pointer(value))
	call(t, path, unix.BPF_MAP_LOOKUP_ELEM, &elem)
}

func call[A any](t testing.TB, path string, command int, attr *A) int {
	t.Helper()
	r, err := unix.Bpf(command, unsafe.Pointer(attr), unsafe.Sizeof(*attr))
	if err != nil {
		t.Fatalf("%s, command %d of bpf(2): %v", path, command, err)
	}
	return int(r)
}

// Need skips a test where the kernel loads no programs, by what a command said.
func Need(t testing.TB, said string) {
	t.Helper()
	var err error
	switch {
	case strings.Contains(said, "peration not permitted"), strings.Contains(said, "an be mounted"):
		err = os.ErrPermission
	case strings.Contains(said, "annot allocate memory"): // without locks, as um
		err = unix.EOPNOTSUPP
	}
	nstest.NeedOption(t, "CONFIG_BPF_SYSCALL", "", err)
}
