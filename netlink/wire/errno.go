//go:build !plan9

package wire

import "syscall"

// errno is the system's error for the kernel's number n.
func errno(n int32) error { return syscall.Errno(n) }

// noSuchObject reports whether err is an errno that says, in some family, that
// an object does not exist.
func noSuchObject(err error) bool {
	switch err {
	case syscall.ENODEV, syscall.ENXIO, syscall.ESRCH, syscall.EADDRNOTAVAIL:
		return true
	}
	return false
}

func isENOBUFS(err error) bool { return err == syscall.ENOBUFS }
