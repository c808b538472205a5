package unix_test

import (
	"os"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

// pages returns n pages of memory that is nobody else's, not in memory yet.
func pages(t testing.TB, n int) []byte {
	t.Helper()
	b, err := unix.Mmap(-1, 0, n*os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, anonymous)
	ok(t, err)
	t.Cleanup(func() { _ = unix.Munmap(b) })
	if err := unix.Madvise(b, unix.MADV_NOHUGEPAGE); err != unix.EINVAL { // which is said where there are none
		ok(t, err)
	}
	return b
}

// node0 is the set of NUMA nodes that every machine has.
func node0() *unix.CPUSet {
	var s unix.CPUSet
	s.Set(0)
	return &s
}

func TestMemPolicy(t *testing.T) {
	onKernel(t, "NUMA")
	_, err := unix.GetMemPolicy(nil, nil, 0)
	nstest.NeedOption(t, "CONFIG_NUMA", "", err)
	onOwnThread(t, func() {
		if mode, err := unix.GetMemPolicy(nil, nil, 0); mode != unix.MPOL_DEFAULT || err != nil {
			t.Errorf("policy %d, %v", mode, err)
		}
		var set unix.CPUSet
		if _, err := unix.GetMemPolicy(&set, nil, unix.MPOL_F_MEMS_ALLOWED); err != nil || !set.IsSet(0) {
			t.Errorf("allowed %v, %v", set, err)
		}
		if err := unix.SetMemPolicy(unix.MPOL_BIND, node0()); err != nil {
			t.Error(err)
		}
		if mode, err := unix.GetMemPolicy(&set, nil, 0); mode != unix.MPOL_BIND || set != *node0() || err != nil {
			t.Errorf("%d, %v, %v", mode, set, err)
		}
	})
	b := pages(t, 2)
	page := os.Getpagesize()
	ok(t, unix.Mbind(b[page:], unix.MPOL_BIND, node0(), 0))
	for i, want := range []int{unix.MPOL_DEFAULT, unix.MPOL_BIND} {
		var set unix.CPUSet
		mode, err := unix.GetMemPolicy(&set, unsafe.Pointer(&b[i*page]), unix.MPOL_F_ADDR)
		if mode != want || set.IsSet(0) != (want == unix.MPOL_BIND) || err != nil {
			t.Errorf("page %d: %d, %v, %v", i, mode, set, err)
		}
	}
	fails(t, unix.Mbind(b[1:], unix.MPOL_BIND, node0(), 0), unix.EINVAL)
	fails(t, unix.Mbind(b, unix.MPOL_BIND, nil, 0), unix.EINVAL)
	fails(t, unix.Mbind(b, 99, node0(), 0), unix.EINVAL)
	need(t, "set_mempolicy_home_node", "5.17", unix.SetMemPolicyHomeNode(b[page:], 0, 0))
	fails(t, unix.SetMemPolicyHomeNode(b[page:], 0, 1), unix.EINVAL)
	fails(t, unix.SetMemPolicyHomeNode(b[page:], 1<<20, 0), unix.EINVAL)
	_, err = unix.GetMemPolicy(nil, nil, unix.MPOL_F_ADDR)
	fails(t, err, unix.EFAULT)
}

func TestMovePages(t *testing.T) {
	onKernel(t, "NUMA")
	b := pages(t, 2)
	b[0] = 1
	page := uintptr(os.Getpagesize())
	at := uintptr(unsafe.Pointer(&b[0]))
	status := []int32{99, 99}
	_, err := unix.MovePages(0, []uintptr{at, at + page}, nil, status, 0)
	nstest.NeedOption(t, "CONFIG_NUMA", "2.6.18", err)
	// Older kernels call a page that was never touched a wrong address.
	if status[0] < 0 || status[1] != -int32(unix.ENOENT) && status[1] != -int32(unix.EFAULT) {
		t.Errorf("on nodes %v, the second one on none", status)
	}
	if n, err := unix.MovePages(os.Getpid(), []uintptr{at}, []int32{0}, status[:1], unix.MPOL_MF_MOVE); n != 0 ||
		err != nil || status[0] != 0 {
		t.Errorf("%d not moved, %v, %v", n, err, status)
	}
	_, err = unix.MovePages(0, []uintptr{at}, nil, status, 0)
	fails(t, err, unix.EINVAL)
	_, err = unix.MovePages(0, []uintptr{at}, []int32{0, 0}, status[:1], unix.MPOL_MF_MOVE)
	fails(t, err, unix.EINVAL)
	_, err = unix.MovePages(1<<30, []uintptr{at}, nil, status[:1], 0)
	fails(t, err, unix.ESRCH)

	n, err := unix.MigratePages(0, node0(), node0())
	if n != 0 || err != nil {
		t.Errorf("%d pages not moved to where they are, %v", n, err)
	}
	var none unix.CPUSet
	_, err = unix.MigratePages(0, node0(), &none)
	fails(t, err, unix.EINVAL)
	_, err = unix.MigratePages(0, nil, node0())
	fails(t, err, unix.EFAULT)
	_, err = unix.MigratePages(1<<30, node0(), node0())
	fails(t, err, unix.ESRCH)
}

func TestMincore(t *testing.T) {
	onKernel(t, "mincore")
	b := pages(t, 3)
	page := os.Getpagesize()
	b[page] = 1
	vec := []byte{0xfe, 0xfe, 0xfe}
	ok(t, unix.Mincore(b, vec))
	if vec[0]&1 != 0 || vec[1]&1 != 1 || vec[2]&1 != 0 {
		t.Errorf("%v in memory, want the second one", vec)
	}
	fails(t, unix.Mincore(b, vec[:2]), unix.EINVAL)
	fails(t, unix.Mincore(b, nil), unix.EINVAL)
	fails(t, unix.Mincore(b[1:page], vec), unix.EINVAL)
	ok(t, unix.Mincore(nil, nil))
}

func TestMlock2(t *testing.T) {
	b := pages(t, 2)
	err := unix.Mlock2(b, unix.MLOCK_ONFAULT)
	if err == unix.ENOMEM || err == unix.EPERM {
		t.Skip("feature locked memory: the limit is 0:", err)
	}
	need(t, "mlock2", "4.4", err)
	vec := make([]byte, 2)
	ok(t, unix.Mincore(b, vec))
	if vec[0]&1 != 0 {
		t.Error("in memory before it is used")
	}
	ok(t, unix.Mlock2(b[:os.Getpagesize()], 0))
	ok(t, unix.Mincore(b, vec))
	if vec[0]&1 != 1 || vec[1]&1 != 0 {
		t.Errorf("%v in memory, want the first one", vec)
	}
	fails(t, unix.Mlock2(b, 2), unix.EINVAL)
}

func TestReadahead(t *testing.T) {
	fd := opened(t, temp(t, "text"), unix.O_RDONLY)
	ok(t, unix.Readahead(fd, 1<<33, 100))
	ok(t, unix.Readahead(fd, 0, 100))
	fails(t, unix.Readahead(closed, 0, 100), unix.EBADF)
	var p [2]int
	ok(t, unix.Pipe2(p[:], unix.O_CLOEXEC))
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	fails(t, unix.Readahead(p[0], 0, 100), unix.EINVAL)
}

func TestRemapFilePages(t *testing.T) {
	onKernel(t, "remap_file_pages")
	page := os.Getpagesize()
	fd, err := unix.MemfdCreate("kern", unix.MFD_CLOEXEC)
	need(t, "memfd_create", "3.17", err)
	defer unix.Close(fd)
	ok(t, unix.Ftruncate(fd, int64(3*page)))
	for i := range 3 {
		_, err := unix.Pwrite(fd, []byte{'a' + byte(i)}, int64(i*page))
		ok(t, err)
	}
	b, err := unix.Mmap(fd, 0, 3*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	ok(t, err)
	defer func() { ok(t, unix.Munmap(b)) }()
	need(t, "remap_file_pages", "", unix.RemapFilePages(b[:page], 0, 2, 0))
	if b[0] != 'c' || b[page] != 'b' || b[2*page] != 'c' {
		t.Errorf("%c %c %c", b[0], b[page], b[2*page])
	}
	fails(t, unix.RemapFilePages(b[:page], unix.PROT_READ, 0, 0), unix.EINVAL)
	fails(t, unix.RemapFilePages(pages(t, 1), 0, 0, 0), unix.EINVAL)
}

func TestMapShadowStack(t *testing.T) {
	size := uintptr(os.Getpagesize())
	p, err := unix.MapShadowStack(nil, size, 0)
	switch err {
	case nil:
		ok(t, unix.MunmapPtr(p, size))
		_, err = unix.MapShadowStack(nil, size, 1<<30)
		fails(t, err, unix.EINVAL)
	case unix.ENOSYS, unix.EOPNOTSUPP: // of a kernel or a processor without
		if p != nil {
			t.Errorf("%v at %p", err, p)
		}
	default:
		t.Error(err)
	}
}
