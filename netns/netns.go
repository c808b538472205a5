package netns

import (
	"errors"

	"kern.sys/internal/uapi"
)

// Kinds of namespace for [Setns], and CLONE_IO, which is here because users of this API expect it: the
// kernel's clone flags, as in clone(2).
const (
	CLONE_NEWUTS  = uapi.CLONE_NEWUTS  // host name
	CLONE_NEWIPC  = uapi.CLONE_NEWIPC  // System V and POSIX message queues, semaphores, shared memory
	CLONE_NEWUSER = uapi.CLONE_NEWUSER // user and group numbers, capabilities
	CLONE_NEWPID  = uapi.CLONE_NEWPID  // process numbers, of children to come
	CLONE_NEWNET  = uapi.CLONE_NEWNET  // network
	CLONE_IO      = uapi.CLONE_IO      // a shared I/O context; no namespace
)

// ErrNotImplemented is the error of every call on systems other than Linux.
var ErrNotImplemented = errors.New("netns: not implemented on this system")

// NsHandle is a file descriptor of a namespace, close-on-exec, to be closed with Close. A negative one is none.
// It keeps its namespace alive.
type NsHandle int

// None returns the handle that stands for no namespace.
func None() NsHandle { return -1 }

// IsOpen reports whether the handle is other than [None]. It does not ask the kernel whether the descriptor is open.
func (ns NsHandle) IsOpen() bool { return ns != None() }

// ErrorDetails makes the errors of all functions say what was done to which namespace. Without it those that other
// libraries of this name have too return what these do, so that programs may compare: a bare errno where the system
// refused, an *os.PathError for the file of a name. Set it before the first call.
var ErrorDetails bool
