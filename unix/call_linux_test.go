package unix_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"kern.sys/unix"
)

// sendto makes sendto(2), which uses six arguments, by an entry point of the assembly.
type sendto func(trap, fd, p, n, flags, to, tolen uintptr) (r1, r2 uintptr, err syscall.Errno)

// testSixArguments proves of each argument that it arrives.
func testSixArguments(t *testing.T, call sendto) {
	s := socket(t, unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	path := filepath.Join(t.TempDir(), "s")
	ok(t, unix.Bind(s, &unix.SockaddrUnix{Name: path}))
	from := socket(t, unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	to := unix.RawSockaddrUnix{Family: unix.AF_UNIX}
	for i := range path {
		set(&to.Path[i], path[i])
	}
	text := []byte("six arguments")
	send := func(n, flags, tolen uintptr) (uintptr, syscall.Errno) {
		r1, _, err := call(unix.SYS_SENDTO, uintptr(from), uintptr(unsafe.Pointer(&text[0])), n, flags,
			uintptr(unsafe.Pointer(&to)), tolen)
		return r1, err
	}
	if n, err := send(3, unix.MSG_DONTWAIT, unsafe.Sizeof(to)); n != 3 || err != 0 {
		t.Errorf("%d, %v", n, err)
	}
	buf := make([]byte, 20)
	if n, _, err := unix.Recvfrom(s, buf, unix.MSG_DONTWAIT); err != nil || string(buf[:n]) != "six" {
		t.Errorf("%q, %v", buf[:n], err)
	}
	if _, err := send(3, 0, unsafe.Sizeof(to)+1); err != unix.EINVAL { // the sixth
		t.Errorf("an address that is too long: %v", err)
	}
	if _, err := send(3, unix.MSG_OOB, unsafe.Sizeof(to)); err != unix.EOPNOTSUPP { // the fourth
		t.Errorf("out of band: %v", err)
	}
	if r1, err := send(1<<30, unix.MSG_DONTWAIT, unsafe.Sizeof(to)); err == 0 || r1 != ^uintptr(0) { // the third
		t.Errorf("too much: %d, %v", r1, err)
	}
}

func TestSyscall6(t *testing.T)    { testSixArguments(t, unix.Syscall6) }
func TestRawSyscall6(t *testing.T) { testSixArguments(t, unix.RawSyscall6) }

func TestSyscallOfThreeArguments(t *testing.T) {
	fd := opened(t, temp(t, "text"), unix.O_RDONLY)
	for name, call := range map[string]func(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno){
		"Syscall": unix.Syscall, "RawSyscall": unix.RawSyscall,
	} {
		var buf [4]byte
		_, err := unix.Seek(fd, 1, unix.SEEK_SET)
		ok(t, err)
		n, _, errno := call(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buf[0])), 2)
		if n != 2 || errno != 0 || string(buf[:]) != "ex\x00\x00" {
			t.Errorf("%s: %d, %v, %q", name, n, errno, buf)
		}
		if n, _, errno := call(unix.SYS_READ, closed, uintptr(unsafe.Pointer(&buf[0])), 2); n != ^uintptr(0) ||
			errno != unix.EBADF {
			t.Errorf("%s of a closed descriptor: %d, %v", name, n, errno)
		}
	}
}

// TestSyscallNoError calls what cannot fail, and once what fails: the negative number is then the result.
func TestSyscallNoError(t *testing.T) {
	for name, call := range map[string]func(trap, a1, a2, a3 uintptr) (r1, r2 uintptr){
		"SyscallNoError": unix.SyscallNoError, "RawSyscallNoError": unix.RawSyscallNoError,
	} {
		if pid, _ := call(unix.SYS_GETPID, 0, 0, 0); int(pid) != os.Getpid() {
			t.Errorf("%s: process %d, want %d", name, pid, os.Getpid())
		}
		old, _ := call(unix.SYS_UMASK, 0o27, 0, 0)
		if mask, _ := call(unix.SYS_UMASK, old, 0, 0); mask != 0o27 {
			t.Errorf("%s: umask %#o", name, mask)
		}
	}
}

func TestMsghdr(t *testing.T) {
	a, b := pair(t, unix.SOCK_DGRAM)
	text := []byte("gathered")
	iovs := [2]unix.Iovec{{Base: &text[4]}, {Base: &text[0]}}
	iovs[0].SetLen(4)
	iovs[1].SetLen(3)
	msg := unix.Msghdr{Iov: &iovs[0]}
	msg.SetIovlen(len(iovs))
	send := func() (uintptr, syscall.Errno) {
		n, _, err := unix.Syscall(unix.SYS_SENDMSG, uintptr(a), uintptr(unsafe.Pointer(&msg)), unix.MSG_DONTWAIT)
		return n, err
	}
	if n, err := send(); n != 7 || err != 0 {
		t.Fatalf("%d, %v", n, err)
	}
	buf := make([]byte, 16)
	if n, err := unix.Read(b, buf); err != nil || string(buf[:n]) != "eredgat" {
		t.Errorf("%q, %v", buf[:n], err)
	}
	rights := unix.UnixRights(b)
	msg.Control = &rights[0]
	msg.SetControllen(len(rights))
	if _, err := send(); err != 0 {
		t.Error(err)
	}
	oob := make([]byte, 64)
	_, n, _, _, err := unix.Recvmsg(b, buf, oob, unix.MSG_CMSG_CLOEXEC)
	ok(t, err)
	messages, err := unix.ParseSocketControlMessage(oob[:n])
	ok(t, err)
	if len(messages) != 1 {
		t.Fatal(messages)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	ok(t, err)
	for _, fd := range fds {
		ok(t, unix.Close(fd))
	}
}

func TestServiceName(t *testing.T) {
	sa := unix.RawSockaddrNFCLLCP{}
	sa.SetServiceNameLen(9)
	if sa.Service_name_len != 9 {
		t.Error(sa.Service_name_len)
	}
	sa.SetServiceNameLen(3)
	if sa.Service_name_len != 3 {
		t.Error(sa.Service_name_len)
	}
}

// set stores a byte in a C char, which is signed on some architectures.
func set[T ~int8 | ~uint8](c *T, b byte) { *c = T(b) }
