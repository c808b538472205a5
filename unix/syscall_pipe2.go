//go:build freebsd || netbsd || openbsd || solaris

package unix

//sysnb	pipe2(p *[2]int32, flags int) (err error)
