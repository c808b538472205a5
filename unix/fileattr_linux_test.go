package unix_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func TestExtendedAttributesAt(t *testing.T) {
	path := temp(t, "")
	dir := opened(t, filepath.Dir(path), unix.O_PATH|unix.O_DIRECTORY)
	name := filepath.Base(path)
	if err := unix.Setxattr(path, "user.old", nil, 0); err == unix.ENOTSUP {
		nstest.Need(t, "extended attributes of users on tmpfs", "6.6", err)
	}
	need(t, "setxattrat", "6.13", unix.Setxattrat(dir, name, 0, "user.a", []byte("value"), unix.XATTR_CREATE))
	fails(t, unix.Setxattrat(dir, name, unix.AT_SYMLINK_NOFOLLOW, "user.a", []byte("again"), unix.XATTR_CREATE),
		unix.EEXIST)
	fails(t, unix.Setxattrat(dir, name, 1, "user.a", nil, 0), unix.EINVAL)
	ok(t, unix.Setxattrat(dir, name, 0, "user.empty", nil, 0))
	buf := make([]byte, 64)
	if n, err := unix.Getxattr(path, "user.a", buf); string(buf[:max(n, 0)]) != "value" || err != nil {
		t.Errorf("the other call has %q, %v", buf[:n], err)
	}
	fd := opened(t, path, unix.O_RDONLY)
	for where, get := range map[string]func([]byte) (int, error){
		"folder and name": func(b []byte) (int, error) { return unix.Getxattrat(dir, name, 0, "user.a", b) },
		"descriptor":      func(b []byte) (int, error) { return unix.Getxattrat(fd, "", unix.AT_EMPTY_PATH, "user.a", b) },
	} {
		if n, err := get(nil); n != 5 || err != nil {
			t.Errorf("%s without room: %d, %v", where, n, err)
		}
		if _, err := get(buf[:4]); err != unix.ERANGE {
			t.Errorf("%s with too little room: %v", where, err)
		}
		if n, err := get(buf); n != 5 || err != nil || string(buf[:5]) != "value" {
			t.Errorf("%s: %q, %v", where, buf[:n], err)
		}
	}
	list := func() []string {
		t.Helper()
		n, err := unix.Listxattrat(dir, name, 0, buf)
		ok(t, err)
		return strings.Split(strings.TrimSuffix(string(buf[:n]), "\x00"), "\x00")
	}
	if got := list(); !slices.Contains(got, "user.a") || !slices.Contains(got, "user.empty") {
		t.Errorf("%q", got)
	}
	ok(t, unix.Removexattrat(dir, name, 0, "user.a"))
	if got := list(); slices.Contains(got, "user.a") {
		t.Errorf("after removal: %q", got)
	}
	_, err := unix.Getxattrat(dir, name, 0, "user.a", buf)
	fails(t, err, unix.ENODATA)
	fails(t, unix.Removexattrat(dir, name, 0, "user.a"), unix.ENODATA)
	_, err = unix.Listxattrat(closed, name, 0, nil)
	fails(t, err, unix.EBADF)
}

// TestXattrValueOnStack has the value on a stack, which moves when the call has no room for its own variables: the
// address that the kernel gets must move too.
func TestXattrValueOnStack(t *testing.T) {
	path := temp(t, "")
	if err := unix.Setxattr(path, "user.a", []byte("12345678"), 0); err == unix.ENOTSUP {
		nstest.Need(t, "extended attributes of users on tmpfs", "6.6", err)
	}
	_, err := unix.Getxattrat(unix.AT_FDCWD, path, 0, "user.a", nil)
	need(t, "getxattrat", "6.13", err)
	done := make(chan string)
	for depth := range 500 {
		go func() { done <- getxattrDeep(path, depth) }()
		if value := <-done; value != "12345678" {
			t.Fatalf("%q", value)
		}
	}
}

func getxattrDeep(path string, depth int) string {
	if depth > 0 {
		return getxattrDeep(path, depth-1)
	}
	var value [8]byte
	if _, err := unix.Getxattrat(unix.AT_FDCWD, path, 0, "user.a", value[:]); err != nil {
		return err.Error()
	}
	return string(value[:])
}

func TestFileAttr(t *testing.T) {
	// tmpfs has it, and lets an ordinary user set this one.
	path := temp(t, "")
	dir := opened(t, filepath.Dir(path), unix.O_PATH|unix.O_DIRECTORY)
	name := filepath.Base(path)
	var attr unix.FileAttr
	err := unix.FileGetattr(dir, name, &attr, 0)
	if err == unix.EOPNOTSUPP {
		nstest.Need(t, "attributes of files on "+filepath.Dir(path), "", err)
	}
	need(t, "file_getattr", "6.17", err)
	if attr.Xflags&unix.FS_XFLAG_NOATIME != 0 {
		t.Errorf("a new file: %+v", attr)
	}
	attr.Xflags |= unix.FS_XFLAG_NODUMP
	ok(t, unix.FileSetattr(dir, name, &attr, unix.AT_SYMLINK_NOFOLLOW))
	attr = unix.FileAttr{}
	ok(t, unix.FileGetattr(opened(t, path, unix.O_RDONLY), "", &attr, unix.AT_EMPTY_PATH))
	if attr.Xflags&unix.FS_XFLAG_NODUMP == 0 {
		t.Errorf("after it was set: %+v", attr)
	}
	fails(t, unix.FileSetattr(dir, "none", &attr, 0), unix.ENOENT)
	fails(t, unix.FileGetattr(dir, name, &attr, 1), unix.EINVAL)
}

func TestQuotactl(t *testing.T) {
	need(t, "quotactl", "2.6", unix.Quotactl(unix.QCMD(unix.Q_SYNC, unix.USRQUOTA), "", 0, nil)) // of all file systems
	var fmt uint32
	err := unix.Quotactl(unix.QCMD(unix.Q_GETFMT, unix.USRQUOTA), "/dev/null", 0, ptr(&fmt))
	fails(t, err, unix.ENOTBLK)
	err = unix.Quotactl(unix.QCMD(unix.Q_GETFMT, unix.USRQUOTA), "/none", 0, ptr(&fmt))
	fails(t, err, unix.ENOENT)
	dir := opened(t, t.TempDir(), unix.O_RDONLY|unix.O_DIRECTORY)
	if err = unix.QuotactlFd(closed, unix.QCMD(unix.Q_GETFMT, unix.USRQUOTA), 0, ptr(&fmt)); err != unix.EBADF {
		need(t, "quotactl_fd", "5.14", err)
	}
	fails(t, unix.QuotactlFd(dir, unix.QCMD(unix.Q_GETFMT, 99), 0, ptr(&fmt)), unix.EINVAL)
}

// TestQuotaOnTmpfs needs Linux 6.6 and real privilege.
func TestQuotaOnTmpfs(t *testing.T) {
	dir := t.TempDir()
	nstest.NeedOption(t, "CONFIG_TMPFS_QUOTA", "6.6", unix.Mount("quota", dir, "tmpfs", 0, "usrquota"))
	defer func() { ok(t, unix.Unmount(dir, unix.MNT_DETACH)) }()
	fd := opened(t, dir, unix.O_RDONLY|unix.O_DIRECTORY)
	const user = 4711
	set := unix.IfDqblk{Bhardlimit: 100, Ihardlimit: 7, Valid: unix.QIF_LIMITS}
	ok(t, unix.QuotactlFd(fd, unix.QCMD(unix.Q_SETQUOTA, unix.USRQUOTA), user, ptr(&set)))
	path := filepath.Join(dir, "file")
	ok(t, os.WriteFile(path, make([]byte, 8192), 0o600))
	ok(t, unix.Chown(path, user, -1))
	var got unix.IfDqblk
	ok(t, unix.QuotactlFd(fd, unix.QCMD(unix.Q_GETQUOTA, unix.USRQUOTA), user, ptr(&got)))
	if got.Bhardlimit != 100 || got.Ihardlimit != 7 || got.Curinodes != 1 || got.Curspace < 8192 {
		t.Errorf("%+v", got)
	}
	var next unix.IfNextdqblk
	ok(t, unix.QuotactlFd(fd, unix.QCMD(unix.Q_GETNEXTQUOTA, unix.USRQUOTA), 1, ptr(&next)))
	if next.Id != user {
		t.Errorf("after user 1 comes %+v", next)
	}
	var info unix.IfDqinfo
	ok(t, unix.QuotactlFd(fd, unix.QCMD(unix.Q_GETINFO, unix.USRQUOTA), 0, ptr(&info)))
	if info.Bgrace == 0 || info.Valid == 0 {
		t.Errorf("%+v", info)
	}
}

func TestSwapon(t *testing.T) {
	path := temp(t, strings.Repeat("x", 1<<16))
	want, off := error(unix.EINVAL), error(unix.EINVAL) // it is not swap space
	if !capable(t, unix.CAP_SYS_ADMIN) {
		want, off = unix.EPERM, unix.EPERM
	}
	err := unix.Swapon(path, unix.SWAP_FLAG_PREFER|1)
	if err == unix.ENOSYS {
		nstest.NeedOption(t, "CONFIG_SWAP", "", err)
	}
	fails(t, err, want)
	fails(t, unix.Swapoff(path), off)
}
