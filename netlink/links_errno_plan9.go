package netlink

import "errors"

// errNoDevice stands for ENODEV, which Plan 9 has not.
var errNoDevice = errors.New("no such device")
