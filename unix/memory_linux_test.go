package unix_test

import (
	"bytes"
	"os"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

const anonymous = unix.MAP_PRIVATE | unix.MAP_ANON

func TestMmap(t *testing.T) {
	page := os.Getpagesize()
	path := temp(t, string(bytes.Repeat([]byte("0123456789abcdef"), page/8)))
	fd := opened(t, path, unix.O_RDWR)
	b, err := unix.Mmap(fd, int64(page), page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	ok(t, err)
	if len(b) != page || cap(b) != page || string(b[:16]) != "0123456789abcdef" {
		t.Errorf("%d bytes: %q", len(b), b[:16])
	}
	copy(b, "changed")
	ok(t, unix.Msync(b, unix.MS_SYNC))
	got := make([]byte, 7)
	_, err = unix.Pread(fd, got, int64(page))
	if string(got) != "changed" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	ok(t, unix.Madvise(b, unix.MADV_RANDOM))
	if kernelHas(t, "advice about memory that is checked") {
		fails(t, unix.Madvise(b, 9999), unix.EINVAL)
	}
	if err := unix.Mlock(b); err != nil && err != unix.ENOMEM && err != unix.EPERM {
		t.Error(err)
	}
	ok(t, unix.Munlock(b))
	ok(t, unix.Mprotect(b, unix.PROT_READ))
	fails(t, unix.Munmap(b[:10]), unix.EINVAL)
	fails(t, unix.Munmap(b[1:]), unix.EINVAL)
	fails(t, unix.Munmap(nil), unix.EINVAL)
	fails(t, unix.Munmap(make([]byte, 10)), unix.EINVAL)
	ok(t, unix.Munmap(b))
	fails(t, unix.Munmap(b[:len(b):len(b)]), unix.EINVAL)
	for _, bad := range []struct {
		offset int64
		length int
	}{{0, 0}, {0, -1}, {1, page}} {
		if bad.offset != 0 && !kernelHas(t, "checks of offsets of mmap") {
			continue
		}
		_, err = unix.Mmap(fd, bad.offset, bad.length, unix.PROT_READ, unix.MAP_SHARED)
		fails(t, err, unix.EINVAL)
	}
	_ = unix.Munlockall()
	fails(t, unix.Mlockall(0), unix.EINVAL)
}

func TestMremap(t *testing.T) {
	page := os.Getpagesize()
	b, err := unix.Mmap(-1, 0, page, unix.PROT_READ|unix.PROT_WRITE, anonymous)
	ok(t, err)
	copy(b, "text")
	grown, err := unix.Mremap(b, 3*page, unix.MREMAP_MAYMOVE)
	ok(t, err)
	if len(grown) != 3*page || string(grown[:4]) != "text" {
		t.Errorf("%d bytes: %q", len(grown), grown[:4])
	}
	_, err = unix.Mremap(grown[:page], page, 0)
	fails(t, err, unix.EINVAL)
	_, err = unix.Mremap(grown, page, unix.MREMAP_FIXED)
	fails(t, err, unix.EINVAL)
	_, err = unix.Mremap(grown, 0, 0)
	fails(t, err, unix.EINVAL)
	ok(t, unix.Munmap(grown))

	size := uintptr(page)
	p, err := unix.MmapPtr(-1, 0, nil, 2*size, unix.PROT_READ|unix.PROT_WRITE, anonymous)
	ok(t, err)
	*(*byte)(p) = 7
	p2, err := unix.MmapPtr(-1, 0, nil, 2*size, unix.PROT_READ|unix.PROT_WRITE, anonymous)
	ok(t, err)
	moved, err := unix.MremapPtr(p, 2*size, p2, size, unix.MREMAP_MAYMOVE|unix.MREMAP_FIXED)
	ok(t, err)
	if moved != p2 || *(*byte)(moved) != 7 {
		t.Errorf("%v, %d", moved, *(*byte)(moved))
	}
	ok(t, unix.MunmapPtr(p2, 2*size))
	fails(t, unix.MunmapPtr(unsafe.Add(p2, 1), size), unix.EINVAL)
}

func TestMseal(t *testing.T) {
	// A sealed mapping stays: this page is never given back.
	b, err := unix.Mmap(-1, 0, os.Getpagesize(), unix.PROT_READ, anonymous)
	ok(t, err)
	need(t, "mseal", "6.10", unix.Mseal(b, 0))
	fails(t, unix.Mprotect(b, unix.PROT_WRITE), unix.EPERM)
	fails(t, unix.Munmap(b), unix.EPERM)
}

func TestMemfd(t *testing.T) {
	fd, err := unix.MemfdCreate("kern", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	need(t, "memfd_create", "3.17", err)
	defer unix.Close(fd)
	ok(t, unix.Ftruncate(fd, 100))
	_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_WRITE)
	ok(t, err)
	_, err = unix.Write(fd, []byte("x"))
	fails(t, err, unix.EPERM)
}

func TestSysvShm(t *testing.T) {
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 4096, unix.IPC_CREAT|unix.IPC_EXCL|0o600)
	if err == unix.ENOSYS {
		nstest.Need(t, "System V shared memory", "", err)
	}
	ok(t, err)
	defer func() {
		_, err := unix.SysvShmCtl(id, unix.IPC_RMID, nil)
		ok(t, err)
	}()
	attach := func() []byte {
		b, err := unix.SysvShmAttach(id, 0, 0)
		if err == unix.ENOMEM {
			onKernel(t, "shared memory at addresses it chooses")
		}
		ok(t, err)
		return b
	}
	a, b := attach(), attach()
	copy(a, "shared")
	if len(a) != 4096 || string(b[:6]) != "shared" {
		t.Errorf("%d bytes: %q", len(a), b[:6])
	}
	var desc unix.SysvShmDesc
	_, err = unix.SysvShmCtl(id, unix.IPC_STAT, &desc)
	ok(t, err)
	if desc.Segsz != 4096 || desc.Nattch != 2 {
		t.Errorf("%+v", desc)
	}
	ok(t, unix.SysvShmDetach(a))
	ok(t, unix.SysvShmDetach(b))
	fails(t, unix.SysvShmDetach(nil), unix.EINVAL)
	_, err = unix.SysvShmAttach(-1, 0, 0)
	fails(t, err, unix.EINVAL)
}

func TestProcessVM(t *testing.T) {
	src, dst := []byte("hello"), make([]byte, 5)
	local := []unix.Iovec{{Base: &dst[0]}}
	local[0].SetLen(5)
	remote := []unix.RemoteIovec{{Base: uintptr(unsafe.Pointer(&src[0])), Len: 5}}
	n, err := unix.ProcessVMReadv(os.Getpid(), local, remote, 0)
	if err == unix.ENOSYS || err == unix.EPERM {
		nstest.Need(t, "process_vm_readv", "", err)
	}
	if n != 5 || err != nil || string(dst) != "hello" {
		t.Errorf("%d, %v, %q", n, err, dst)
	}
	copy(dst, "other")
	n, err = unix.ProcessVMWritev(os.Getpid(), local, remote, 0)
	if n != 5 || err != nil || string(src) != "other" {
		t.Errorf("%d, %v, %q", n, err, src)
	}
	_, err = unix.ProcessVMReadv(1<<30, local, remote, 0)
	fails(t, err, unix.ESRCH)
}

func TestCachestat(t *testing.T) {
	fd := opened(t, temp(t, "text"), unix.O_RDONLY)
	var st unix.Cachestat_t
	need(t, "cachestat", "6.5", unix.Cachestat(uint(fd), &unix.CachestatRange{Len: 4096}, &st, 0))
	if st.Cache != 1 {
		t.Errorf("%+v", st)
	}
}

func TestKeys(t *testing.T) {
	onOwnThread(t, func() {
		ring, err := unix.KeyctlJoinSessionKeyring("kern-test")
		if err != nil {
			t.Log("no keys here:", err)
			return
		}
		id, err := unix.AddKey("user", "kern:key", []byte("secret"), ring)
		if err != nil {
			t.Error(err)
			return
		}
		buf := make([]byte, 16)
		if n, err := unix.KeyctlBuffer(unix.KEYCTL_READ, id, buf, 0); n != 6 || err != nil || string(buf[:6]) != "secret" {
			t.Errorf("%d, %v, %q", n, err, buf)
		}
		if s, err := unix.KeyctlString(unix.KEYCTL_DESCRIBE, id); err != nil ||
			!bytes.HasSuffix([]byte(s), []byte(";kern:key")) {
			t.Errorf("%q, %v", s, err)
		}
		if got, err := unix.KeyctlSearch(ring, "user", "kern:key", 0); got != id || err != nil {
			t.Errorf("%d, %v; want %d", got, err, id)
		}
		if got, err := unix.RequestKey("user", "kern:key", "", 0); got != id || err != nil {
			t.Errorf("%d, %v; want %d", got, err, id)
		}
		if got, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_SESSION_KEYRING, false); got != ring || err != nil {
			t.Errorf("%d, %v; want %d", got, err, ring)
		}
		if err := unix.KeyctlSetperm(id, 0x3f3f0000); err != nil {
			t.Error(err)
		}
		if err := unix.KeyctlInstantiateIOV(id, nil, 0); err == nil {
			t.Error("instantiated a key that was")
		}
		if _, err := unix.KeyctlDHCompute(&unix.KeyctlDHParams{}, buf); err == nil {
			t.Error("computed with no keys")
		}
		if err := unix.KeyctlRestrictKeyring(ring, "", ""); err != nil {
			t.Error(err)
		}
		if _, err := unix.AddKey("user", "kern:two", []byte("x"), ring); err != unix.EPERM {
			t.Errorf("added to a restricted keyring: %v", err)
		}
		if _, err := unix.KeyctlInt(unix.KEYCTL_REVOKE, id, 0, 0, 0); err != nil {
			t.Error(err)
		}
		if _, err := unix.KeyctlString(unix.KEYCTL_DESCRIBE, id); err != unix.EKEYREVOKED {
			t.Error(err)
		}
	})
}
