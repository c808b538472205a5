//go:build aix || dragonfly || openbsd || solaris

package unix

//sys	Mknod(path string, mode uint32, dev int) (err error)
//sys	Mknodat(dirfd int, path string, mode uint32, dev int) (err error)
