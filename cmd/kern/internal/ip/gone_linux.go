package ip

import (
	"errors"
	"syscall"
)

// isGone reports whether a refusal says that what was to be deleted is not there: for states ESRCH says so.
func isGone(err error) bool { return errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.ENOENT) }

// isNoDevice reports whether the kernel has no link of a name.
func isNoDevice(err error) bool { return errors.Is(err, syscall.ENODEV) }
