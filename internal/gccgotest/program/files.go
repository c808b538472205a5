//go:build linux

package main

import "kern.sys/unix"

// files has offsets of 64 bits passed in pairs of words, and the structures that describe files filled.
func files(dir string) {
	path := dir + "/file"
	fd := open(path, unix.O_CREAT|unix.O_RDWR)
	n, err := unix.Write(fd, []byte("hello, world"))
	check("Write", n == 12 && err == nil, n, err)
	buf := make([]byte, 5)
	n, err = unix.Pread(fd, buf, 7)
	check("Pread", string(buf[:n]) == "world" && err == nil, n, err)
	n, err = unix.Pwrite(fd, []byte("!"), 1<<33)
	check("Pwrite", n == 1 && err == nil, n, err)
	end, err := unix.Seek(fd, -1, unix.SEEK_END)
	check("Seek", end == 1<<33 && err == nil, end, err)
	const size = 1<<34 + 3
	check("Ftruncate", unix.Ftruncate(fd, size) == nil)
	check("Fadvise", unix.Fadvise(fd, 1<<32, 4096, unix.FADV_DONTNEED) == nil)
	check("Fadvise with bad advice", unix.Fadvise(fd, 1<<32, 4096, 77) == unix.EINVAL)
	err = unix.SyncFileRange(fd, 0, 4096, unix.SYNC_FILE_RANGE_WRITE)
	check("SyncFileRange", err == nil, err)
	check("SyncFileRange with bad flags", unix.SyncFileRange(fd, 0, 4096, 1<<20) == unix.EINVAL)
	mem, err := unix.Mmap(fd, 0, 4096, unix.PROT_READ, unix.MAP_SHARED)
	check("Mmap", err == nil && string(mem[:5]) == "hello", err)
	check("Munmap", unix.Munmap(mem) == nil)
	lock := unix.Flock_t{Type: unix.F_WRLCK, Start: 1 << 33, Len: 5}
	err = unix.FcntlFlock(uintptr(fd), unix.F_SETLK, &lock)
	check("FcntlFlock", err == nil, err)

	stat(fd, path, size)
	var fs unix.Statfs_t
	err = unix.Statfs(dir, &fs)
	check("Statfs", err == nil && fs.Bsize > 0 && fs.Namelen > 0 && fs.Blocks >= fs.Bfree, fs, err)
	check("Close", unix.Close(fd) == nil)

	fd = open("/dev/null", unix.O_RDONLY|unix.O_NDELAY)
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	check("O_NDELAY is O_NONBLOCK", err == nil && flags&unix.O_NONBLOCK != 0, flags, err)
	check("Close", unix.Close(fd) == nil)
}

// stat compares what fstat and stat say with what statx does, whose structure is the same everywhere.
func stat(fd int, path string, size int64) {
	var a, b unix.Stat_t
	var x unix.Statx_t
	err := unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_BASIC_STATS, &x)
	check("Statx", err == nil, err)
	err = unix.Fstat(fd, &a)
	check("Fstat", err == nil && a.Size == size && a.Mode == uint32(x.Mode) && uint32(a.Nlink) == x.Nlink &&
		a.Uid == x.Uid && a.Gid == x.Gid, a, x, err)
	check("Fstat's inode, blocks and device", a.Ino == x.Ino && uint64(a.Blocks) == x.Blocks &&
		uint32(a.Blksize) == x.Blksize && uint64(a.Dev) == unix.Mkdev(x.Dev_major, x.Dev_minor), a, x)
	check("Fstat's times", int64(a.Mtim.Sec) == x.Mtime.Sec && int64(a.Mtim.Nsec) == int64(x.Mtime.Nsec) &&
		int64(a.Ctim.Sec) == x.Ctime.Sec, a, x)
	err = unix.Stat(path, &b)
	check("Stat", err == nil && a == b, a, b, err)
}
