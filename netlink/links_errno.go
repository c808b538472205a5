//go:build !plan9

package netlink

import "syscall"

// errNoDevice is what the kernel says where there is no such link.
const errNoDevice = syscall.ENODEV
