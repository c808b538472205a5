//go:build linux

package unix

// Sendmmsg is sendmmsg(2): [SendMsghdr] of several messages. It returns how many were sent, and returns an error only
// if the first one was not. The kernel stores in Len how many bytes of each it took. Nothing is allocated.
//sys	Sendmmsg(fd int, msgs []Mmsghdr, flags int) (n int, err error)
