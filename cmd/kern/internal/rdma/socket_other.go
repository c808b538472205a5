//go:build !linux

package rdma

import "errors"

// noSocket is the error of a system without netlink.
var noSocket = errors.ErrUnsupported
