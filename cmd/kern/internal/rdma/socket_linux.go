package rdma

import "syscall"

// noSocket is the error of a kernel without RDMA.
const noSocket = syscall.EPROTONOSUPPORT
