package ip

import (
	"errors"
	"syscall"
)

// isGone reports whether a refusal says that what was to be deleted is not there: for states ESRCH says so.
func isGone(err error) bool { return errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.ENOENT) }
