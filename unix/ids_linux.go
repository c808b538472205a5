package unix

import "syscall"

// Getpgrp is getpgrp(2).
func Getpgrp() (pid int) {
	pid, _ = Getpgid(0)
	return pid
}

// Getresuid is getresuid(2).
func Getresuid() (ruid, euid, suid int) {
	var r, e, s uint32
	_ = getresuid(&r, &e, &s) // fails only for a bad pointer
	return int(r), int(e), int(s)
}

// Getresgid is getresgid(2).
func Getresgid() (rgid, egid, sgid int) {
	var r, e, s uint32
	_ = getresgid(&r, &e, &s)
	return int(r), int(e), int(s)
}

// The next six change every thread of the process, as POSIX wants it and the C library does.

// Setuid is setuid(2).
func Setuid(uid int) (err error) { return syscall.Setuid(uid) }

// Setgid is setgid(2).
func Setgid(gid int) (err error) { return syscall.Setgid(gid) }

// Setreuid is setreuid(2).
func Setreuid(ruid, euid int) (err error) { return syscall.Setreuid(ruid, euid) }

// Setregid is setregid(2).
func Setregid(rgid, egid int) (err error) { return syscall.Setregid(rgid, egid) }

// Setresuid is setresuid(2).
func Setresuid(ruid, euid, suid int) (err error) { return syscall.Setresuid(ruid, euid, suid) }

// Setresgid is setresgid(2).
func Setresgid(rgid, egid, sgid int) (err error) { return syscall.Setresgid(rgid, egid, sgid) }

// SetfsuidRetUid is setfsuid(2): it returns the previous id, of the calling thread. It does not report whether it
// worked; a second call with -1 does.
func SetfsuidRetUid(uid int) (int, error) { return setfsuid(uid), nil }

// SetfsgidRetGid is setfsgid(2), and to groups what [SetfsuidRetUid] is to users.
func SetfsgidRetGid(gid int) (int, error) { return setfsgid(gid), nil }

// Setfsuid is [SetfsuidRetUid] without the previous id.
func Setfsuid(uid int) error {
	setfsuid(uid)
	return nil
}

// Setfsgid is [SetfsgidRetGid] without the previous id.
func Setfsgid(gid int) error {
	setfsgid(gid)
	return nil
}
