package unix_test

import (
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func TestExtendedAttributes(t *testing.T) {
	path := temp(t, "")
	fd := opened(t, path, unix.O_RDWR)
	err := unix.Setxattr(path, "user.a", []byte("value"), unix.XATTR_CREATE)
	if err == unix.ENOTSUP {
		nstest.Need(t, "extended attributes of users on tmpfs", "6.6", err)
	}
	ok(t, err)
	fails(t, unix.Lsetxattr(path, "user.a", nil, unix.XATTR_CREATE), unix.EEXIST)
	ok(t, unix.Lsetxattr(path, "user.b", []byte{}, 0))
	ok(t, unix.Fsetxattr(fd, "user.c", []byte("c"), 0))
	buf := make([]byte, 64)
	for name, get := range map[string]func([]byte) (int, error){
		"Getxattr":  func(b []byte) (int, error) { return unix.Getxattr(path, "user.a", b) },
		"Lgetxattr": func(b []byte) (int, error) { return unix.Lgetxattr(path, "user.a", b) },
		"Fgetxattr": func(b []byte) (int, error) { return unix.Fgetxattr(fd, "user.a", b) },
	} {
		if n, err := get(nil); n != 5 || err != nil {
			t.Errorf("%s without room: %d, %v", name, n, err)
		}
		if _, err := get(buf[:4]); err != unix.ERANGE {
			t.Errorf("%s with too little room: %v", name, err)
		}
		if n, err := get(buf); n != 5 || err != nil || string(buf[:5]) != "value" {
			t.Errorf("%s: %q, %v", name, buf[:n], err)
		}
	}
	for name, list := range map[string]func([]byte) (int, error){
		"Listxattr":  func(b []byte) (int, error) { return unix.Listxattr(path, b) },
		"Llistxattr": func(b []byte) (int, error) { return unix.Llistxattr(path, b) },
		"Flistxattr": func(b []byte) (int, error) { return unix.Flistxattr(fd, b) },
	} {
		n, err := list(nil)
		if n < 21 || err != nil {
			t.Errorf("%s without room: %d, %v", name, n, err)
		}
		if n, err := list(buf); n < 21 || err != nil {
			t.Errorf("%s: %q, %v", name, buf[:n], err)
		}
	}
	ok(t, unix.Removexattr(path, "user.a"))
	ok(t, unix.Lremovexattr(path, "user.b"))
	ok(t, unix.Fremovexattr(fd, "user.c"))
	_, err = unix.Getxattr(path, "user.a", nil)
	fails(t, err, unix.ENODATA)
}
