//go:build linux && !386 && !arm

package unix

//sys	Fchown(fd int, uid int, gid int) (err error)
//sysnb	Getegid() (egid int)
//sysnb	Geteuid() (euid int)
//sysnb	Getgid() (gid int)
//sysnb	getgroups(n int, list *uint32) (nn int, err error)
//sysnb	getresgid(rgid *uint32, egid *uint32, sgid *uint32) (err error)
//sysnb	getresuid(ruid *uint32, euid *uint32, suid *uint32) (err error)
//sysnb	Getuid() (uid int)
//sysnb	setfsgid(gid int) (prev int)
//sysnb	setfsuid(uid int) (prev int)
//sysnb	setgroups(n int, list *uint32) (err error)
