//go:build linux && amd64

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"unsafe"

	"kern.sys/unix"
)

var fileCalls = map[string]handler{
	"open": func(c *call) (uint64, unix.Errno) {
		return c.open(atCwd, c.args[0], c.args[1], c.args[2])
	},
	"openat": func(c *call) (uint64, unix.Errno) {
		fd, _ := dirfd(c, c.args[0])
		return c.open(fd, c.args[1], c.args[2], c.args[3])
	},
	"close": func(c *call) (uint64, unix.Errno) {
		delete(c.t.kqueues, int(c.args[0]))
		return c.do(unix.SYS_CLOSE, c.args[0])
	},
	"dup3": pass(unix.SYS_DUP3, nil, nil, openFlags),

	// Offsets: NetBSD and DragonFly have a word of padding before them.
	"pread":  func(c *call) (uint64, unix.Errno) { return c.withOffset(unix.SYS_PREAD64, 3) },
	"pwrite": func(c *call) (uint64, unix.Errno) { return c.withOffset(unix.SYS_PWRITE64, 3) },
	"extpread": func(c *call) (uint64, unix.Errno) {
		return c.do(unix.SYS_PREAD64, c.args[0], c.args[1], c.args[2], c.args[4])
	},
	"extpwrite": func(c *call) (uint64, unix.Errno) {
		return c.do(unix.SYS_PWRITE64, c.args[0], c.args[1], c.args[2], c.args[4])
	},
	"preadv":    func(c *call) (uint64, unix.Errno) { return c.withOffset(unix.SYS_PREADV, 3) },
	"pwritev":   func(c *call) (uint64, unix.Errno) { return c.withOffset(unix.SYS_PWRITEV, 3) },
	"ftruncate": func(c *call) (uint64, unix.Errno) { return c.withOffset(unix.SYS_FTRUNCATE, 1) },
	"truncate":  func(c *call) (uint64, unix.Errno) { return c.withOffset(unix.SYS_TRUNCATE, 1) },
	"lseek":     func(c *call) (uint64, unix.Errno) { return c.withOffset(unix.SYS_LSEEK, 1) },
	"posix_fadvise": func(c *call) (uint64, unix.Errno) { // the error is the result
		i := 1 + c.padding()
		_, e := c.do(unix.SYS_FADVISE64, c.args[0], c.args[i], c.args[i+1], c.args[i+2])
		if e != 0 {
			return c.errnos[e], 0
		}
		return 0, 0
	},
	"mmap": func(c *call) (uint64, unix.Errno) {
		f, ok := mapFlags(c, c.args[3])
		if !ok {
			c.unanswered("flags")
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_MMAP, c.args[0], c.args[1], c.args[2], f, c.args[4], c.args[5+c.padding()])
	},
	"mremap": func(c *call) (uint64, unix.Errno) { // NetBSD's has the new place third
		f := uint64(unix.MREMAP_MAYMOVE)
		if c.args[4]&c.n("MAP_FIXED") != 0 {
			f |= unix.MREMAP_FIXED
		}
		return c.do(unix.SYS_MREMAP, c.args[0], c.args[1], c.args[3], f, c.args[2])
	},

	"fstat": func(c *call) (uint64, unix.Errno) { return c.stat(c.args[1], unix.SYS_FSTAT, c.args[0], c.scratch()) },
	"stat":  func(c *call) (uint64, unix.Errno) { return c.stat(c.args[1], unix.SYS_STAT, c.args[0], c.scratch()) },
	"lstat": func(c *call) (uint64, unix.Errno) { return c.stat(c.args[1], unix.SYS_LSTAT, c.args[0], c.scratch()) },
	"fstatat": func(c *call) (uint64, unix.Errno) {
		fd, _ := dirfd(c, c.args[0])
		f, ok := atFlags(c, c.args[3])
		if !ok {
			return 0, unix.EINVAL
		}
		return c.stat(c.args[2], unix.SYS_NEWFSTATAT, fd, c.args[1], c.scratch(), f)
	},
	"statfs":    func(c *call) (uint64, unix.Errno) { return c.statfs(c.args[1], unix.SYS_STATFS) },
	"fstatfs":   func(c *call) (uint64, unix.Errno) { return c.statfs(c.args[1], unix.SYS_FSTATFS) },
	"statvfs1":  func(c *call) (uint64, unix.Errno) { return c.statfs(c.args[1], unix.SYS_STATFS) },
	"fstatvfs1": func(c *call) (uint64, unix.Errno) { return c.statfs(c.args[1], unix.SYS_FSTATFS) },
	"statvfs":   func(c *call) (uint64, unix.Errno) { return c.statfs(c.args[1], unix.SYS_STATFS) },

	"getdents":      func(c *call) (uint64, unix.Errno) { return c.getdents(0) },
	"getdirentries": func(c *call) (uint64, unix.Errno) { return c.getdents(c.args[3]) },
	"getcwd": func(c *call) (uint64, unix.Errno) { // FreeBSD's returns 0, NetBSD's the length
		n, e := c.do(unix.SYS_GETCWD, c.args[0], c.args[1])
		if c.system.name == "freebsd" {
			n = 0
		}
		return n, e
	},
	"mkfifo": func(c *call) (uint64, unix.Errno) {
		return c.do(unix.SYS_MKNOD, c.args[0], c.args[1]&0o7777|unix.S_IFIFO, 0)
	},
	"mkfifoat": func(c *call) (uint64, unix.Errno) {
		fd, _ := dirfd(c, c.args[0])
		return c.do(unix.SYS_MKNODAT, fd, c.args[1], c.args[2]&0o7777|unix.S_IFIFO, 0)
	},
	"utimensat": func(c *call) (uint64, unix.Errno) {
		fd, _ := dirfd(c, c.args[0])
		f, ok := atFlags(c, c.args[3])
		times, ok2 := c.times(c.args[2])
		if !ok || !ok2 {
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_UTIMENSAT, fd, c.args[1], times, f)
	},
	"futimens": func(c *call) (uint64, unix.Errno) {
		times, ok := c.times(c.args[1])
		if !ok {
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_UTIMENSAT, c.args[0], 0, times, 0)
	},
	"futimes": func(c *call) (uint64, unix.Errno) {
		if c.args[1] == 0 {
			return c.do(unix.SYS_UTIMENSAT, c.args[0], 0, 0, 0)
		}
		b, ok := c.read(c.args[1], 32) // seconds and microseconds, twice
		if !ok {
			return 0, unix.EFAULT
		}
		for i := 8; i < 32; i += 16 {
			binary.LittleEndian.PutUint64(b[i:], binary.LittleEndian.Uint64(b[i:])*1000)
		}
		c.write(c.scratch(), b)
		return c.do(unix.SYS_UTIMENSAT, c.args[0], 0, c.scratch(), 0)
	},
	"utimes": pass(unix.SYS_UTIMES),
	"fcntl":  fcntl,
	"pipe":   func(c *call) (uint64, unix.Errno) { return c.pipe(0) },
	"pipe2": func(c *call) (uint64, unix.Errno) {
		f, ok := openFlags(c, c.args[1])
		if !ok {
			return 0, unix.EINVAL
		}
		return c.pipe(f)
	},
	"pathconf":  func(c *call) (uint64, unix.Errno) { return c.pathconf(c.args[1]) },
	"fpathconf": func(c *call) (uint64, unix.Errno) { return c.pathconf(c.args[1]) },

	"extattr_set_file":    func(c *call) (uint64, unix.Errno) { return c.xattr(unix.SYS_SETXATTR) },
	"extattr_get_file":    func(c *call) (uint64, unix.Errno) { return c.xattr(unix.SYS_GETXATTR) },
	"extattr_delete_file": func(c *call) (uint64, unix.Errno) { return c.xattr(unix.SYS_REMOVEXATTR) },
	"extattr_set_fd":      func(c *call) (uint64, unix.Errno) { return c.xattr(unix.SYS_FSETXATTR) },
	"extattr_get_fd":      func(c *call) (uint64, unix.Errno) { return c.xattr(unix.SYS_FGETXATTR) },
	"extattr_delete_fd":   func(c *call) (uint64, unix.Errno) { return c.xattr(unix.SYS_FREMOVEXATTR) },
	"extattr_list_file":   func(c *call) (uint64, unix.Errno) { return c.xattrList(unix.SYS_LISTXATTR) },
	"extattr_list_fd":     func(c *call) (uint64, unix.Errno) { return c.xattrList(unix.SYS_FLISTXATTR) },
}

// padding is how many words stand before an offset.
func (c *call) padding() int {
	if c.system.name == "freebsd" || c.system.name == "openbsd" {
		return 0
	}
	return 1
}

// withOffset makes a call whose argument i is an offset.
func (c *call) withOffset(nr uintptr, i int) (uint64, unix.Errno) {
	args := c.args[:]
	if p := c.padding(); p > 0 {
		args = append(append([]uint64{}, args[:i]...), args[i+p:]...)
	}
	if nr == unix.SYS_PREADV || nr == unix.SYS_PWRITEV {
		args = append(append([]uint64{}, args[:4]...), 0)
	}
	return c.do(nr, args[:min(6, len(args))]...)
}

func (c *call) open(fd, path, mode, perm uint64) (uint64, unix.Errno) {
	f, ok := openFlags(c, mode)
	if !ok {
		c.unanswered("flags")
		return 0, unix.EINVAL
	}
	return c.do(unix.SYS_OPENAT, fd, path, f, perm)
}

// stat makes one of Linux's calls for a struct stat, which has to be in scratch, and stores the system's.
func (c *call) stat(to uint64, nr uintptr, args ...uint64) (uint64, unix.Errno) {
	if _, e := c.do(nr, args...); e != 0 {
		return 0, e
	}
	var st unix.Stat_t
	if !memory(unix.SYS_PROCESS_VM_READV, c.t.tid, c.scratch(), bytesOf(&st)) {
		return 0, unix.EFAULT
	}
	r := c.record("struct stat")
	r.put("st_dev", st.Dev)
	r.put("st_ino", st.Ino)
	r.put("st_nlink", st.Nlink)
	r.put("st_mode", uint64(st.Mode))
	r.put("st_uid", uint64(st.Uid))
	r.put("st_gid", uint64(st.Gid))
	r.put("st_rdev", st.Rdev)
	r.put("st_size", uint64(st.Size))
	r.put("st_blocks", uint64(st.Blocks))
	r.put("st_blksize", uint64(st.Blksize))
	for name, ts := range map[string]unix.Timespec{"st_atim": st.Atim, "st_mtim": st.Mtim, "st_ctim": st.Ctim} {
		r.put(name+".tv_sec", uint64(ts.Sec))
		r.put(name+".tv_nsec", uint64(ts.Nsec))
	}
	return 0, c.write(to, r.b)
}

// bytesOf returns the memory of a value.
func bytesOf[T any](v *T) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v)) }

func (c *call) statfs(to uint64, nr uintptr) (uint64, unix.Errno) {
	if _, e := c.do(nr, c.args[0], c.scratch()); e != 0 {
		return 0, e
	}
	var st unix.Statfs_t
	if !memory(unix.SYS_PROCESS_VM_READV, c.t.tid, c.scratch(), bytesOf(&st)) {
		return 0, unix.EFAULT
	}
	name := "struct statfs"
	if strings.Contains(c.name, "vfs") {
		name = "struct statvfs"
	}
	r := c.record(name)
	r.put("f_bsize", uint64(st.Bsize))
	r.put("?f_frsize", uint64(st.Frsize))
	r.put("?f_iosize", uint64(st.Bsize))
	r.put("f_blocks", st.Blocks)
	r.put("f_bfree", st.Bfree)
	r.put("f_bavail", st.Bavail)
	r.put("f_files", st.Files)
	r.put("f_ffree", st.Ffree)
	r.put("?f_namemax|f_namelen", uint64(st.Namelen))
	if name == "struct statfs" || c.system.name == "netbsd" {
		r.text("f_fstypename", fmt.Sprintf("linux-%x", st.Type))
		r.text("f_mntonname", "/")
	}
	return 0, c.write(to, r.b)
}

// getdents reads a part of a folder and stores the entries as the system has them.
func (c *call) getdents(basep uint64) (uint64, unix.Errno) {
	fd, to, room := c.args[0], c.args[1], int(c.args[2])
	var out []byte
	last, e := c.do(unix.SYS_LSEEK, fd, 0, unix.SEEK_CUR)
	if e != 0 {
		return 0, e
	}
	if basep != 0 {
		c.write64(basep, last)
	}
	n, e := c.do(unix.SYS_GETDENTS64, fd, c.scratch(), uint64(min(room, tokenOffset)))
	if e != 0 {
		return 0, e
	}
	b, ok := c.read(c.scratch(), int(n))
	if !ok {
		return 0, unix.EFAULT
	}
	for len(b) > 0 {
		ino, off := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		size, typ := binary.LittleEndian.Uint16(b[16:]), b[18]
		name, _, _ := bytes.Cut(b[19:size], []byte{0})
		b = b[size:]
		r := c.record("struct dirent")
		at := r.fields["d_name"].off
		length := (at + len(name) + 1 + 7) &^ 7
		if len(out)+length > room { // the rest is for the next call
			if len(out) == 0 {
				return 0, unix.EINVAL
			}
			_, e := c.do(unix.SYS_LSEEK, fd, last, unix.SEEK_SET)
			if e != 0 {
				return 0, e
			}
			break
		}
		r.put("d_fileno|d_ino", ino)
		r.put("?d_off", off)
		r.put("?d_reclen", uint64(length))
		r.put("d_namlen", uint64(len(name)))
		r.put("d_type", uint64(typ))
		copy(r.b[at:], name)
		out, last = append(out, r.b[:length]...), off
	}
	return uint64(len(out)), c.write(to, out)
}

// times copies two times of utimensat(2) with the marks for now and for unchanged turned, and returns where they are.
func (c *call) times(addr uint64) (uint64, bool) {
	if addr == 0 {
		return 0, true
	}
	b, ok := c.read(addr, 32)
	for i := 8; i < 32; i += 16 {
		switch v := binary.LittleEndian.Uint64(b[i:]); {
		case c.has("UTIME_NOW", v):
			binary.LittleEndian.PutUint64(b[i:], unix.UTIME_NOW)
		case c.has("UTIME_OMIT", v):
			binary.LittleEndian.PutUint64(b[i:], unix.UTIME_OMIT)
		}
	}
	c.write(c.scratch(), b)
	return c.scratch(), ok
}

func (c *call) pipe(f uint64) (uint64, unix.Errno) {
	at := c.scratch()
	if _, e := c.do(unix.SYS_PIPE2, at, f); e != 0 {
		return 0, e
	}
	r, w := c.read32(at), c.read32(at+4)
	if c.system.name == "dragonfly" || c.name == "pipe" { // in registers
		c.ret2 = uint64(w)
		return uint64(r), 0
	}
	return 0, c.write64(c.args[0], uint64(w)<<32|uint64(r))
}

var fcntlCommands = names{"F_DUPFD", "F_GETFD", "F_SETFD", "F_GETFL", "F_SETFL", "F_DUPFD_CLOEXEC", "F_GETLK",
	"F_SETLK", "F_SETLKW"}

func fcntl(c *call) (uint64, unix.Errno) {
	switch { // dup2 by another name
	case c.has("F_DUP2FD", c.args[1]):
		return c.do(unix.SYS_DUP2, c.args[0], c.args[2])
	case c.has("F_DUP2FD_CLOEXEC", c.args[1]):
		return c.do(unix.SYS_DUP3, c.args[0], c.args[2], unix.O_CLOEXEC)
	}
	cmd, ok := c.one(fcntlCommands, c.args[1])
	if !ok {
		c.unanswered(fmt.Sprint("command ", c.args[1]))
		return 0, unix.EINVAL
	}
	switch cmd {
	case unix.F_GETFL:
		v, e := c.do(unix.SYS_FCNTL, c.args[0], cmd)
		return v&unix.O_ACCMODE | c.back(names{"O_NONBLOCK", "O_APPEND", "O_SYNC=__O_SYNC"}, v), e
	case unix.F_SETFL:
		v, _ := openFlags(c, c.args[2])
		return c.do(unix.SYS_FCNTL, c.args[0], cmd, v)
	case unix.F_GETLK, unix.F_SETLK, unix.F_SETLKW:
		return c.lock(cmd)
	}
	return c.do(unix.SYS_FCNTL, c.args[0], cmd, c.args[2])
}

// lock is fcntl with a struct flock.
func (c *call) lock(cmd uint64) (uint64, unix.Errno) {
	types := names{"F_RDLCK", "F_WRLCK", "F_UNLCK"}
	r, e := c.load(c.args[2], "struct flock")
	if e != 0 {
		return 0, e
	}
	typ, ok := c.one(types, r.get("l_type"))
	if !ok {
		return 0, unix.EINVAL
	}
	fl := unix.Flock_t{Type: int16(typ), Whence: int16(r.get("l_whence")), Start: int64(r.get("l_start")),
		Len: int64(r.get("l_len"))}
	c.write(c.scratch(), bytesOf(&fl))
	if _, e := c.do(unix.SYS_FCNTL, c.args[0], cmd, c.scratch()); e != 0 || cmd != unix.F_GETLK {
		return 0, e
	}
	memory(unix.SYS_PROCESS_VM_READV, c.t.tid, c.scratch(), bytesOf(&fl))
	c.each(types, func(t, l uint64) bool {
		if l == uint64(fl.Type) {
			r.put("l_type", t)
		}
		return true
	})
	if fl.Type != unix.F_UNLCK {
		r.put("l_start", uint64(fl.Start))
		r.put("l_len", uint64(fl.Len))
		r.put("l_pid", uint64(fl.Pid))
	}
	return 0, c.write(c.args[2], r.b)
}

func (c *call) pathconf(name uint64) (uint64, unix.Errno) {
	switch {
	case c.has("_PC_NAME_MAX", name):
		return 255, 0
	case c.has("_PC_PATH_MAX", name):
		return 1024, 0
	case c.has("_PC_PIPE_BUF", name):
		return uint64(os.Getpagesize()), 0
	}
	c.unanswered(fmt.Sprint("name ", name))
	return 0, unix.EINVAL
}

// xattr is a call for one extended attribute: file, namespace, name, data, size. Linux's names begin with the
// namespace.
func (c *call) xattr(nr uintptr) (uint64, unix.Errno) {
	if !c.has("EXTATTR_NAMESPACE_USER", c.args[1]) {
		return 0, unix.EPERM
	}
	c.write(c.scratch(), append([]byte("user."+c.text(c.args[2])), 0))
	n, e := c.do(nr, c.args[0], c.scratch(), c.args[3], c.args[4], 0)
	if e == unix.ENODATA {
		c.errno = c.n("ENOATTR")
		return 0, 0
	}
	if e == 0 && (nr == unix.SYS_SETXATTR || nr == unix.SYS_FSETXATTR) {
		n = c.args[4] // how much was stored
	}
	return n, e
}

// xattrList lists names as a byte with the length and as many of the name.
func (c *call) xattrList(nr uintptr) (uint64, unix.Errno) {
	n, e := c.do(nr, c.args[0], c.scratch(), tokenOffset)
	if e != 0 {
		return 0, e
	}
	b, _ := c.read(c.scratch(), int(n))
	var out []byte
	for name := range strings.SplitSeq(string(b), "\x00") {
		if name, ok := strings.CutPrefix(name, "user."); ok && c.has("EXTATTR_NAMESPACE_USER", c.args[1]) {
			out = append(append(out, byte(len(name))), name...)
		}
	}
	if c.args[2] == 0 {
		return uint64(len(out)), 0
	}
	out = out[:min(len(out), int(c.args[3]))]
	return uint64(len(out)), c.write(c.args[2], out)
}
