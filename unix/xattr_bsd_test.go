//go:build freebsd || netbsd

package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestExtendedAttributes(t *testing.T) {
	path := t.TempDir() + "/file"
	fd := file(t, path, "")
	err := unix.Setxattr(path, "user.one", []byte("value"), 0)
	if err == unix.EOPNOTSUPP {
		t.Skip("the file system has no extended attributes")
	}
	answered(t, "extattr_set_file", err)
	must(t, "fsetxattr", unix.Fsetxattr(fd, "user.other", []byte("second"), 0))
	b := make([]byte, 64)
	if n, err := unix.Getxattr(path, "user.one", b); err != nil || string(b[:n]) != "value" {
		t.Errorf("%q, %v", b[:max(n, 0)], err)
	}
	if n, err := unix.Fgetxattr(fd, "user.other", nil); n != 6 || err != nil {
		t.Errorf("size %d, %v", n, err)
	}
	n, err := unix.FlistxattrNS(fd, unix.EXTATTR_NAMESPACE_USER, b)
	if err != nil || (string(b[:n]) != "\x03one\x05other" && string(b[:n]) != "\x05other\x03one") {
		t.Errorf("names %q, %v", b[:max(n, 0)], err)
	}
	must(t, "removexattr", unix.Removexattr(path, "user.one"))
	if _, err := unix.Getxattr(path, "user.one", b); err != unix.ENOATTR {
		t.Errorf("after its removal: %v", err)
	}
	if _, err := unix.Getxattr(path, "one", b); err != unix.ENOATTR {
		t.Errorf("a name without a name space: %v", err)
	}
}
