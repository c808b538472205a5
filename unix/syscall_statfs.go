//go:build dragonfly || freebsd || openbsd || (darwin && arm64)

package unix

//sys	Fstatfs(fd int, buf *Statfs_t) (err error)
//sys	getfsstat(buf unsafe.Pointer, size uintptr, flags int) (n int, err error)
//sys	Statfs(path string, buf *Statfs_t) (err error)
