//go:build linux && (386 || arm)

// The calls whose first versions have user ids of 16 bits.

package unix

//sys	Fchown(fd int, uid int, gid int) (err error) = SYS_FCHOWN32
//sysnb	Getegid() (egid int) = SYS_GETEGID32
//sysnb	Geteuid() (euid int) = SYS_GETEUID32
//sysnb	Getgid() (gid int) = SYS_GETGID32
//sysnb	getgroups(n int, list *uint32) (nn int, err error) = SYS_GETGROUPS32
//sysnb	getresgid(rgid *uint32, egid *uint32, sgid *uint32) (err error) = SYS_GETRESGID32
//sysnb	getresuid(ruid *uint32, euid *uint32, suid *uint32) (err error) = SYS_GETRESUID32
//sysnb	Getuid() (uid int) = SYS_GETUID32
//sysnb	setfsgid(gid int) (prev int) = SYS_SETFSGID32
//sysnb	setfsuid(uid int) (prev int) = SYS_SETFSUID32
//sysnb	setgroups(n int, list *uint32) (err error) = SYS_SETGROUPS32
