package unix_test

import (
	"fmt"
	"os"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func TestInotify(t *testing.T) {
	dir := t.TempDir()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	ok(t, err)
	defer unix.Close(fd)
	wd, err := unix.InotifyAddWatch(fd, dir, unix.IN_CREATE)
	ok(t, err)
	ok(t, os.WriteFile(dir+"/new", nil, 0o600))
	buf := make([]byte, 256)
	n, err := unix.Read(fd, buf)
	if err != nil || n < unix.SizeofInotifyEvent+4 ||
		string(buf[unix.SizeofInotifyEvent:unix.SizeofInotifyEvent+3]) != "new" {
		t.Errorf("%q, %v", buf[:max(n, 0)], err)
	}
	_, err = unix.InotifyRmWatch(fd, uint32(wd))
	ok(t, err)
	_, err = unix.InotifyRmWatch(fd, uint32(wd))
	fails(t, err, unix.EINVAL)
	fd2, err := unix.InotifyInit()
	ok(t, err)
	ok(t, unix.Close(fd2))
}

func TestFanotify(t *testing.T) {
	fd, err := unix.FanotifyInit(unix.FAN_CLASS_NOTIF|unix.FAN_CLOEXEC|unix.FAN_NONBLOCK, unix.O_RDONLY)
	if err == unix.EPERM || err == unix.ENOSYS {
		nstest.Need(t, "fanotify", "", err)
	}
	ok(t, err)
	defer unix.Close(fd)
	path := temp(t, "x")
	ok(t, unix.FanotifyMark(fd, unix.FAN_MARK_ADD, unix.FAN_OPEN|unix.FAN_CLOSE, unix.AT_FDCWD, path))
	_, err = os.ReadFile(path)
	ok(t, err)
	buf := make([]byte, 256)
	n, err := unix.Read(fd, buf)
	if n < unix.FAN_EVENT_METADATA_LEN || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	for rest := buf[:n]; len(rest) >= unix.FAN_EVENT_METADATA_LEN; {
		var event unix.FanotifyEventMetadata
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&event)), unsafe.Sizeof(event)), rest)
		if link, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", event.Fd)); link != path || err != nil {
			t.Errorf("an event of %q, %v", link, err)
		}
		ok(t, unix.Close(int(event.Fd)))
		rest = rest[event.Event_len:]
	}
}
