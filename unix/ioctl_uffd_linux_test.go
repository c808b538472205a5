package unix_test

import (
	"bytes"
	"os"
	"runtime"
	"slices"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

// faults returns a descriptor of userfaultfd, with features that Linux has since minKernel, for pages that it returns
// too.
func faults(t *testing.T, features uint64, minKernel string) (fd int, b []byte, all unix.UffdioRange) {
	t.Helper()
	return faultsOf(t, features, func(err error) { need(t, "features of userfaultfd", minKernel, err) })
}

// faultsOf is faults, where needFeatures skips the test if the kernel has not all features.
func faultsOf(t *testing.T, features uint64, needFeatures func(error)) (fd int, b []byte, all unix.UffdioRange) {
	t.Helper()
	onKernel(t, "userfaultfd")
	fd, err := unix.Userfaultfd(unix.O_CLOEXEC | unix.UFFD_USER_MODE_ONLY)
	need(t, "userfaultfd", "5.11", err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	api := unix.UffdioApi{Api: unix.UFFD_API, Features: features}
	needFeatures(unix.IoctlUffdioApi(fd, &api))
	if api.Features&features != features || api.Ioctls&(1<<(unix.UFFDIO_REGISTER&0xff)) == 0 {
		t.Errorf("%+v", api)
	}
	b = pages(t, 4)
	return fd, b, unix.UffdioRange{Start: uint64(uintptr(unsafe.Pointer(&b[0]))), Len: uint64(len(b))}
}

func TestUserfaultfdFillsPages(t *testing.T) {
	fd, b, all := faults(t, 0, "4.3")
	page := os.Getpagesize()
	reg := unix.UffdioRegister{Range: all, Mode: unix.UFFDIO_REGISTER_MODE_MISSING}
	ok(t, unix.IoctlUffdioRegister(fd, &reg))
	if reg.Ioctls&(1<<(unix.UFFDIO_COPY&0xff)) == 0 {
		t.Errorf("%+v", reg)
	}
	src := bytes.Repeat([]byte("0123456789abcdef"), page/16)
	n, err := unix.IoctlUffdioCopy(fd, all.Start+uint64(page), src, 0)
	if n != page || err != nil || !bytes.Equal(b[page:2*page], src) {
		t.Errorf("%d, %v, %q", n, err, b[page:page+16])
	}
	n, err = unix.IoctlUffdioCopy(fd, all.Start+uint64(page), src, 0)
	if n != 0 || err != unix.EEXIST {
		t.Errorf("a page that is there: %d, %v", n, err)
	}
	_, err = unix.IoctlUffdioCopy(fd, all.Start, nil, 0)
	fails(t, err, unix.EINVAL)
	_, err = unix.IoctlUffdioCopy(fd, all.Start, src[1:], 0)
	fails(t, err, unix.EINVAL)
	zero := unix.UffdioZeropage{Range: unix.UffdioRange{Start: all.Start, Len: uint64(page)}}
	ok(t, unix.IoctlUffdioZeropage(fd, &zero))
	if zero.Zeropage != int64(page) || !bytes.Equal(b[:page], make([]byte, page)) {
		t.Errorf("%+v", zero)
	}
	ok(t, unix.IoctlUffdioWake(fd, &all))
	ok(t, unix.IoctlUffdioUnregister(fd, &all))
	if b[3*page] != 0 { // else nobody would fill it
		t.Error("not zero")
	}
	fails(t, unix.IoctlUffdioWake(fd, &unix.UffdioRange{Start: 1, Len: 1}), unix.EINVAL)
	fails(t, unix.IoctlUffdioRegister(fd, &unix.UffdioRegister{Range: all}), unix.EINVAL)
	fails(t, unix.IoctlUffdioApi(fd, &unix.UffdioApi{Api: 1}), unix.EINVAL)
}

func TestUserfaultfdReportsRemoval(t *testing.T) {
	fd, b, all := faults(t, unix.UFFD_FEATURE_EVENT_REMOVE|unix.UFFD_FEATURE_EVENT_UNMAP, "4.11")
	page := os.Getpagesize()
	ok(t, unix.IoctlUffdioRegister(fd, &unix.UffdioRegister{Range: all, Mode: unix.UFFDIO_REGISTER_MODE_MISSING}))
	done := make(chan error)
	go func() { done <- unix.Madvise(b[page:3*page], unix.MADV_DONTNEED) }() // waits until the event is read
	var msg unix.UffdMsg
	n, err := unix.Read(fd, unsafe.Slice((*byte)(unsafe.Pointer(&msg)), unix.SizeofUffdMsg))
	ok(t, err)
	start, end := msg.Remove()
	if n != unix.SizeofUffdMsg || msg.Event != unix.UFFD_EVENT_REMOVE || start != all.Start+uint64(page) ||
		end != all.Start+uint64(3*page) {
		t.Errorf("%d bytes, %+v of %+v", n, msg, all)
	}
	ok(t, <-done)
	ok(t, unix.IoctlUffdioUnregister(fd, &all))
}

// TestUserfaultfdReportsFaults has the kernel touch a page for the program: so that the thread that waits is in a
// system call, and Go goes on.
func TestUserfaultfdReportsFaults(t *testing.T) {
	_, b, all := faults(t, 0, "4.3")
	fd, err := unix.Userfaultfd(unix.O_CLOEXEC)
	need(t, "userfaultfd of the kernel's own faults", "4.3", err)
	defer unix.Close(fd)
	ok(t, unix.IoctlUffdioApi(fd, &unix.UffdioApi{Api: unix.UFFD_API, Features: unix.UFFD_FEATURE_THREAD_ID}))
	ok(t, unix.IoctlUffdioRegister(fd, &unix.UffdioRegister{Range: all, Mode: unix.UFFDIO_REGISTER_MODE_MISSING}))
	page := os.Getpagesize()
	var p [2]int
	ok(t, unix.Pipe2(p[:], unix.O_CLOEXEC))
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	tids, done := make(chan int, 1), make(chan error, 1)
	go onOwnThread(t, func() {
		tids <- unix.Gettid()
		_, err := unix.Write(p[1], b[page:page+5])
		done <- err
	})
	var msg unix.UffdMsg
	_, err = unix.Read(fd, unsafe.Slice((*byte)(unsafe.Pointer(&msg)), unix.SizeofUffdMsg))
	ok(t, err)
	flags, addr, tid := msg.Pagefault()
	if want := <-tids; msg.Event != unix.UFFD_EVENT_PAGEFAULT || flags != 0 || addr != all.Start+uint64(page) ||
		tid != want {
		t.Errorf("%+v: fault of thread %d at %#x, want %d and %#x", msg, tid, addr, want, all.Start+uint64(page))
	}
	_, err = unix.IoctlUffdioCopy(fd, all.Start+uint64(page), append([]byte("hello"), make([]byte, page-5)...), 0)
	ok(t, err)
	ok(t, <-done)
	got := make([]byte, 5)
	if _, err := unix.Read(p[0], got); string(got) != "hello" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	ok(t, unix.IoctlUffdioUnregister(fd, &all))
}

func TestUffdMsg(t *testing.T) {
	m := unix.UffdMsg{Arg: [3]uint64{1, 2, 3}}
	if from, to, n := m.Remap(); from != 1 || to != 2 || n != 3 {
		t.Errorf("%d, %d, %d", from, to, n)
	}
	*(*uint32)(unsafe.Pointer(&m.Arg[0])) = 7
	if m.Fork() != 7 {
		t.Errorf("%d", m.Fork())
	}
}

func TestUserfaultfdProtects(t *testing.T) {
	if !slices.Contains([]string{"386", "amd64", "arm64", "riscv64"}, runtime.GOARCH) {
		t.Skip("feature userfaultfd that protects: not of this architecture")
	}
	fd, b, all := faultsOf(t, unix.UFFD_FEATURE_PAGEFAULT_FLAG_WP, func(err error) {
		nstest.NeedOption(t, "CONFIG_HAVE_ARCH_USERFAULTFD_WP", "5.7", err)
	})
	b[0] = 1
	ok(t, unix.IoctlUffdioRegister(fd, &unix.UffdioRegister{Range: all, Mode: unix.UFFDIO_REGISTER_MODE_WP}))
	protect := unix.UffdioWriteprotect{Range: all, Mode: unix.UFFDIO_WRITEPROTECT_MODE_WP}
	ok(t, unix.IoctlUffdioWriteprotect(fd, &protect))
	if b[0] != 1 {
		t.Error(b[0])
	}
	protect.Mode = 0
	ok(t, unix.IoctlUffdioWriteprotect(fd, &protect))
	b[0] = 2
	protect.Mode = 1 << 40
	fails(t, unix.IoctlUffdioWriteprotect(fd, &protect), unix.EINVAL)
	ok(t, unix.IoctlUffdioUnregister(fd, &all))
}

func TestUserfaultfdMovesAndContinues(t *testing.T) {
	fd, b, all := faults(t, unix.UFFD_FEATURE_MOVE|unix.UFFD_FEATURE_POISON, "6.8")
	page := uint64(os.Getpagesize())
	first := unix.UffdioRange{Start: all.Start, Len: page}
	src := pages(t, 1)
	src[0] = 9
	ok(t, unix.IoctlUffdioRegister(fd, &unix.UffdioRegister{Range: all, Mode: unix.UFFDIO_REGISTER_MODE_MISSING}))
	move := unix.UffdioMove{Dst: all.Start, Src: uint64(uintptr(unsafe.Pointer(&src[0]))), Len: page}
	ok(t, unix.IoctlUffdioMove(fd, &move))
	if move.Move != int64(page) || b[0] != 9 || src[0] != 0 {
		t.Errorf("%+v: %d, and %d is left", move, b[0], src[0])
	}
	poison := unix.UffdioPoison{Range: unix.UffdioRange{Start: all.Start + page, Len: page}}
	ok(t, unix.IoctlUffdioPoison(fd, &poison))
	if poison.Updated != int64(page) {
		t.Errorf("%+v", poison)
	}
	var p [2]int
	ok(t, unix.Pipe2(p[:], unix.O_CLOEXEC))
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	_, err := unix.Write(p[1], b[page:][:1])
	fails(t, err, unix.EFAULT)
	// Nothing is in a page cache.
	fails(t, unix.IoctlUffdioContinue(fd, &unix.UffdioContinue{Range: first}), unix.EINVAL)
	ok(t, unix.IoctlUffdioUnregister(fd, &all))
}

func TestUserfaultfdOfLinux73(t *testing.T) {
	fd, _, all := faults(t, 0, "4.3")
	for name, err := range map[string]error{
		"UFFDIO_RWPROTECT": unix.IoctlUffdioRwprotect(fd, &unix.UffdioRwprotect{Range: all, Mode: 1 << 40}),
		"UFFDIO_SET_MODE":  unix.IoctlUffdioSetMode(fd, &unix.UffdioSetMode{Enable: 1 << 40}),
	} {
		if err != unix.EINVAL && err != unix.ENOTTY {
			t.Errorf("%s: %v", name, err)
		}
	}
}
