//go:build freebsd || netbsd || openbsd || solaris

package unix

//sys	Mkfifoat(dirfd int, path string, mode uint32) (err error)
