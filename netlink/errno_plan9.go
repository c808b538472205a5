package netlink

import "errors"

// errNoDevice stands for ENODEV, which Plan 9 has not.
var errNoDevice = errors.New("no such device")

// bareErrno finds none: errors of Plan 9 are words.
func bareErrno(error) (error, bool) { return nil, false }
