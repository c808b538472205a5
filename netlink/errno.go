//go:build !plan9

package netlink

import (
	"os"
	"syscall"

	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// What the kernel says of links.
const (
	errNoDevice = syscall.ENODEV // there is no such link
	errInvalid  = syscall.EINVAL // no link is named, or the name is none
	errTooLong  = syscall.ERANGE // a name is too long
	errNotThere = syscall.ENOENT // there is no such socket
)

// ipsetNumber returns err as one of ipset's own numbers.
func ipsetNumber(err error) (nl.IPSetError, bool) {
	e, ok := err.(syscall.Errno)
	return nl.IPSetError(e), ok && e >= nl.IPSET_ERR_PRIVATE
}

// kernelErrno is the error of a number that the kernel wrote.
func kernelErrno(n uint32) error { return syscall.Errno(n) }

// bareErrno returns the number in an error of a system call or of the kernel's
// answer, and whether there is one. Time that ran out is EAGAIN, as for a socket
// with SO_RCVTIMEO. An error that package wire or this one made of other things
// has none.
func bareErrno(err error) (error, bool) {
	for {
		switch e := err.(type) {
		case syscall.Errno:
			return e, true
		case *wire.Error:
			err = e.Err
		case *os.SyscallError:
			err = e.Err
		case *os.PathError:
			err = e.Err
		case *refusal:
			return e.errno, true
		default:
			return syscall.EAGAIN, err == wire.ErrTimeout
		}
	}
}
