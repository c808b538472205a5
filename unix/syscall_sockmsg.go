//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

//sys	recvmsg(s int, msg *Msghdr, flags int) (n int, err error)
//sys	sendmsg(s int, msg *Msghdr, flags int) (n int, err error)
